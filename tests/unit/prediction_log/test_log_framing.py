"""Lines of a segment: what was cut or changed is found, and nothing sound is taken for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proveout.runtime.log import framing
from proveout.runtime.log.framing import Damage, Line

bodies = st.lists(
    st.text(alphabet=st.characters(blacklist_categories=["Cc", "Cs"])).map(str.encode), max_size=8
)


def read(content: bytes) -> list[Line | Damage]:
    """Read all of it; where bodies stand is checked here."""
    found = list(framing.scan(content))
    for each in found:
        if isinstance(each, Line):
            assert content[each.offset : each.offset + len(each.body)] == each.body
    return [each._replace(offset=0) if isinstance(each, Line) else each for each in found]


def written(texts: list[bytes]) -> bytes:
    return b"".join(framing.line(framing.RECORD, text) for text in texts)


@given(bodies)
def test_what_was_written_is_read(texts: list[bytes]) -> None:
    """Each line holds its body, in order."""
    assert read(written(texts)) == [Line(framing.RECORD, text) for text in texts]


@given(bodies.filter(bool), st.data())
def test_a_cut_takes_the_last_line_and_no_other(texts: list[bytes], data: st.DataObject) -> None:
    """A file that ends anywhere holds every whole line before, and at most one cut one."""
    content = written(texts)
    end = data.draw(st.integers(0, len(content)))

    found = read(content[:end])

    lines = [each for each in found if isinstance(each, Line)]
    damages = [each for each in found if isinstance(each, Damage)]
    assert lines == [Line(framing.RECORD, text) for text in texts[: len(lines)]]
    start = len(written(texts[: len(lines)]))
    assert damages == ([Damage(start, end - start, "cut")] if end > start else [])


@given(bodies.filter(bool), st.data())
def test_a_changed_byte_is_found(texts: list[bytes], data: st.DataObject) -> None:
    """A line with another byte in it is not taken for what was written."""
    content = bytearray(written(texts))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))

    found = read(bytes(content))

    assert any(isinstance(each, Damage) for each in found) or [
        each
        for each in found
        if each == Line(framing.RECORD, each[1])  # the kind alone was changed
    ] != read(written(texts))
