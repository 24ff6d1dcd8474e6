"""A mail → its text: who, when and what about, the body, and what is attached to it."""

from __future__ import annotations

import codecs
import email.policy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message

from proveout.intake.documents.model import Document, Fault, NoTextError, cut
from proveout.intake.documents.plain import decoded, plain
from proveout.intake.documents.web import text_of_page

Inner = Callable[[bytes, str], Document]
"""Reads what is attached, given its bytes and its name. Raises NoTextError where it cannot."""

_HEADERS = ("From", "To", "Date", "Subject")
_SIGNS = (*_HEADERS, "Received", "Message-ID", "MIME-Version", "Content-Type")
_DEEPEST = 5
"""Mails within mails."""


@dataclass(slots=True)
class _Letter:
    """What has been read of a mail so far."""

    name: str
    inner: Inner
    said: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    n_attached: int = 0


def is_mail(data: bytes) -> bool:
    """Tell whether bytes begin with the headers of a mail."""
    message = message_from_bytes(data[:65536])
    return sum(message[sign] is not None for sign in _SIGNS) >= 2  # one may be chance


def read_mail(data: bytes, name: str, inner: Inner) -> Document:
    """Read a mail; what is attached is read by `inner`, and listed where that cannot."""
    message = message_from_bytes(data, policy=email.policy.default)
    letter = _Letter(name, inner)
    _tell(message, letter, depth=0)
    text, more = cut("\n\n".join(filter(None, letter.said)), name)
    return Document(
        text=text, kind="mail", parts=1 + letter.n_attached, faults=(*letter.faults, *more)
    )


def _tell(message: Message, letter: _Letter, *, depth: int) -> None:
    heads = [(sign, _header(message, sign)) for sign in _HEADERS]
    letter.said.append("\n".join(f"{sign}: {text}" for sign, text in heads if text))
    for part in _leaves(message):
        if part.get_content_type() == "message/rfc822":
            _tell_enclosed(part, letter, depth=depth)
        elif _is_attached(part):
            _tell_attached(part, letter)
        else:
            letter.said.append(_text(part, letter).strip())


def _leaves(part: Message) -> Iterator[Message]:
    """Yield what a mail consists of; of several forms of one text the plainest that says much."""
    kind = part.get_content_type()
    if kind == "message/rfc822" or not part.is_multipart():
        yield part
        return
    parts = list(part.iter_parts()) if isinstance(part, EmailMessage) else []
    if kind != "multipart/alternative":
        for each in parts:
            yield from _leaves(each)
        return
    chosen = next(filter(_says_something, parts), parts[0] if parts else None)
    for each in parts:
        if each is chosen:
            yield from _leaves(each)
        else:
            yield from (leaf for leaf in _leaves(each) if _is_attached(leaf) and _is_named(leaf))


def _says_something(part: Message) -> bool:
    return part.is_multipart() or (
        part.get_content_maintype() == "text" and bool((_payload(part) or b"").strip())
    )


def _is_named(part: Message) -> bool:
    return bool(_file_name(part)) and not _is_drawn_within(part)


def _is_attached(part: Message) -> bool:
    return (
        part.get_content_disposition() == "attachment"
        or bool(_file_name(part))
        or part.get_content_type() not in ("text/plain", "text/html")
    )


def _is_drawn_within(part: Message) -> bool:
    """Tell a logo or a signature's picture, which is shown within the text."""
    return part.get_content_maintype() == "image" and (
        part.get_content_disposition() != "attachment" or part["Content-ID"] is not None
    )


def _tell_enclosed(part: Message, letter: _Letter, *, depth: int) -> None:
    letter.n_attached += 1
    enclosed = part.get_payload()
    mail = enclosed[0] if isinstance(enclosed, list) and enclosed else None
    if depth >= _DEEPEST or not isinstance(mail, Message):
        _not_read(letter, "a mail", "it lies too deep within others, or is damaged")
        return
    letter.said.append("Attachment: a mail")
    _tell(mail, letter, depth=depth + 1)


def _tell_attached(part: Message, letter: _Letter) -> None:
    shown = _file_name(part) or part.get_content_type()
    data = _payload(part)
    if _is_drawn_within(part):
        letter.said.append(f"Picture: {shown}")
        return
    letter.n_attached += 1
    if data is None:
        _not_read(letter, shown, "it is damaged")
        return
    try:
        read = letter.inner(data, shown)
    except NoTextError as error:
        why = error.message.replace(f"{shown} ", "it ", 1).rstrip(".")
        _not_read(letter, shown, why, size=len(data))
        return
    letter.said.append(f"Attachment: {shown}\n{read.text.strip()}")
    letter.faults += [
        Fault(
            reason=each.reason, message=f"{letter.name}: {each.message}", at=each.at or shown,
            raw=each.raw, lost=each.lost,
        )
        for each in read.faults
    ]  # fmt: skip


def _not_read(letter: _Letter, what: str, why: str, *, size: int | None = None) -> None:
    about = what if size is None else f"{what} ({size:,} bytes)"
    letter.said.append(f"Attachment: {about}, not read")
    message = f"{letter.name}: what is attached, {about}, was not read: {why}."
    letter.faults.append(Fault(reason="attachment", message=message, at=what))


def _text(part: Message, letter: _Letter) -> str:
    data = _payload(part)
    if data is None:
        _not_read(letter, part.get_content_type(), "it is damaged")
        return ""
    if not data.strip():
        return ""
    text, faults = _characters(data, part.get_content_charset(), letter.name)
    letter.faults += faults
    return text_of_page(text) if part.get_content_type() == "text/html" else text


def _characters(data: bytes, charset: str | None, name: str) -> tuple[str, tuple[Fault, ...]]:
    """Decode a body: as it says, where that is true, else as what it looks like."""
    if charset:
        try:
            return plain(data.decode(codecs.lookup(charset).name)), ()
        except (LookupError, ValueError):
            pass
    return decoded(data, name)


def _payload(part: Message) -> bytes | None:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return None
    return data if isinstance(data, bytes) else None


def _file_name(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except Exception:  # noqa: BLE001 - whatever a broken header does to the library
        return "a file without a name that can be read"
    return None if name is None else " ".join(str(name).split())[:200]


def _header(message: Message, sign: str) -> str:
    try:
        text = str(message[sign] or "")
    except Exception:  # noqa: BLE001 - whatever a broken header does to the library
        raw = next((str(v) for k, v in message.raw_items() if k.lower() == sign.lower()), "")
        text = raw
    text = text.encode(errors="surrogateescape").decode(errors="replace")
    return " ".join(text.split())
