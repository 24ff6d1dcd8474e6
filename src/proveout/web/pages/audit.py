"""The audit trail of a pilot: every entry of its ledger in words, and the state of the chain."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from proveout.desk.walks import last_walk, note_walk
from proveout.errors import InputError, LedgerBrokenError, NotFoundError
from proveout.evidence.export import export_lines
from proveout.evidence.ledger import Entry, EntryKind, Looked, verify
from proveout.register.auditing import AUDITING
from proveout.web.asked import Asked, Deed, Done, Download, File, Nothing, Page
from proveout.web.pages.audit_words import sentence, who_did
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

_PAGE = 50
_BY_PEOPLE: tuple[EntryKind, ...] = (
    "act", "seal", "amendment", "waiver", "verdict", "switch", "alarm", "run",
)  # fmt: skip
"""What people did and decided; what checks found is asked for."""
MOST_TO_TAKE = 200_000
"""Entries of a ledger whose export a browser is given; a larger one is written to a file."""
_PER_SECOND = 30_000
"""Entries that a verification walks along, roughly."""

Kinds = Literal[
    "people", "all", "act", "evidence", "outcome", "run", "seal", "amendment", "waiver", "verdict",
    "switch", "alarm",
]  # fmt: skip
Day = Annotated[date | None, BeforeValidator(lambda value: None if value == "" else value)]
Number = Annotated[
    Annotated[int, Field(ge=1, le=2**53)] | None,
    BeforeValidator(lambda value: None if value == "" else value),
]


class AuditAsks(BaseModel):
    """What to look for."""

    kind: Kinds = "people"
    person: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    since: Day = None
    until: Day = None
    """The last day."""
    before: Number = None
    """Only entries before this position."""


class EntryLine(BaseModel):
    """One entry."""

    seq: int
    at: datetime
    kind: str
    who: str | None
    says: str
    hash: str
    page: str


class ChainState(BaseModel):
    """What is known of the chain."""

    n_entries: int
    head: str
    verified_at: datetime | None
    verified_by: str | None
    verified_entries: int | None
    walked_at: datetime | None
    """When the dashboard, or somebody by it, last walked along all of it."""
    walked_entries: int | None
    """Entries when it was last whole."""
    broken: str | None
    """What that walk found wrong; None where nothing was."""
    takes_about_s: int


class AuditPage(BaseModel):
    """The trail."""

    pilot: str
    chain: ChainState
    entries: list[EntryLine]
    next_page: str | None
    """Where older ones are."""
    is_first: bool
    may_export: bool


class EntryPage(BaseModel):
    """One entry, whole."""

    pilot: str
    entry: EntryLine
    recorded_at: datetime
    prev_hash: str
    body: str
    """As JSON, set for reading."""


def audit(asked: Asked, asks: AuditAsks) -> AuditPage:
    """Show the trail, the latest first."""
    book = asked.book
    kinds: tuple[EntryKind, ...] = ()
    if asks.kind == "people":
        kinds = _BY_PEOPLE
    elif asks.kind != "all":
        kinds = (asks.kind,)
    looked = Looked(
        pilot=book.pilot,
        kinds=kinds,
        before=asks.before,
        since=None if asks.since is None else _start(asks.since),
        until=_day_after(asks.until),
        person=asks.person or None,
    )
    found = book.ledger.latest(looked, limit=_PAGE + 1)
    shown = found[:_PAGE]
    return AuditPage(
        pilot=book.pilot,
        chain=_chain(asked),
        entries=[_line(asked, each) for each in shown],
        next_page=None if len(found) <= _PAGE else _next(asked, asks, shown[-1].seq),
        is_first=asks.before is None,
        may_export=book.ledger.head()[0] <= MOST_TO_TAKE,
    )


def one(asked: Asked, _: Nothing) -> EntryPage:
    """Show one entry with all that it holds."""
    name = asked.path["entry"]
    seq = int(name) if name.isascii() and name.isdigit() and len(name) <= 15 else 0
    looked = Looked(pilot=asked.book.pilot, before=seq + 1)
    entry = next((each for each in asked.book.ledger.latest(looked, limit=1)), None)
    if entry is None or entry.seq != seq:
        raise NotFoundError(
            f"The trail of this pilot has no entry '{name}'.", hint="See the audit trail for all."
        )
    return EntryPage(
        pilot=asked.book.pilot,
        entry=_line(asked, entry),
        recorded_at=entry.recorded_at,
        prev_hash=entry.prev_hash,
        body=json.dumps(entry.body, ensure_ascii=False, indent=2),
    )


def verify_chain(asked: Asked, _: Nothing) -> Done:
    """Walk along the whole chain, and note that it is whole."""
    desk, location = asked.parts.desk, _location(asked)
    known = last_walk(desk, location)
    found = verify(asked.book.ledger, expect=known.head or None if known is not None else None)
    note_walk(
        desk, location, began=asked.now.timestamp(), ended=asked.now.timestamp(),
        n_entries=found.n_entries, head=found.head_hash,
        problems=[problem.what for problem in found.problems],
    )  # fmt: skip
    if not found.is_whole:
        told = "; ".join(problem.what for problem in found.problems[:5])
        more = f"; and {len(found.problems) - 5} more" if len(found.problems) > 5 else ""
        raise LedgerBrokenError(
            f"The ledger is broken: {told}{more}.",
            hint="See all that is wrong: proveout ledger verify",
        )
    says = {"n_entries": found.n_entries, "head": found.head_hash}
    asked.record("audit.verified", says)
    return Done(says=f"The chain is whole: {found.n_entries:,} entries.", goes_to=_base(asked))


def take(asked: Asked, _: Nothing) -> File:
    """Make the file: one entry a line, as `proveout ledger export --format jsonl` does."""
    book = asked.book
    if book.ledger.head()[0] > MOST_TO_TAKE:
        raise InputError(
            "This ledger is too large for a browser to take away.",
            hint="Write it to a file: proveout ledger export --format jsonl --out FILE",
        )
    lines = export_lines(book.ledger, form="jsonl", pilot=book.pilot)
    content = "".join(f"{line}\n" for line in lines).encode()
    return File(name=f"{book.pilot}-ledger.jsonl", media_type="application/jsonl", content=content)


def _chain(asked: Asked) -> ChainState:
    seq, digest = asked.book.ledger.head()
    verified = asked.book.register.of(AUDITING)
    walk = last_walk(asked.parts.desk, _location(asked))
    return ChainState(
        n_entries=seq,
        head=digest,
        verified_at=None if verified is None else verified.at,
        verified_by=None if verified is None else verified.who,
        verified_entries=None if verified is None else verified.n_entries,
        walked_at=None if walk is None else datetime.fromtimestamp(walk.at, UTC),
        walked_entries=None if walk is None or walk.whole_at is None else walk.n_entries,
        broken=None if walk is None else walk.broken,
        takes_about_s=max(1, round(seq / _PER_SECOND)),
    )


def _location(asked: Asked) -> str:
    places = asked.parts.library.places
    return next(each.location for each in places if each.ledger is asked.book.ledger)


def _line(asked: Asked, entry: Entry) -> EntryLine:
    return EntryLine(
        seq=entry.seq,
        at=entry.recorded_at,
        kind=entry.kind,
        who=who_did(entry),
        says=sentence(entry),
        hash=entry.hash,
        page=f"{_base(asked)}/{entry.seq}",
    )


def _next(asked: Asked, asks: AuditAsks, before: int) -> str:
    told: dict[str, Any] = asks.model_dump(mode="json", exclude_defaults=True)
    return f"{_base(asked)}?{urlencode({**told, 'before': before})}"


def _base(asked: Asked) -> str:
    return path_to(asked.book.pilot, "/audit")


def _day_after(last: date | None) -> datetime | None:
    # Behind the last day that there is, no entry can be.
    return None if last in (None, date.max) else _start(last) + timedelta(days=1)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


_PATH = "/pilots/{pilot}/audit"
PAGES = (
    Page(
        path=_PATH, title="Audit trail", template="audit.html.j2", needs=Permission.audit,
        view=audit, shows=AuditPage, asks=AuditAsks,
    ),
    Page(
        path=f"{_PATH}/{{entry}}", title="Entry of the audit trail",
        template="audit_entry.html.j2", needs=Permission.audit, view=one, shows=EntryPage,
    ),
)  # fmt: skip
DEEDS = (Deed(path=f"{_PATH}/verify", needs=Permission.audit, takes=Nothing, do=verify_chain),)
DOWNLOADS = (
    Download(
        path="/pilots/{pilot}/audit.jsonl", title="The entries of a pilot, one a line",
        needs=Permission.audit, make=take, media_type="application/jsonl",
    ),
)  # fmt: skip
