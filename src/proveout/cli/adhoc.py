"""Asking a check without a charter: what `audit` and `compare` share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proveout.cli.output import Output
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter
    from proveout.checks.contract import CheckContext, Finding
    from proveout.evidence.model import Evidence
    from proveout.evidence.outcome import NotMeasured
    from proveout.systems.port import System

SEED = 0

SeedOption = Annotated[
    int, typer.Option(help="Where random samples start; equal seeds give equal figures.")
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", help="Columns that name one record, with commas between.", metavar="COL,…"
    ),
]
NullOption = Annotated[
    str | None,
    typer.Option(
        "--null", help="Texts that stand for a missing value, such as NA.", metavar="TEXT,…"
    ),
]
DocumentsOption = Annotated[
    bool,
    typer.Option(
        "--documents", help="Each file is one document: mail, PDF, Word, web page or text."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a check found, and what it could not."""

    evidence: tuple[Evidence, ...]
    not_measured: tuple[NotMeasured, ...]

    def of(self, metric: str, **dimensions: str | None) -> list[Evidence]:
        """Return the evidence on one metric whose subject has these values."""
        return [
            each
            for each in self.evidence
            if each.metric == metric
            and all(each.subject.get(name) == value for name, value in dimensions.items())  # type: ignore[arg-type]
        ]


def listed(text: str | None) -> list[str]:
    """Split what an option takes with commas."""
    return [] if text is None else [part.strip() for part in text.split(",") if part.strip()]


def charter_of(pilot: str, data: dict[str, Any]) -> LoadedCharter:
    """Make a charter that only says where the data is; paths start at the current folder."""
    from pydantic import ValidationError

    from proveout.charter.loaded import LoadedCharter
    from proveout.charter.schema import Charter

    try:
        charter = Charter.model_validate({"pilot": pilot, "data": data})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{place}: {first['msg']}.", hint=f"See: proveout {pilot} --help"
        ) from error
    return LoadedCharter(charter=charter, path=Path.cwd() / "pilot.yaml", content_hash="")


@contextmanager
def asking(
    loaded: LoadedCharter, check: str, *, seed: int, earlier: Sequence[Evidence] = ()
) -> Iterator[CheckContext]:
    """Open an engine for the charter's data; nothing is written but into a temporary folder.

    `earlier` is what the check found the last time.
    """
    from proveout.checks.contract import CheckContext
    from proveout.evidence.catalogue import SHIPPED, Catalogue
    from proveout.evidence.model import CheckRef
    from proveout.intake import CharterData, Session

    with Session() as session, tempfile.TemporaryDirectory() as artifacts:
        yield CheckContext(
            loaded=loaded,
            data=CharterData(loaded, session),
            open_system=_no_system,
            catalogue=Catalogue(SHIPPED),
            check=CheckRef(name=check, version="ad hoc"),
            run="ad hoc",
            now=datetime.now(UTC),
            seed=seed,
            artifacts=Path(artifacts),
            earlier=lambda: earlier,
        )


def collect(findings: Iterable[Finding], output: Output, *, begin: str) -> Collected:
    """Gather all findings, with a passing progress line on a terminal."""
    from rich.progress import BarColumn, Progress, TextColumn

    from proveout.checks.contract import Progress as Step
    from proveout.evidence.model import Evidence

    evidence: list[Evidence] = []
    missing: list[NotMeasured] = []
    line = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        console=output.stderr,
        transient=True,
        disable=not output.shows_progress,
    )
    with line:
        task = line.add_task(begin, total=None)
        for finding in findings:
            if isinstance(finding, Step):
                line.update(
                    task, completed=finding.done, total=finding.total, description=finding.what
                )
            elif isinstance(finding, Evidence):
                evidence.append(finding)
            else:
                missing.append(finding)
    return Collected(evidence=tuple(evidence), not_measured=tuple(missing))


def _no_system() -> System:
    msg = "no system is asked here"
    raise AssertionError(msg)
