"""The use case: a file becomes a charter, or one error that tells everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import ValidationError

from proveout.charter.loaded import LoadedCharter, PathInCharter
from proveout.charter.loading.content import content_hash
from proveout.charter.loading.crosscheck import cross_problems, problem_at
from proveout.charter.loading.document import Document, read_document
from proveout.charter.loading.explain import schema_problems
from proveout.charter.loading.problem import Problem, charter_error
from proveout.charter.loading.text import read_text
from proveout.charter.schema import Charter
from proveout.evidence.catalogue import Catalogue

Further = Callable[[Charter], Iterable[tuple[PathInCharter, str, str]]]
"""Finds what upper rooms know to be wrong in a valid charter: place, what, what to write."""


def load_charter(
    path: Path, *, known_metrics: Catalogue | None = None, further: Further | None = None
) -> LoadedCharter:
    """Read, check and hash a charter.

    With `known_metrics`, a criterion or an assumption on any other metric is a mistake; so is what
    `further` finds.
    Raises CharterError with every mistake at once: file, line, column, path, what is wrong, what
    to write.
    """
    document = read_document(read_text(path))
    charter, problems = _validated(document)
    problems += cross_problems(document, known_metrics)
    if charter is not None and further is not None:
        problems += [problem_at(document, *found) for found in further(charter)]
    if charter is None or problems:
        raise charter_error(path, _told_once(document.problems, problems))
    return LoadedCharter(
        charter=charter,
        path=path,
        content_hash=content_hash(charter),
        lines={place: (at.line, at.column) for place, at in document.values.items()},
    )


def _validated(document: Document) -> tuple[Charter | None, list[Problem]]:
    if not isinstance(document.value, dict):
        return None, []
    try:
        charter = Charter.model_validate(document.value)
    except ValidationError as error:
        return None, schema_problems(error, document)
    return (None if document.problems else charter), []


def _told_once(first: list[Problem], more: list[Problem]) -> list[Problem]:
    """Leave out what only follows from a mistake at the same place that is told already."""
    told = {(problem.path, problem.at.line): problem for problem in first}
    for problem in more:
        told.setdefault((problem.path, problem.at.line), problem)
    return list(told.values())
