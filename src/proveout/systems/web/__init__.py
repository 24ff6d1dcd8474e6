"""A service over HTTP as a system under test, whatever protocol it speaks."""

from proveout.systems.web.service import WebService

__all__ = ["WebService"]
