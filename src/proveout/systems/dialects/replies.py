"""What the dialects share in reading replies: JSON, paths into it, probabilities of classes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from proveout.systems.answering import NotAnswersError
from proveout.systems.exchange import Reply

_PLAIN = re.compile(r"[A-Za-z]+(_[A-Za-z]+){0,6}")


def json_of(reply: Reply) -> Any:
    """Return the decoded body. Raises NotAnswersError."""
    try:
        return json.loads(reply.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise NotAnswersError("the response is not JSON") from None


def error_code(reply: Reply) -> str | None:
    """Return the code by which a service names an error, and what it blames; None without one.

    Only plain words of the kind 'unsupported_parameter' are taken: a message may hold anything.
    """
    try:
        told = json_of(reply)
    except NotAnswersError:
        return None
    error = told.get("error", told) if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return None
    names = (error.get(key) for key in ("code", "type", "error_code"))
    code = next((name for name in names if _is_plain(name)), None)
    blamed = error.get("param")
    return f"{code}: {blamed}" if code and _is_plain(blamed) else code


def _is_plain(name: Any) -> bool:
    return isinstance(name, str) and _PLAIN.fullmatch(name) is not None


def found_at(decoded: Any, path: str) -> Any:
    """Follow dotted keys and list positions; '.' is the whole. Raises NotAnswersError.

    A key below a list is looked up in each of its items: 'answers.label' reads the labels of
    {"answers": [{"label": "yes"}, …]}.
    """
    found = decoded
    for part in [] if path == "." else path.split("."):
        try:
            if not isinstance(found, list):
                found = found[part]
            elif part.isdecimal():
                found = found[int(part)]
            else:
                found = _of_each(found, part)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise NotAnswersError(f"the response has nothing at '{path}'") from None
    return found


def list_at(decoded: Any, path: str, *, is_single: bool) -> list[Any]:
    """Follow a path to a list; where one row was asked, also to its answer alone."""
    found = found_at(decoded, path)
    if isinstance(found, list):
        return found
    if is_single:
        return [found]
    raise NotAnswersError(f"what the response has at '{path}' is no list")


def most_probable(
    probabilities: Sequence[Any], classes: Sequence[str]
) -> tuple[list[str], list[float]]:
    """Return the most probable class of each row and its probability. Raises NotAnswersError."""
    labels, confidence = [], []
    for row in probabilities:
        if not isinstance(row, list) or len(row) != len(classes):
            seen = f"{len(row):,}" if isinstance(row, list) else "no list of"
            raise NotAnswersError(f"{seen} probabilities came for {len(classes):,} classes")
        if not all(isinstance(share, int | float) and abs(share) <= 1 for share in row):
            raise NotAnswersError("some probabilities are no numbers from 0 to 1")
        best = max(range(len(row)), key=row.__getitem__)
        labels.append(classes[best])
        confidence.append(float(row[best]))
    return labels, confidence


def _of_each(items: list[Any], key: str) -> list[Any]:
    """Return what each item has under a key, None where it has nothing. Raises KeyError."""
    if not any(key in item for item in items):
        raise KeyError(key)
    return [item.get(key) for item in items]
