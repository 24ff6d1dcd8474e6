"""The command line. Thin: it parses, calls one use case, and shows."""

from proveout.cli.app import main

__all__ = ["main"]
