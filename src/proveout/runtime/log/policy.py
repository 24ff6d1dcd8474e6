"""How much of requests and answers is kept (`gateway.log.payload`): all, some fields not, none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from proveout.runtime.log.notes import Begun
from proveout.runtime.log.own_words import own_part
from proveout.runtime.log.payload import BASE64, bytes_of, hash_of
from proveout.runtime.log.redaction import REDACTED, NotReadableError, Redactor, leaves
from proveout.runtime.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from proveout.charter.schema.gateway import Payload

SAYS = re.compile(r"(\bsays: ).*", re.DOTALL)
"""In a note: what follows are the words of a company's own rule."""
SHORTEST = 3
"""Letters: shorter values are not looked for in notes, where they would be found everywhere."""


def policy_of(payload: Payload) -> Callable[[Record | Begun], None] | None:
    """Return what makes a record fit to be kept, in its place; None where all is kept."""
    if payload.keep == "all":
        return None
    if payload.keep == "hashes":
        return _only_hashes
    fields = payload.redact

    def redact(record: Record | Begun) -> None:
        _redact(record, Redactor(fields))

    return redact


def _only_hashes(record: Record | Begun) -> None:
    if not isinstance(record, Record):
        return
    _hash(record)
    quoted = {value for text in (record.request, record.answer) for value in _values(text)}
    record.request = record.answer = None
    record.notes = _cleaned(record.notes, quoted, says=False)


def _redact(record: Record | Begun, redactor: Redactor) -> None:
    if redactor.names("user") and record.user is not None:
        record.user = "user-" + hashlib.sha256(record.user.encode()).hexdigest()[:12]
    if not isinstance(record, Record):
        return
    _hash(record)
    request, answer = _without(record.request, redactor), _without(record.answer, redactor)
    is_read = (request is None) == (record.request is None) and (answer is None) == (
        record.answer is None
    )
    record.request, record.answer = request, answer
    record.notes = _cleaned(record.notes, redactor.replaced, says=is_read)


def _cleaned(notes: tuple[str, ...], values: set[str], *, says: bool) -> tuple[str, ...]:
    """Take values out of notes; and what a rule says, which may quote what could not be read.

    Sentences of ours that quote nothing stay as they are.
    """
    longest_first = sorted((v for v in values if len(v) >= SHORTEST), key=len, reverse=True)
    cleaned = []
    for note in notes:
        kept = note if says else SAYS.sub(rf"\1{REDACTED}", note)
        ours = own_part(kept)
        rest = kept[ours:]
        for value in longest_first:
            rest = rest.replace(value, REDACTED)
        cleaned.append(kept[:ours] + rest)
    return tuple(cleaned)


def _values(text: str | None) -> Iterator[str]:
    try:
        yield from leaves(msgspec.json.decode(text or "null"))
    except (msgspec.DecodeError, RecursionError):
        return


def _without(text: str | None, redactor: Redactor) -> str | None:
    if text is None or text == "":
        return text
    if text.startswith(BASE64):
        return None
    try:
        return redactor.body(text)
    except NotReadableError:
        return None


def _hash(record: Record) -> None:
    """Keep the hash of what is not kept itself."""
    if record.request_hash is None and record.request is not None:
        record.request_hash = hash_of(bytes_of(record.request))
    if record.answer_hash is None and record.answer is not None:
        record.answer_hash = hash_of(bytes_of(record.answer))
