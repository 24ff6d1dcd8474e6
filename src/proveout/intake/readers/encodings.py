"""Which encoding a text file is in, and the same text in UTF-8."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from proveout.errors import InputError
from proveout.intake.readers.port import SourceFile
from proveout.intake.readers.streams import PIECE_BYTES, SAMPLE_BYTES, opened
from proveout.intake.session import Session

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))
_GUESS_BYTES = 1 << 16
_TELLING_LETTERS = 24
_NOT_BY_LETTER = (
    "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_7",
)  # fmt: skip
"""These are told by their zeros or marks, never by what letters come often."""
_EVERYWHERE = frozenset("\u00a0äöüßáéíóúýâëçôîšž€’‘‚“”„–…°§©®«»·´µ")
"""Letters that tables of western and eastern Europe have at the same place, and marks."""
_WESTERN = tuple(map(frozenset, ("ãõàê", "àèêïùûœæÿ", "ñ¿¡ªº", "åæø", "àèìòù", "àèêïòñ")))
"""What is written beside these in Portuguese, French, Spanish, Nordic tongues, Italian, Dutch and
Catalan."""
_POLISH = re.compile(r"[^\W\d_][¹³¿][^\W\d_]")
"""What the commonest letters of Polish look like in Windows-1252."""
_MARK_IN_WORD = re.compile(r"[^\W\d_][€‘‚“”„–…°§©®«»·´µ¿¡ªº¹³][^\W\d_]")
_MARKED = "proveout.marked"
"""How codecs know the handler of errors below."""
_MARK = "\udcff"
"""What the handler 'surrogateescape' writes as the byte 0xff, which UTF-8 never has."""


def encoding_of(head: bytes) -> str | None:
    """Tell the encoding from the first bytes; None where no encoding explains them.

    Text with a few broken places among many right ones is UTF-8 with damage, and not some other
    encoding in which all would be wrong.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if b"\x00" in head and (wide := _without_mark(head)):
        return wide
    if len(head.translate(None, _CONTROLS)) < 0.99 * len(head):
        return None  # a few control characters among text are damage; many are a binary file
    lines = head.splitlines()
    # The last line of the beginning of a file may end amid a letter; of a whole file it does not.
    right, wrong = _judged(lines if len(head) < SAMPLE_BYTES else lines[:-1] or lines)
    if not wrong:
        return "utf-8"
    return "utf-8" if sum(map(len, right)) > sum(map(len, wrong)) else _former(head)


def encoding_of_all(file: SourceFile) -> str | None:
    """Tell the encoding from every line of a file that began as plain ASCII or UTF-8."""
    n_right, wrong, n_wrong = 0, bytearray(), 0
    with opened(file.path, file.name) as stream:
        for line in stream:
            if line.isascii():
                continue
            if _is_utf8(line):
                n_right += 1
            else:
                n_wrong += 1
                if len(wrong) < _GUESS_BYTES:
                    wrong += line
    return "utf-8" if n_right > n_wrong else _former(bytes(wrong))


def as_utf8(file: SourceFile, encoding: str, session: Session) -> Path:
    """Write the file again as UTF-8, piece by piece, for a reader that rejects what is not UTF-8.

    Bytes that mean nothing in the encoding become one that means nothing in UTF-8.
    """
    path = session.scratch / (session.new_name("utf8") + ".txt")
    decoder = codecs.getincrementaldecoder(encoding)(errors=_MARKED)
    with opened(file.path, file.name) as stream, path.open("wb") as out:
        while piece := stream.read(PIECE_BYTES):
            out.write(decoder.decode(piece).encode(errors="surrogateescape"))
        out.write(decoder.decode(b"", final=True).encode(errors="surrogateescape"))
    return path


def marked(data: bytes, encoding: str, name: str) -> str:
    """Decode a whole text; what stands for nothing becomes a lone surrogate, and can be found.

    Raises InputError on an encoding that does not exist.
    """
    try:
        codec = codecs.lookup(encoding)
    except LookupError as error:
        raise _no_encoding(encoding, name) from error
    errors = "surrogateescape" if codec.name in ("utf-8", "utf-8-sig", "ascii") else _MARKED
    return data.decode(encoding, errors=errors).removeprefix("\ufeff")


def decoded(head: bytes, encoding: str, name: str) -> str:
    """Decode the beginning of a file. Raises InputError on an encoding that does not exist."""
    try:
        text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    except LookupError as error:
        raise _no_encoding(encoding, name) from error
    return text.removeprefix("\ufeff")


def _no_encoding(encoding: str, name: str) -> InputError:
    return InputError(
        f"{name}: there is no encoding named {encoding!r}.",
        hint="Write for example utf-8, cp1252 or utf-16; or leave it out to have it found.",
    )


def _judged(lines: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Part the lines that are not plain ASCII: right in UTF-8, and wrong."""
    telling = [line for line in lines if not line.isascii()]
    right = [line for line in telling if _is_utf8(line)]
    return right, [line for line in telling if not _is_utf8(line)]


def _is_utf8(line: bytes) -> bool:
    return _decodes(line, "utf-8")


def _without_mark(head: bytes) -> str | None:
    """Know UTF-16 without a mark by its zeros: every other byte of Latin text is one."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    half = min(len(head), 4096) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _former(data: bytes) -> str | None:
    """Guess which encoding of former times these bytes are in; None where none fits.

    Windows-1252 is what programs wrote in most places, so a handful of its letters is enough for
    it; other encodings need enough text to be told apart.
    """
    latin = _decodes(data, "cp1252")
    if latin and (sum(byte > 127 for byte in data) < _TELLING_LETTERS or _is_western(data)):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_GUESS_BYTES], cp_exclusion=list(_NOT_BY_LETTER)).best()
    if best is None:
        return "cp1252" if latin else None
    if not latin or "cp1252" not in best.could_be_from_charset:
        return best.encoding
    if _POLISH.search(data.decode("cp1252")) and _decodes(data, "cp1250"):
        return "cp1250"
    return "cp1252"


def _is_western(data: bytes) -> bool:
    """Tell whether these bytes spell a western language in Windows-1252, and nothing else.

    Letters at the same place in other tables are no sign; of those that are, each language has a
    few, and a text in another table would show letters that no western language has together.
    """
    text = data[:_GUESS_BYTES].decode("cp1252")
    if _MARK_IN_WORD.search(text):
        return False
    letters = set(text.lower()) - _EVERYWHERE
    telling = {letter for letter in letters if not letter.isascii()}
    return any(telling <= alphabet for alphabet in _WESTERN)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _MARK, error.end


codecs.register_error(_MARKED, _mark)
