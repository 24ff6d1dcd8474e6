"""A Python callable in a process of its own, so that its crash or hang is evidence."""

from proveout.systems.python.system import PythonCallable

__all__ = ["PythonCallable"]
