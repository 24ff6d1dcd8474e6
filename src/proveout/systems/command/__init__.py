"""A command-line program as a system under test."""

from proveout.systems.command.system import CommandLine

__all__ = ["CommandLine"]
