"""The books of all pilots, by the ledgers and charters that the dashboard was given."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from proveout.assess.diagnosing import record_of
from proveout.assess.registry import Registry
from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Stage
from proveout.charter.sealing import standing
from proveout.diagnosis import Record
from proveout.errors import NotFoundError, ProveoutError
from proveout.evidence.alarm import standing_alarms
from proveout.evidence.ledger.port import Entry, EntryKind, Ledger
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import CheckOutcome
from proveout.evidence.waiver import Waiver
from proveout.gate import standard_for
from proveout.gate.model import Criterion
from proveout.portfolio.book import PilotBook
from proveout.portfolio.deciding import Decider
from proveout.portfolio.figures import Figures
from proveout.portfolio.files import CharterFile, CharterFiles
from proveout.portfolio.following import Follower, Notes, Shelf
from proveout.portfolio.stage import Stands, stands
from proveout.register import Known
from proveout.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A ledger, and the charters whose pilots it holds."""

    ledger: Ledger
    location: str
    """The ledger's file or address."""
    charters: tuple[LoadedCharter, ...] = ()


class Library:
    """Finds the book of a pilot. Safe to use from several threads.

    Each process has its own and follows the ledgers for itself: at each request it asks what is
    new, and reads that alone.
    """

    def __init__(self, places: Sequence[Place], registry: Registry) -> None:
        self.places, self.registry = tuple(places), registry
        self._standards: dict[tuple[str, Stage], Mapping[str, Criterion]] = {}
        self._followed = tuple(_Followed(place, registry) for place in self.places)

    def pilots(self) -> list[PilotBook]:
        """Return the books of all pilots, by name; of a ledger in trouble, with what is wrong."""
        books = [book for each in self._followed for book in each.bound().books.values()]
        return sorted(books, key=lambda book: book.pilot)

    def pilot(self, name: str) -> PilotBook:
        """Return one. Raises NotFoundError, and LedgerBrokenError where its ledger is broken."""
        for each in self._followed:
            bound = each.bound()
            if (book := bound.books.get(name)) is not None:
                if bound.trouble is not None:
                    raise bound.trouble
                return book
        raise NotFoundError(f"There is no pilot '{name}'.", hint="See the portfolio for all.")

    def report(self, book: PilotBook, stage: Stage, now: datetime) -> Report:
        """Decide at one gate as of now, with all the evidence behind it."""
        followed = self._of(book)
        shelf = followed.follow()
        return followed.decider.report(book, stage, now, shelf)

    def record(self, book: PilotBook) -> Record:
        """Return what a diagnosis reads of a pilot that failed or stalled."""
        followed = self._of(book)
        shelf = followed.follow()
        gatherer = followed.decider.gatherer(book.pilot)
        return record_of(
            gatherer.dossier(shelf, "scale"),
            gatherer.dossier(shelf, None),
            charter=book.charter,
            verdicts=book.history,
        )

    def known(self, book: PilotBook) -> Known:
        """Return what is known of the acts of a pilot, so that recording one reads only news."""
        followed = self._of(book)
        shelf = followed.follow()
        notes = shelf.pilots.get(book.pilot, Notes())
        attested = followed.decider.gatherer(book.pilot).attested(shelf)
        return Known(
            register=notes.register,
            last_act=notes.last_act,
            until=shelf.head[0],
            attested={about: Evidence.from_dict(entry.body) for about, entry in attested.items()},
        )

    def figures(self, book: PilotBook) -> tuple[Evidence, ...]:
        """Return what counts now of the few figures that the portfolio shows of every pilot."""
        followed = self._of(book)
        return followed.figures.of(book.pilot, followed.shelf)

    def last_run(self, book: PilotBook, check: str) -> tuple[CheckOutcome, int] | None:
        """Return how the last run of a check ended that came to its end, and the position in the
        ledger behind which all of its evidence stands; None where there was none."""
        notes = self._of(book).follow().pilots.get(book.pilot, Notes())
        opened = {entry.body["run"]: entry.seq for entry in reversed(notes.of("run"))}
        for entry in reversed(notes.of("outcome")):
            outcome = CheckOutcome.from_dict(entry.body)
            if outcome.check == check and outcome.status == "done":
                return outcome, opened.get(outcome.run, 0)
        return None

    def told(self, book: PilotBook, *kinds: EntryKind) -> list[Entry]:
        """Return a pilot's entries of some kinds, but for evidence and acts, without reading."""
        return self._of(book).follow().pilots.get(book.pilot, Notes()).of(*kinds)

    def criterion(self, book: PilotBook, stage: Stage, name: str) -> Criterion | None:
        """Return a line of a pilot's standard by its id."""
        key = book.loaded.content_hash, stage
        if key not in self._standards:
            lines, _ = standard_for(stage, book.charter, self.registry.catalogue)
            self._standards[key] = {line.id: line for line in lines}
        return self._standards[key].get(name)

    def warm(self) -> None:
        """Read what the first page would wait for. A ledger in trouble is told by the pages."""
        for book in self.pilots():
            with suppress(ProveoutError):
                self.figures(book)

    def _of(self, book: PilotBook) -> _Followed:
        return next(each for each in self._followed if each.place.ledger is book.ledger)


