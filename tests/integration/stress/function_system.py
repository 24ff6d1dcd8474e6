"""A system made of a function, and what a check needs to run on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.checks import CheckContext
from proveout.checks.stress import CHECK
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import CheckRef, Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.intake import CharterData, Session
from proveout.systems import Answers, AnswerStatus
from proveout.systems.answering import failed, read_returned, settle


@dataclass
class Fake:
    """A system made of a function; it counts the rows that it is asked for."""

    function: Callable[[pd.DataFrame], Any]
    fingerprint: str = "sha256:fake"
    label: str = "fake"
    n_asked: int = 0
    batches: list[pd.DataFrame] = field(default_factory=list)

    def answer(self, batch: pd.DataFrame) -> Answers:
        self.n_asked += len(batch)
        self.batches.append(batch)
        try:
            raw = read_returned(self.function(batch))
        except (ValueError, TypeError, KeyError) as error:
            return failed(len(batch), AnswerStatus.FAILED, repr(error), 0.001)
        return settle(raw, rows=len(batch), latency_s=0.001, task=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


@contextmanager
def a_context(folder: Path, charter: Charter, system: Fake) -> Iterator[CheckContext]:
    loaded = LoadedCharter(charter=charter, path=folder / "pilot.yaml", content_hash="sha256:c")
    with Session() as session:
        yield CheckContext(
            loaded=loaded,
            data=CharterData(loaded, session),
            open_system=lambda: system,
            catalogue=Catalogue(SHIPPED),
            check=CheckRef(name=CHECK.name, version=CHECK.version),
            run="run-1",
            now=datetime(2026, 1, 1, tzinfo=UTC),
            seed=1,
            artifacts=folder,
        )


def by_name(found: list[Evidence | NotMeasured]) -> dict[tuple[str, str], Evidence]:
    return {
        (item.metric.removeprefix("stress."), str(item.subject)): item
        for item in found
        if isinstance(item, Evidence)
    }
