"""The hash of an entry is that of its canonical JSON, however it is computed."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from proveout.evidence.canonical import canonical_json
from proveout.evidence.ledger import entry_hash

TEXTS = st.text(st.characters(exclude_categories=()))
"""Half characters, too, as damaged data hold them."""


@given(seq=st.integers(1), texts=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS))
def test_an_entry_is_hashed_as_canonical_json(seq: int, texts: tuple[str, ...]) -> None:
    """Ledgers in the field were hashed so."""
    pilot, kind, recorded_at, body, prev_hash = texts

    made = entry_hash(
        seq=seq, pilot=pilot, kind=kind, recorded_at=recorded_at, body=body, prev_hash=prev_hash
    )

    text = canonical_json([seq, pilot, kind, recorded_at, body, prev_hash])
    assert made == hashlib.sha256(text.encode()).hexdigest()
