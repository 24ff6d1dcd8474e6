"""From YAML text to plain values, each with its place in the file."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.problem import Position, Problem
from proveout.charter.loading.syntax import syntax_problem

MOST_VALUES = 20_000
"""Aliases of aliases grow exponentially; a charter has some hundred values."""

DEEPEST = 50
"""A charter is five levels deep."""

_BRACKET = re.compile(r"[][{}]")
_START = Position(line=1, column=1)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What an escape in double quotes may bring in: characters that steer a terminal, and halves."""
_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Document:
    """The values of a file, where they stand, and what is wrong already."""

    value: Any = None
    values: dict[PathInCharter, Position] = field(default_factory=dict)
    """Where each value begins."""
    keys: dict[PathInCharter, Position] = field(default_factory=dict)
    """Where each key begins."""
    texts: dict[PathInCharter, str] = field(default_factory=dict)
    """Each single value as it was typed."""
    problems: list[Problem] = field(default_factory=list)


class _UnreadableError(Exception):
    """The document cannot be taken further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def read_document(text: str) -> Document:
    """Read YAML 1.2 into plain values. Nothing is executed, expanded or merged."""
    document = Document()
    try:
        root = _compose(text)
        _Reader(document).read_root(root)
    except _UnreadableError as stop:
        document.problems.append(stop.problem)
    except RecursionError:
        document.problems.append(
            _whole("The values are nested too deeply.", "Close the brackets left open.")
        )
    return document


def _compose(text: str) -> Node | None:
    _refuse_control_characters(text)
    _refuse_open_brackets(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a reused anchor is legal; the last one counts
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise _UnreadableError(syntax_problem(error)) from None
    except (ValueError, LookupError, AttributeError) as error:  # slips of the parser itself
        what = f"This is not YAML: {error}."
        raise _UnreadableError(
            _whole(what, "Put values with special characters in quotes.")
        ) from None
    return node


def _refuse_control_characters(text: str) -> None:
    found = _CONTROL.search(text)
    if found is not None:
        what = f"The file holds the control character U+{ord(found.group()):04X}."
        raise _at(text, found.start(), what, "Delete it; a charter is plain text.")


def _refuse_open_brackets(text: str) -> None:
    """Stop before the parser does: it takes seconds for some hundred open brackets."""
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > DEEPEST:
            what, write = "The values are nested too deeply.", "Close the brackets left open."
            raise _at(text, bracket.start(), what, write)


def _at(text: str, index: int, what: str, write: str) -> _UnreadableError:
    before = text[:index]
    at = Position(line=before.count("\n") + 1, column=index - before.rfind("\n"))
    return _UnreadableError(Problem(at=at, path=(), what=what, write=write))


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.n_values = 0
        self.open: list[int] = []
        """The nodes which the present one stands in, to notice one that contains itself."""

    def read_root(self, root: Node | None) -> None:
        if root is None or (isinstance(root, ScalarNode) and root.value == ""):
            raise _UnreadableError(_whole("The file is empty.", "Write at least: pilot: my-pilot"))
        if not isinstance(root, MappingNode):
            seen = "a list" if isinstance(root, SequenceNode) else "a single value"
            problem = _whole(
                f"The file holds {seen} where keys are expected.",
                "Begin with 'pilot: my-pilot' at the left edge, and write other keys below it.",
            )
            raise _UnreadableError(problem)
        self.document.value = self.read(root, ())

    def read(self, node: Node, path: PathInCharter) -> Any:
        self.n_values += 1
        at = _place(node)
        if self.n_values > MOST_VALUES:
            what = f"The file holds or unfolds to more than {MOST_VALUES:,} values."
            write = "Put data into files of its own, and write out what '*' repeats."
            raise _UnreadableError(Problem(at=at, path=path, what=what, write=write))
        if id(node) in self.open:
            what = "This alias refers to something that it is itself a part of."
            raise _UnreadableError(
                Problem(at=at, path=path, what=what, write="Write the value out.")
            )
        self.document.values[path] = at
        self._refuse_tag(node, path)
        self.open.append(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path)
            if isinstance(node, SequenceNode):
                return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._scalar(node, path)
        finally:
            self.open.pop()

    def _mapping(self, node: MappingNode, path: PathInCharter) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            at = _place(key_node)
            if not isinstance(key_node, ScalarNode) or key_node.value == "":
                what = "A key must be a word; this one is empty, a list or a group."
                self._note(at, path, what, "Write 'key: value'; put '{' and '[' in quotes.")
                continue
            key = str(key_node.value)
            if self._is_unwritable(key, at, path):
                continue
            here = (*path, key)
            if key_node.tag == f"{_TAG}merge":
                what = "'<<' merges keys in YAML 1.1; charters are YAML 1.2, where it is not known."
                self._note(at, here, what, "Write the keys out.")
                continue
            if key in found:
                first = self.document.keys[here].line
                what = f"The key '{key}' is given twice; it stands on line {first} already."
                self._note(at, here, what, "Keep one of the two, or join them.")
                continue
            self.document.keys[here] = at
            found[key] = self.read(value_node, here)
        return found

    def _scalar(self, node: Node, path: PathInCharter) -> Any:
        text = str(node.value)
        if self._is_unwritable(text, _place(node), path):
            return None
        self.document.texts[path] = text
        value = _CONSTRUCT.get(str(node.tag), str)(text)
        if isinstance(value, float) and not math.isfinite(value):
            what = f"{text} is not a figure that anything can be held against."
            self._note(_place(node), path, what, "Write a number, or take the line out.")
            return None
        return value

    def _is_unwritable(self, text: str, at: Position, path: PathInCharter) -> bool:
        found = _UNWRITABLE.search(text)
        if found is not None:
            what = (
                f"An escape stands for U+{ord(found.group()):04X}, which is no character of text."
            )
            self._note(at, path, what, "Take it out; a charter is plain text.")
        return found is not None

    def _refuse_tag(self, node: Node, path: PathInCharter) -> None:
        tag = str(node.tag)
        if tag in _PLAIN_TAGS or tag in _CONSTRUCT:
            return
        what = f"The tag '{tag.replace(_TAG, '!!')}' is not allowed in a charter."
        write = "Write the plain value; put text that begins with '!' in quotes."
        self._note(_place(node), path, what, write)

    def _note(self, at: Position, path: PathInCharter, what: str, write: str) -> None:
        self.document.problems.append(Problem(at=at, path=path, what=what, write=write))


def _integer(text: str) -> int | str:
    digits = text.replace("_", "")
    try:
        return int(digits, 0 if digits.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)
    except ValueError:
        return text


def _float(text: str) -> float | str:
    plain = text.replace("_", "").lower()
    if plain.lstrip("+-") in (".inf", ".nan"):
        plain = plain.replace(".", "")
    try:
        return float(plain)
    except ValueError:
        return text


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


_PLAIN_TAGS = frozenset({"!", f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map"})
_CONSTRUCT: dict[str, Callable[[str], Any]] = {
    f"{_TAG}null": lambda _: None,
    f"{_TAG}bool": lambda text: text.lower() in ("true", "yes", "on", "y"),
    f"{_TAG}int": _integer,
    f"{_TAG}float": _float,
    f"{_TAG}timestamp": _date,
}


def _place(node: Node) -> Position:
    return Position(line=node.start_mark.line + 1, column=node.start_mark.column + 1)


def _whole(what: str, write: str) -> Problem:
    return Problem(at=_START, path=(), what=what, write=write)
