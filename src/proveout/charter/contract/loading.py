"""A contract from a file: plain values, and no more of them than stand in it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from proveout.errors import InputError

_LARGEST_BYTES = 4 << 20
_MOST_VALUES = 200_000
"""A contract of 2,000 columns with 20 rules each stays below it."""
_DEEPEST = 60


def load_contract(file: Path) -> dict[str, Any]:
    """Read a contract. Raises InputError where it is none, or unfolds to more than it says."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = _text(file)
    try:
        loaded = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(
            f"{file}{where}: this is not YAML: {said}.",
            hint="A contract is one YAML document, as the Open Data Contract Standard describes.",
        ) from error
    except RecursionError:
        raise _too_deep(file) from None
    plain = _Unfolding(file).unfolded(loaded)
    if not isinstance(plain, dict) or plain.get("kind") != "DataContract":
        seen = f"'kind: {plain['kind']}'" if isinstance(plain, dict) and "kind" in plain else "none"
        raise InputError(
            f"{file} is no data contract: it must say 'kind: DataContract', and says {seen}.",
            hint="Give a contract of the Open Data Contract Standard, version 3.",
        )
    version = str(plain.get("apiVersion"))
    if not version.startswith("v3."):
        raise InputError(
            f"{file} follows version {version} of the standard.",
            hint="Bring it to version 3: its sections have other names there.",
        )
    return plain


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror or error}.", hint="Correct the path."
        ) from error
    if len(content) > _LARGEST_BYTES:
        raise InputError(
            f"{file} is larger than {_LARGEST_BYTES >> 20} MiB, the most that a contract may have.",
            hint="Split it: one contract for each data product.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8.", hint="Save it as UTF-8.") from error


class _Unfolding:
    """Makes a tree of what may be full of aliases ('billion laughs'), within bounds."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._left = _MOST_VALUES

    def unfolded(self, value: Any, depth: int = 0) -> Any:
        self._left -= 1
        if self._left < 0:
            raise InputError(
                f"{self._file} unfolds to more than {_MOST_VALUES:,} values.",
                hint="Its aliases ('*name') repeat parts that repeat parts: write them out.",
            )
        if depth > _DEEPEST:
            raise _too_deep(self._file)
        if isinstance(value, dict):
            return {str(key): self.unfolded(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.unfolded(item, depth + 1) for item in value]
        if isinstance(value, date | datetime):
            return value.isoformat()
        return value


def _too_deep(file: Path) -> InputError:
    return InputError(
        f"{file} is nested more than {_DEEPEST} levels deep.",
        hint="A contract needs fewer: its aliases ('*name') may contain themselves.",
    )
