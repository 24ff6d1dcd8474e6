"""Server-sent events.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, "Interpreting an event
stream". Only the data of events is of use here; names, ids and retry times are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINE_END = re.compile(rb"\r\n|\n|\r")


def events(stream: bytes) -> Iterator[str]:
    """Yield the data of each event that has come whole: its empty line is there."""
    data: list[bytes] = []
    start = 3 if stream.startswith(b"\xef\xbb\xbf") else 0
    for end in _LINE_END.finditer(stream):
        line = stream[start : end.start()]
        start = end.end()
        if not line:
            if data:
                yield b"\n".join(data).decode("utf-8", "replace")
                data = []
            continue
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(value.removeprefix(b" "))
