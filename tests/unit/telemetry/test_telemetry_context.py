"""W3C Trace Context: read, continued, passed on."""

from __future__ import annotations

import pytest

from proveout.runtime.telemetry.context import Parent, parent_in, passed_on, read_parent

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
VALID = f"00-{TRACE}-{SPAN}-01".encode()


@pytest.mark.parametrize(
    ("value", "flags"),
    [
        pytest.param(VALID, 1, id="as the standard has it"),
        pytest.param(f"00-{TRACE}-{SPAN}-ff".encode(), 3, id="flags that are not known are zero"),
        pytest.param(f"cc-{TRACE}-{SPAN}-01-more".encode(), 1, id="a later version may say more"),
        pytest.param(b" " + VALID + b"\t", 1, id="space around it"),
    ],
)
def test_a_valid_parent_is_read(value: bytes, flags: int) -> None:
    """Trace id, span id and the flags that are known."""
    assert read_parent(value) == Parent(TRACE, SPAN, flags)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(VALID.upper(), id="capital letters"),
        pytest.param(VALID[:-1], id="too short"),
        pytest.param(VALID + b"-more", id="version 00 says no more"),
        pytest.param(f"ff-{TRACE}-{SPAN}-01".encode(), id="version ff"),
        pytest.param(f"00-{'0' * 32}-{SPAN}-01".encode(), id="no trace"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01".encode(), id="no span"),
        pytest.param(VALID.replace(b"-", b"_"), id="other separators"),
        pytest.param(b"\xff" * 55, id="no text"),
        pytest.param(VALID + b"\r\nx: y", id="a second header within"),
    ],
)
def test_an_invalid_parent_is_none(value: bytes) -> None:
    """What the standard calls invalid is as if it were not there."""
    assert read_parent(value) is None


def test_two_parents_are_none() -> None:
    """A request that says twice where it belongs belongs nowhere."""
    assert parent_in([(b"traceparent", VALID)] * 2) is None


def test_tracestate_goes_on_with_its_trace_and_with_no_other() -> None:
    """Several headers are one list, in their order."""
    headers = [(b"tracestate", b"a=1"), (b"traceparent", VALID), (b"tracestate", b"b=2")]
    ours = str(Parent(TRACE, "1" * 16, 1))
    other = str(Parent("2" * 32, "1" * 16, 1))

    assert passed_on(headers, ours) == [
        (b"traceparent", ours.encode()), (b"tracestate", b"a=1,b=2"),
    ]  # fmt: skip
    assert passed_on(headers, other) == [(b"traceparent", other.encode())]
    assert passed_on(headers, None) == []
