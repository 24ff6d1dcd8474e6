"""The worked cases of examples/cases: answers from what is published, and what is named first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from ruamel.yaml import YAML

from proveout.diagnosis.answers import Answers, parse_answers
from proveout.diagnosis.failures import Structural

CASES = Path(__file__).parents[2] / "examples" / "cases"
Part = Literal["worked", "held-out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One published pilot."""

    name: str
    domain: str
    answers: Answers
    first: Structural | None
    """What published post-mortems name first; None where it went well."""
    said_by: str
    also: tuple[str, ...]
    """What they name besides, and what the sources show."""


def cases(part: Part) -> tuple[Case, ...]:
    """Read the cases of one part, by name."""
    return tuple(_read(folder.parent) for folder in sorted((CASES / part).glob("*/case.yaml")))


def _read(folder: Path) -> Case:
    published = YAML(typ="safe", pure=True).load((folder / "published.yaml").read_text("utf-8"))
    return Case(
        name=folder.name,
        domain=published["domain"],
        answers=parse_answers(
            (folder / "case.yaml").read_text("utf-8"), f"{folder.name}/case.yaml"
        ),
        first=cast("Structural | None", published["published_first"]),
        said_by=published["said_by"],
        also=tuple(published["also_named"]),
    )
