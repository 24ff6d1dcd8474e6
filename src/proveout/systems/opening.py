"""From the charter's words to a system that answers."""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from proveout.errors import InputError
from proveout.systems import fingerprint
from proveout.systems.port import System

if TYPE_CHECKING:  # the system's process comes by here, and does without the schema
    from proveout.charter import schema
    from proveout.charter.schema import PythonSystem


def open_system(charter_system: schema.System, *, folder: Path) -> System:
    """Make the system which the charter names; use it as a context manager.

    It starts when it is entered (or first asked), and raises UnreachableError when it cannot.
    Raises InputError for a code file that is not there or a variable that is not set, and
    MissingExtraError when an optional part is not installed.
    """
    folder = folder.resolve()
    known = {"version": charter_system.version}
    if charter_system.python is not None:
        from proveout.systems.python import PythonCallable

        return PythonCallable(
            charter_system.python,
            folder=folder,
            fingerprint=_fingerprint(charter_system.python, folder, known),
            task=charter_system.task,
        )
    if (web := charter_system.web) is not None:
        from proveout.systems.dialects import open_dialect
        from proveout.systems.web import WebService

        dialect = open_dialect(charter_system)
        assert dialect is not None  # noqa: S101  # every way by HTTP has one
        return WebService(web, dialect, task=charter_system.task, known=known)
    if (command := charter_system.command) is not None:
        from proveout.systems.command import CommandLine
        from proveout.systems.dialects.opening import with_variables

        environment = with_variables(
            command.environment, os.environ, key="system.command.environment"
        )
        return CommandLine(
            command,
            folder=folder,
            environment=environment,
            task=charter_system.task,
            known=known,
        )
    assert charter_system.recorded is not None  # noqa: S101  # the one that is left
    from proveout.systems.recorded import RecordedAnswers

    return RecordedAnswers(charter_system.recorded, task=charter_system.task, known=known)


def _fingerprint(python: PythonSystem, folder: Path, known: dict[str, str | None]) -> str:
    place, _, _ = python.callable.rpartition(":")
    settings: dict[str, str | None] = {**known, "callable": python.callable}
    if place.endswith(".py"):
        code = folder / place
        if not code.is_file():
            raise InputError(
                f"system.python.callable: there is no file '{place}' in {folder.resolve()}.",
                hint="Write it as 'path/to/file.py:function', from the charter's folder.",
            )
    else:
        parts = place.split(".")
        code = folder.joinpath(*parts).with_suffix(".py")
        if not code.is_file():
            code = folder.joinpath(*parts, "__init__.py")
        if not code.is_file():
            return fingerprint.of_settings({**settings, "installed": _installed(parts[0])})
    return fingerprint.of_code(settings, fingerprint.files_beside(code), root=code.parent)


def _installed(package: str) -> str | None:
    names = metadata.packages_distributions().get(package, [])
    return ", ".join(f"{name} {metadata.version(name)}" for name in sorted(names)) or None
