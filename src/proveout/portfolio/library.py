"""The books of all pilots, by the ledgers and charters that the dashboard was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from proveout.assess.assess import judge
from proveout.assess.registry import Registry
from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Stage
from proveout.charter.sealing import standing
from proveout.errors import NotFoundError
from proveout.evidence.alarm import standing_alarms
from proveout.evidence.ledger.port import Entry, Ledger
from proveout.evidence.waiver import Waiver
from proveout.portfolio.book import PilotBook
from proveout.register import register_of
from proveout.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A ledger, and the charters whose pilots it holds."""

    ledger: Ledger
    location: str
    """The ledger's file or address."""
    charters: tuple[LoadedCharter, ...] = ()


class Library:
    """Finds the book of a pilot. Safe to use from several threads."""

    def __init__(self, places: Sequence[Place], registry: Registry) -> None:
        self.places, self.registry = tuple(places), registry

    def pilots(self) -> list[PilotBook]:
        """Return the books of all pilots, by name."""
        return sorted(
            (book for place in self.places for book in _books(place)), key=lambda book: book.pilot
        )

    def pilot(self, name: str) -> PilotBook:
        """Return one. Raises NotFoundError."""
        found = next((book for book in self.pilots() if book.pilot == name), None)
        if found is None:
            raise NotFoundError(f"There is no pilot '{name}'.", hint="See the portfolio for all.")
        return found

    def report(self, book: PilotBook, stage: Stage, now: datetime) -> Report:
        """Decide at one gate as of now, with all the evidence behind it."""
        from proveout import __version__

        judged = judge(
            book.loaded, stage=stage, registry=self.registry, ledger=book.ledger, now=now
        )
        return Report(
            verdict=judged.verdict,
            loaded=book.loaded,
            evidence=judged.dossier.evidence,
            catalogue=self.registry.catalogue,
            generated_at=now,
            ledger_head=judged.ledger_head,
            version=__version__,
            alarms=judged.dossier.alarms,
        )


def _books(place: Place) -> list[PilotBook]:
    files = {each.charter.pilot: each for each in place.charters}
    told: dict[str, list[Entry]] = {pilot: [] for pilot in files}
    for entry in place.ledger.entries():
        told.setdefault(entry.pilot, []).append(entry)
    return [_book(pilot, place, entries, files.get(pilot)) for pilot, entries in told.items()]


def _book(pilot: str, place: Place, entries: list[Entry], file: LoadedCharter | None) -> PilotBook:
    sealing = standing(entries)
    verdicts: list[Any] = [entry.body for entry in entries if entry.kind == "verdict"]
    return PilotBook(
        pilot=pilot,
        loaded=_in_force(pilot, sealing.content_in_force, sealing.content_hash_in_force, file),
        file=file,
        ledger=place.ledger,
        sealing=sealing,
        register=register_of(entries),
        verdicts={body["stage"]: body for body in verdicts},
        history=tuple(verdicts),
        waivers=tuple(Waiver.from_dict(each.body) for each in entries if each.kind == "waiver"),
        alarms=tuple(standing_alarms(entries)),
        since=entries[0].recorded_at if entries else None,
        last_entry_at=entries[-1].recorded_at if entries else None,
        last_seq=entries[-1].seq if entries else 0,
    )


def _in_force(
    pilot: str, content: Any, content_hash: str | None, file: LoadedCharter | None
) -> LoadedCharter:
    if content is None or content_hash is None:
        if file is not None:
            return file
        return LoadedCharter(charter=Charter(pilot=pilot), path=Path("pilot.yaml"), content_hash="")
    if file is not None and file.content_hash == content_hash:
        return file
    return LoadedCharter(
        charter=Charter.model_validate(content),
        path=Path("pilot.yaml") if file is None else file.path,
        content_hash=content_hash,
    )