class _Followed:
    """A place, and what is known of it."""

    def __init__(self, place: Place, registry: Registry) -> None:
        self.place = place
        self._follower, self._files = Follower(place.ledger), CharterFiles(place.charters)
        self.decider, self.figures = Decider(self._follower, registry), Figures(self._follower)
        self._lock = threading.Lock()
        self._bound = _Bound(shelf=None, files=(), trouble=None, books={})

    @property
    def shelf(self) -> Shelf:
        """What was known last."""
        return self._follower.shelf

    def follow(self) -> Shelf:
        """Return all that is known now. Raises as the ledger does."""
        return self._follower.follow()

    def bound(self) -> _Bound:
        """Return the books as they are now."""
        trouble: ProveoutError | None = None
        try:
            shelf = self.follow()
        except ProveoutError as error:
            shelf, trouble = self._follower.shelf, error
        files = self._files.now()
        if self._bound.is_of(shelf, files, trouble):
            return self._bound
        with self._lock:
            self._bound = self._bind(self._bound, shelf, files, trouble)
            return self._bound

    def _bind(
        self,
        before: _Bound,
        shelf: Shelf,
        files: tuple[CharterFile, ...],
        trouble: ProveoutError | None,
    ) -> _Bound:
        by_pilot = {each.loaded.charter.pilot: each for each in files}
        known = {} if before.shelf is None else before.shelf.pilots
        is_sound = trouble is None and before.trouble is None
        was = {each.loaded.charter.pilot: each for each in before.files}
        books = {}
        for pilot in dict.fromkeys((*by_pilot, *shelf.pilots)):
            notes, file = shelf.pilots.get(pilot), by_pilot.get(pilot)
            same = is_sound and known.get(pilot) is notes and was.get(pilot) is file
            old = before.books.get(pilot)
            books[pilot] = (
                old if same and old is not None
                else _book(pilot, self.place.ledger, notes or Notes(), file, old)
            )  # fmt: skip
        if trouble is not None:
            books = {
                pilot: replace(
                    book, trouble=trouble.message, verdicts={}, history=(), stands=Stands()
                )
                for pilot, book in books.items()
            }
        return _Bound(shelf=shelf, files=files, trouble=trouble, books=books)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """Books, and what they were made of."""

    shelf: Shelf | None
    files: tuple[CharterFile, ...]
    trouble: ProveoutError | None
    books: Mapping[str, PilotBook]

    def is_of(
        self, shelf: Shelf, files: tuple[CharterFile, ...], trouble: ProveoutError | None
    ) -> bool:
        is_same = self.shelf is shelf and self.files is files
        return is_same and self.trouble is None and trouble is None


def _book(
    pilot: str, ledger: Ledger, notes: Notes, file: CharterFile | None, old: PilotBook | None
) -> PilotBook:
    sealing = standing(notes.of("seal", "amendment"))
    verdicts: list[Any] = [entry.body for entry in notes.of("verdict")]
    switches = tuple(entry.body for entry in notes.of("switch"))
    loaded = None if file is None else file.loaded
    return PilotBook(
        pilot=pilot,
        loaded=_in_force(
            pilot, sealing.content_in_force, sealing.content_hash_in_force, loaded, old
        ),
        file=loaded,
        ledger=ledger,
        sealing=sealing,
        register=notes.register,
        verdicts={body["stage"]: body for body in verdicts},
        history=tuple(verdicts),
        waivers=tuple(Waiver.from_dict(each.body) for each in notes.of("waiver")),
        alarms=tuple(standing_alarms(notes.of("alarm"))),
        since=notes.since,
        last_entry_at=notes.last_at,
        last_seq=notes.last_seq,
        last_act=notes.last_act,
        stands=stands(verdicts, first_seen=notes.since, switches=switches),
        switches=switches,
        file_problem=None if file is None else file.problem,
    )


def _in_force(
    pilot: str,
    content: Any,
    content_hash: str | None,
    file: LoadedCharter | None,
    old: PilotBook | None,
) -> LoadedCharter:
    if content is None or content_hash is None:
        if file is not None:
            return file
        return LoadedCharter(charter=Charter(pilot=pilot), path=Path("pilot.yaml"), content_hash="")
    if file is not None and file.content_hash == content_hash:
        return file
    path = Path("pilot.yaml") if file is None else file.path
    if old is not None and (old.loaded.content_hash, old.loaded.path) == (content_hash, path):
        return old.loaded
    return LoadedCharter(
        charter=Charter.model_validate(content), path=path, content_hash=content_hash
    )
