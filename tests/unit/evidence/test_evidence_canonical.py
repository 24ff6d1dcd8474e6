"""The one JSON encoding that hashes are taken of."""

from __future__ import annotations

import json

import pytest

from proveout.evidence.canonical import canonical_json


def test_equal_values_encode_equally() -> None:
    """Keys are sorted, nothing is padded, text stays text."""
    assert canonical_json({"b": [1, 0.5, None], "ä": True}) == '{"b":[1,0.5,null],"ä":true}'


@pytest.mark.parametrize("value", [{2: "a", 10: "b"}, {True: 1}, (1, 2), {"x": -0.0}, 1e-7, 10**40])
def test_what_was_decoded_encodes_to_the_same_text(value: object) -> None:
    """A hash can be taken again of what was read back."""
    text = canonical_json(value)

    assert canonical_json(json.loads(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # half a character cannot be stored: its escape can
        ("caf\ud800", r"caf\ud800"),
        # an undecodable byte, as file names and arguments bring it
        ("caf\udce9", r"caf\udce9"),
        # two halves that belong together are one character
        ("\ud83d\ude00", "\N{GRINNING FACE}"),
        # whole characters stay as they are
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
    ],
)
def test_broken_text_can_be_stored(text: str, written: str) -> None:
    """Text from damaged data, as a value or as a key, never keeps a fact out of the ledger."""
    encoded = canonical_json({text: [text]})

    assert json.loads(encoded.encode()) == {written: [written]}
    assert canonical_json(json.loads(encoded)) == encoded


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    """NaN is not JSON, and not a figure."""
    with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
        canonical_json([value])
