"""Damage done to a file, blind and with knowledge of its structure."""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence

_TOKENS = {
    "csv": [
        b'"',
        b'""',
        b"'",
        b",",
        b";",
        b"\t",
        b"|",
        b"\r\n",
        b"\r",
        b"\n",
        b"\0",
        b"\\",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"sep=|\n",
        b"=cmd|' /C calc'!A0",
        b"1.234,56",
        b"\xe2\x80\xa8",
        b"\xf0\x9f",
        b" " * 50,
        b'"' * 40,
        b",," * 60,
        b"NaN",
        b"-0",
        b"9" * 400,
        b"1e99999",
        b"0001-01-01",
        b"\x85",
        b"\x0c",
    ],
    "jsonl": [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b"\\ud800",
        b"\\u0000",
        b",",
        b":",
        b"null",
        b"NaN",
        b"-",
        b"1e999",
        b"9" * 400,
        b"\n",
        b"\xef\xbb\xbf",
        b"\xff",
        b"[" * 300,
        b'{"a":' * 200,
        b'"a":1,' * 9,
    ],
    "pdf": [
        b"obj",
        b"endobj",
        b"stream\n",
        b"endstream",
        b"<<",
        b">>",
        b"[",
        b"]",
        b"/Kids",
        b"4 0 R",
        b"2 0 R",
        b"/Length 99999999",
        b"/FlateDecode",
        b"/LZWDecode",
        b"/ASCII85Decode",
        b"/RunLengthDecode",
        b"Tj",
        b"BT",
        b"ET",
        b"q " * 300,
        b"1e38",
        b"-99999999999",
        b"cm",
        b"Do",
        b"/XObject",
        b"re",
        b"m",
        b"l S",
        b"/Predictor 12 /Columns 99999999",
        b"/W [1 2 1]",
        b"/Prev 0",
        b"/Encrypt 3 0 R",
        b"(" * 50,
        b"Tf",
    ],
    "xml": [
        b'r="XFD1048576"',
        b'r="A1"',
        b'r="AAAAAA99999999"',
        b"<c>",
        b"</row>",
        b"&amp;",
        b"&lol;",
        b"]]>",
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b't="s"',
        b"<v>999999999</v>",
        b"<v>1e308</v>",
        b"<v>-1</v>",
        b'number-rows-repeated="1048576"',
        b'number-columns-repeated="16384"',
        b'ref="A1:XFD1048576"',
    ],
}
_NUMBERS = (0, 1, 2, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
            0xFFFFFFFF, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)  # fmt: skip
MOST_BYTES = 1 << 18


def damaged(draw: random.Random, kind: str, seeds: Sequence[bytes]) -> bytes:
    """Damage one of the seeds once or several times."""
    data = draw.choice(seeds)
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        way = draw.random()
        if kind in ("xlsx", "xlsb", "ods", "zip") and way < 0.75:
            data = _in_zip(draw, kind, data)
        elif kind == "pdf" and way < 0.4:
            data = _in_stream(draw, data)
        else:
            data = _blind(draw, kind, data, seeds)
    return data[:MOST_BYTES]


def _blind(  # noqa: PLR0911 - one return for each kind of damage
    draw: random.Random, kind: str, data: bytes, seeds: Sequence[bytes]
) -> bytes:
    if not data:
        return bytes(draw.randrange(256) for _ in range(draw.randint(1, 20)))
    at = draw.randrange(len(data))
    end = min(len(data), at + draw.choice((1, 2, 4, 16, 64, 512)))
    match draw.randrange(9):
        case 0:  # turn a bit
            return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
        case 1:  # another byte
            return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]
        case 2:  # cut short
            return data[:at]
        case 3:  # take out
            return data[:at] + data[end:]
        case 4:  # again
            return data[:at] + data[at:end] * draw.choice((2, 3, 50)) + data[end:]
        case 5:  # the end of another
            other = draw.choice(seeds)
            return data[:at] + other[draw.randrange(len(other)) :]
        case 6:  # a length or an offset
            size, form = draw.choice(((1, "B"), (2, "<H"), (4, "<I"), (8, "<Q"), (4, ">I")))
            number = draw.choice(_NUMBERS) & ((1 << 8 * size) - 1)
            return data[:at] + struct.pack(form, number) + data[at + size :]
        case 7:  # lines in another order
            lines = data.split(b"\n")
            draw.shuffle(lines)
            return b"\n".join(lines)
        case _:  # a word of the language
            token = draw.choice(_TOKENS.get(kind, _TOKENS["csv"]))
            return data[:at] + token + data[draw.choice((at, end)) :]


def _in_zip(draw: random.Random, kind: str, data: bytes) -> bytes:
    """Damage a member of a zip and pack it again, so that what is within is reached."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:  # noqa: BLE001 - damaged before
        return _blind(draw, kind, data, [data])
    if not members:
        return data
    at = draw.randrange(len(members))
    name, held = members[at]
    match draw.randrange(8):
        case 0:
            del members[at]
        case 1:
            members.append((draw.choice((name, "../" + name, "/etc/x", "a" * 300, "")), held))
        case 2:
            members[at] = (name, b"")
        case _:
            inner = "csv" if kind == "zip" else "xml"
            members[at] = (
                name,
                _blind(draw, inner, held, [other for _, other in members if other] or [b"x"]),
            )
    out = io.BytesIO()
    warnings.simplefilter("ignore")  # that a name comes twice is meant
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, content in members:
            info = zipfile.ZipInfo(member or "x")
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def _in_stream(draw: random.Random, data: bytes) -> bytes:
    """Damage a compressed stream of a PDF document and compress it again."""
    streams = re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    found = [match.span(1) for match in streams]
    if not found:
        return _blind(draw, "pdf", data, [data])
    start, end = draw.choice(found)
    try:
        held = zlib.decompress(data[start:end])
    except zlib.error:
        return _blind(draw, "pdf", data, [data])
    changed = zlib.compress(_blind(draw, "pdf", held, [held or b"x"]), 1)
    before = re.sub(
        rb"/Length \d+", b"/Length %d" % len(changed), data[max(0, start - 200) : start]
    )
    return data[: max(0, start - 200)] + before + changed + data[end:]
