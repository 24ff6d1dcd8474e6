"""A file of answers: one pilot, one option per question, and why, where somebody wants to say so.

    pilot: claims-2023
    title: Reading of claims, 2023            # optional
    result: failed                            # optional: failed, stalled or succeeded
    answers:
      outcome: vague
      owner: unknown
    why:                                      # optional, by question
      outcome: The board paper says "explore what AI can do for claims".
    sources: [https://example.org/report]     # optional

What is not answered counts as "unknown". The same in JSON.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from proveout.charter.loading.nearest import nearest
from proveout.charter.schema.base import Part, Text
from proveout.diagnosis.questions import BY_ID, UNKNOWN
from proveout.errors import InputError

Result = Literal["failed", "stalled", "succeeded"]

MOST_LETTERS: Final = 1_000_000
"""A file of answers is written by people; 25 reasons of a page each have 100,000."""


def _without_control(text: str) -> str:
    """Take out what a terminal would obey and a page cannot show."""
    kept = (" " if unicodedata.category(each) == "Cc" else each for each in text)
    return " ".join("".join(kept).split())


_Said = Annotated[Text, AfterValidator(_without_control), Field(min_length=1)]


class Answers(Part):
    """What somebody says of a pilot."""

    pilot: _Said
    """Its id, as in its charter or in `predecessors`."""
    title: _Said | None = None
    result: Result | None = None
    """How it ended."""
    answers: dict[str, str] = Field(default_factory=dict)
    """Question → option. 'unknown' is the same as leaving a question out."""
    why: dict[str, _Said] = Field(default_factory=dict)
    """Question → what shows it, in a sentence."""
    sources: tuple[_Said, ...] = ()
    """Where it is written."""

    @field_validator("answers")
    @classmethod
    def _are_options(cls, answers: dict[str, str]) -> dict[str, str]:
        wrong = [_wrong(name, option) for name, option in answers.items()]
        _refuse([each for each in wrong if each is not None])
        return answers

    @field_validator("why")
    @classmethod
    def _are_questions(cls, why: dict[str, str]) -> dict[str, str]:
        _refuse([_no_question(name) for name in why if name not in BY_ID])
        return why

    @property
    def known(self) -> dict[str, str]:
        """Return the answers that say something."""
        return {name: option for name, option in self.answers.items() if option != UNKNOWN}

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form, without what is not said."""
        return self.model_dump(mode="json", exclude_defaults=True)


def parse_answers(text: str, name: str) -> Answers:
    """Read a file of answers in YAML or JSON; `name` is what it is called in messages.

    Raises InputError with all that is wrong in it.
    """
    if len(text) > MOST_LETTERS:
        raise InputError(
            f"{name} is longer than {MOST_LETTERS:,} letters, the most that answers may have.",
            hint="Is this the file of answers? It has a line for each question.",
        )
    try:
        plain = YAML(typ="safe", pure=True).load(text)
    except RecursionError:
        raise InputError(
            f"{name} is no file of answers: it is nested too deeply.",
            hint="It begins with 'pilot: NAME' and 'answers:'. "
            "proveout diagnose --questions shows the form.",
        ) from None
    except ValueError as error:
        # A moment that does not exist, a number that is none: told without a line.
        raise InputError(
            f"{name} cannot be read: {error}.",
            hint="Put texts that look like a number or a day into quotes.",
        ) from error
    except YAMLError as error:
        first = str(getattr(error, "problem", None) or error).splitlines()[0]
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        raise InputError(
            f"{name}{where} cannot be read: {first}.",
            hint="Write 'key: value' lines, or JSON. proveout diagnose --questions shows the form.",
        ) from error
    if not isinstance(plain, dict):
        raise InputError(
            f"{name} is no file of answers: it has no keys.",
            hint="It begins with 'pilot: NAME' and 'answers:'. "
            "proveout diagnose --questions shows the form.",
        )
    return answers_from(plain, name, text)


def answers_from(plain: dict[str, Any], name: str, text: str | None = None) -> Answers:
    """Check plain answers. Raises InputError with all that is wrong, and its lines in `text`."""
    try:
        return Answers.model_validate(plain)
    except ValidationError as error:
        lines = {} if text is None else _lines_of(text)
        wrong = list(dict.fromkeys(chain.from_iterable(
            _wrong_at(tuple(each["loc"]), each["msg"], each["type"], plain, lines)
            for each in error.errors()
        )))  # fmt: skip
        raise InputError(
            f"{name}: {' '.join(wrong)}",
            hint="proveout diagnose --questions shows all questions with their options.",
        ) from error


def _wrong(name: str, option: object) -> str | None:
    """Say why an answer is none."""
    if name not in BY_ID:
        return _no_question(name)
    allowed = BY_ID[name].allowed
    if option in allowed:
        return None
    if not isinstance(option, str | int | float):
        return f"'{name}' has no option as its answer; allowed: {', '.join(allowed)}."
    return f"'{option}' is no answer to '{name}'; allowed: {', '.join(allowed)}."


def _no_question(name: str) -> str:
    close = nearest(name, list(BY_ID))
    meant = f" Did you mean '{close}'?" if close else ""
    return f"There is no question '{name}'.{meant}"


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise ValueError(" ".join(wrong))


def _wrong_at(
    where: tuple[int | str, ...], message: str, kind: str, plain: Mapping[str, Any],
    lines: Mapping[tuple[str, ...], int],
) -> Iterator[str]:  # fmt: skip
    """Yield what is wrong at one place, each with its line; of answers, all that are none."""

    def at(place: tuple[str, ...], told: str) -> str:
        return f"line {lines[place]}: {told}" if place in lines else told

    part = plain.get(str(where[0])) if where else None
    if where[:1] == ("answers",) and isinstance(part, Mapping):
        for name, option in part.items():
            wrong = _wrong(str(name), option)
            if wrong is not None:
                yield at(("answers", str(name)), wrong)
    elif where[:1] == ("why",) and kind == "value_error" and isinstance(part, Mapping):
        for name in part:
            if name not in BY_ID:
                yield at(("why", str(name)), _no_question(str(name)))
    else:
        yield at(tuple(map(str, where)), _told(where, message, kind))


def _lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of each key, and of each key under it, from 1."""
    node = YAML(typ="safe", pure=True).compose(text)
    return dict(_keys(node, ()))


def _keys(node: Any, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if not isinstance(node, MappingNode):
        return
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            continue
        place = (*above, str(key.value))
        yield place, key.start_mark.line + 1
        if not above:  # no deeper: a file may name a part within itself
            yield from _keys(value, place)


def _told(where: tuple[int | str, ...], message: str, kind: str) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    key = ".".join(str(part) for part in where)
    if kind == "missing":
        return f"'{key}' is missing."
    if kind == "extra_forbidden":
        return f"There is no key '{key}'."
    return f"'{key}': {message}."
