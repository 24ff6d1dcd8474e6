"""Draw cases from a team's own data: production as the charter names it, or the prediction log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.training.choosing import Chosen, choose

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from proveout.intake.charter_data import CharterData
    from proveout.intake.session import Session
    from proveout.intake.table import OpenTable

MOST_CASES = 40
"""Of one set: more than an hour's work."""
POOL = 2_000
"""Rows that are looked at where answers stand in the data already."""
POOL_ASKED = 300
"""Rows that a program of our own is asked for."""
MOST_PAID = 60
"""Questions to a service, which may cost money and seconds each."""
LOG_SPAN = timedelta(days=30)
MEMORY_BYTES = 512 << 20
"""A dashboard does other things beside."""
LOG = "log"
"""In the place of a source: the prediction log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the preparer asks for."""

    cases: int
    source: str = ""
    """Name of a production source; '' for all, LOG for the prediction log."""
    team: str = ""
    """Only this value of data.site_column, or this team in the log; '' for all."""
    columns: tuple[str, ...] = ()
    """What trainees see; what the system is given when empty."""
    leaves_out: tuple[str, ...] = ()
    """Columns that nobody is to see, such as names and numbers of persons."""
    asks: bool = False
    """Ask the system now, where its answers are not recorded."""
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Cases, and where they come from."""

    chosen: Chosen
    origin: str
    """In words: 'Leeds (leeds), drawn at random from 4,200 records'."""
    fingerprints: dict[str, str]
    answers_from: Literal["nobody", "recorded", "log", "asked now"]
    simulated: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return what stands beside the frozen cases."""
        return {
            **self.chosen.as_dict(),
            "origin": self.origin,
            "fingerprints": self.fingerprints,
            "answers_from": self.answers_from,
            "simulated": self.simulated,
        }


def draw(loaded: LoadedCharter, wanted: Wanted, *, now: datetime) -> Drawn:
    """Draw cases; equal data, wishes and seed give equal cases.

    Raises InputError where no record can be read or a column is not there, UnreachableError where
    data or system cannot be reached.
    """
    if not 1 <= wanted.cases <= MOST_CASES:
        raise InputError(
            f"{wanted.cases} cases are no set to practise on.", hint=f"Ask for 1 to {MOST_CASES}."
        )
    from proveout.intake.charter_data import CharterData
    from proveout.intake.session import Session

    with Session(memory_bytes=MEMORY_BYTES, threads=1) as session:
        data = CharterData(loaded, session)
        if wanted.source == LOG:
            with _logged(loaded, session, now) as opened:
                return _drawn(loaded, wanted, [opened], data, session)
        return _drawn(loaded, wanted, _production(wanted, data), data, session)


def sources(charter: Charter) -> list[tuple[str, str]]:
    """Return what cases can be drawn from: name, and how it is called on a page."""
    from proveout.intake.charter_data import unique_names

    names = unique_names(charter.data)
    records = [each for each in charter.data.production if each.role == "records"]
    found = [(names[id(each)], each.site or names[id(each)]) for each in records]
    if len(found) > 1:
        found.insert(0, ("", "All production data"))
    if charter.gateway is not None:
        found.append((LOG, "The prediction log: what the system answered in the last 30 days"))
    return found


def _production(wanted: Wanted, data: CharterData) -> list[OpenTable]:
    opened = data.production()
    if not opened:
        raise InputError(
            "The charter names no production data, from which cases could be drawn.",
            hint="Name a source (data.production), or enter cases by hand.",
        )
    chosen = [each for each in opened if wanted.source in ("", each.name)]
    if not chosen:
        raise InputError(
            f"There is no source '{wanted.source}'.",
            hint=f"Sources: {', '.join(each.name for each in opened)}",
        )
    return chosen


@contextmanager
def _logged(loaded: LoadedCharter, session: Session, now: datetime) -> Iterator[OpenTable]:
    from proveout.checks import Window
    from proveout.runtime.monitors.served import LogPlace, open_served
    from proveout.runtime.places import log_of, store_of
    from proveout.runtime.store.opening import open_store

    charter, folder = loaded.charter, loaded.folder
    log, archive = log_of(charter, folder)
    with open_store(store_of(charter, folder, os.environ), create=False) as store:
        served = open_served(
            loaded,
            LogPlace(folder=log, archive=archive, pilot=charter.pilot),
            Window(begins=now - LOG_SPAN, ends=now),
            session=session,
            store=store,
            types={},
        )
        yield served.rows


def _drawn(
    loaded: LoadedCharter,
    wanted: Wanted,
    opened: Sequence[OpenTable],
    data: CharterData,
    session: Session,
) -> Drawn:
    from proveout.intake.sampling import fetch
    from proveout.intake.union import unite
    from proveout.training.candidates import candidates, columns_of, pool_of

    charter = loaded.charter
    table = _of_team(charter, unite(opened, session=session), wanted)
    columns = columns_of(charter, list(table.columns), wanted)
    n_records = int(table.count().execute())
    frame = fetch(
        table, columns.needed, rows=pool_of(charter, wanted, columns), seed=wanted.seed
    ).reset_index(drop=True)
    if frame.empty:
        raise InputError(
            "There is no record to draw from.",
            hint="Look at source and team, or enter cases by hand.",
        )
    found = candidates(loaded, wanted, frame, columns, data)
    names = ", ".join(_called(each) for each in opened)
    team = f", {wanted.team}" if wanted.team else ""
    return Drawn(
        chosen=choose(found.cases, wanted=wanted.cases, seed=wanted.seed),
        origin=f"{names}{team}: drawn at random from {n_records:,} records",
        fingerprints={each.name: each.fingerprint for each in opened},
        answers_from=found.answers_from,
        simulated=found.simulated,
    )


def _called(opened: OpenTable) -> str:
    if opened.name == "prediction-log":
        return "The prediction log of the last 30 days"
    return opened.source.site or opened.name


def _of_team(charter: Charter, table: ir.Table, wanted: Wanted) -> ir.Table:
    if not wanted.team:
        return table
    from proveout.runtime.monitors.rows import TEAM

    column = TEAM if wanted.source == LOG else charter.data.site_column
    if column is None or column not in table.columns:
        raise InputError(
            "The data do not tell teams apart.",
            hint="Leave the team empty, or name the column: data.site_column",
        )
    return table.filter(table[column].cast("string") == wanted.team)
