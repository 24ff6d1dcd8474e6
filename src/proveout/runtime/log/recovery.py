"""After `kill -9`: what the dead have left in the log is ended, told, and sealed.

Only unsealed segments whose lock is free are read: those of the dead since they last sealed one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from proveout.runtime.log import framing, places
from proveout.runtime.log.finding import find
from proveout.runtime.log.notes import lost
from proveout.runtime.log.segment import encode
from proveout.runtime.log.tail import Cut, Tail, cut, seal, sweep, take_over
from proveout.runtime.ports import LogFullError

if TYPE_CHECKING:
    from proveout.runtime.call import Amounts
    from proveout.runtime.record import Record

WHY_LOST = "The gateway ended before the call had; found at its next start."


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What dead processes have left behind, complete and durable."""

    folder: Path
    archive: str | None
    pilot: str
    owners: tuple[str, ...]
    """The dead, by the names under which they wrote."""
    n_records: int
    lost: tuple[Record, ...]
    """Calls that were begun and never ended, as the records that now tell of them."""
    cuts: tuple[Cut, ...]
    """Lines that were torn or changed."""
    _tails: tuple[Tail, ...]

    def ended(self) -> Iterator[Record]:
        """Read every record since the dead last sealed a segment, the lost included.

        Whatever follows from a record (booking, exception) may have been done before the end or
        not: doing it must be safe to do again.
        """
        for tail in self._tails:
            yield from tail.records()

    def excepted(self) -> Iterator[Record]:
        """Read those of `ended` that go to a person."""
        for tail in self._tails:
            yield from tail.records(lambda _, seen: seen.is_excepted)

    def records_of(self, calls: Iterable[str]) -> dict[str, Record]:
        """Find the records of calls by their ids: of those that are not there, none was sent.

        Looks in the unsealed segments first, then in all others from the newest on.
        """
        wanted = set(calls)
        found = {
            record.id: record
            for tail in self._tails
            for record in tail.records(lambda id_, _: id_ in wanted)
        }
        looked_into = {tail.segment.path.stem for tail in self._tails}
        return found | find(
            self.folder,
            self.pilot,
            wanted - found.keys(),
            archive=self.archive,
            without=looked_into,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What calls are charged whose end nobody knows."""

    amounts: Mapping[str, Amounts] = field(default_factory=dict)
    """By call; none of those for which nothing is held."""
    currency: str | None = None


Charged = Callable[[str, Sequence[str]], Charges]
"""Takes the owner who died and the ids of the calls that he had under way."""


@contextmanager
def recover(
    folder: Path,
    pilot: str,
    *,
    archive: str | None = None,
    clock: Callable[[], float] = time.time,
    charged: Charged | None = None,
) -> Iterator[Recovered]:
    """Take over what the dead have left, and seal it when the block ends without an error.

    Inside the block bring the store up to date. Should this process die in it, the next recovery
    finds all of it again: nothing is lost, and the log itself holds no call twice. Two processes
    may do this at once; each segment is taken over by one of them.

    `charged` says what is booked for calls that were begun and never ended, so that log and
    accounts agree: without it they are taken to cost nothing.

    Raises LogFullError where the log cannot be written.
    """
    try:
        sweep(folder, pilot, now=clock())
        tails = list(_taken_over(folder, pilot))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        try:
            cuts = [
                each
                for tail in tails
                for each in cut(tail, places.torn(folder, pilot), now=clock())
            ]
            for _, of_owner in groupby(tails, key=lambda tail: places.owner_of(tail.name)):
                _end(list(of_owner), pilot, now=clock(), charged=charged)
        except OSError as error:
            raise _unwritable(folder, error) from error
        yield Recovered(
            folder=folder,
            archive=archive,
            pilot=pilot,
            owners=tuple(dict.fromkeys(places.owner_of(tail.name) for tail in tails)),
            n_records=sum(len(tail.ids) for tail in tails),
            lost=tuple(_lost_of(tails)),
            cuts=tuple(cuts),
            _tails=tuple(tails),
        )
        try:
            for tail in tails:  # the oldest first: a later one may hold the end of its calls
                seal(tail)
        except OSError as error:
            raise _unwritable(folder, error) from error
    finally:
        for tail in tails:
            tail.segment.release()


def _taken_over(folder: Path, pilot: str) -> Iterator[Tail]:
    """Yield the segments of each owner who is dead; of one who is not, none."""
    left = sorted(places.segments(folder, pilot).glob(f"*{places.OPEN}"))
    left.sort(key=lambda path: places.owner_of(path.name))
    for _, paths in groupby(left, key=lambda path: places.owner_of(path.name)):
        tails = []
        listed = list(paths)
        for path in listed:
            tail = take_over(path)
            if tail is not None:
                tails.append(tail)
            elif path.exists():  # its owner lives, or another process is at it
                for each in tails:
                    each.segment.release()
                tails = []
                break
        yield from tails


def _end(tails: list[Tail], pilot: str, *, now: float, charged: Charged | None) -> None:
    """Write a record for each call that an owner has begun and not ended. Raises OSError."""
    ended = {id_ for tail in tails for id_ in tail.ids}
    begun = {id_: note for tail in tails for id_, note in tail.begun.items()}
    notes = [note for id_, note in begun.items() if id_ not in ended]
    if not notes:
        return
    booked = (
        Charges()
        if charged is None
        else charged(places.owner_of(tails[0].name), [note.id for note in notes])
    )
    records = [
        lost(
            note, pilot=pilot, now=now, why=WHY_LOST, charged=booked.amounts.get(note.id),
            currency=booked.currency,
        )
        for note in notes
    ]  # fmt: skip
    last = tails[-1]  # an owner who sealed his last segment had ended all
    offset = last.segment.size
    lines = b"".join(framing.line(framing.RECORD, encode(record)) for record in records)
    last.segment.write(lines)
    last.segment.sync()
    for found in framing.scan(lines):
        if isinstance(found, framing.Line):
            last.note(found._replace(offset=offset + found.offset))


def _lost_of(tails: list[Tail]) -> Iterator[Record]:
    for tail in tails:
        yield from tail.records(lambda _, seen: seen.is_lost)


def _unwritable(folder: Path, error: OSError) -> LogFullError:
    return LogFullError(
        f"The prediction log in {folder} cannot be written: {error.strerror or error}."
    )
