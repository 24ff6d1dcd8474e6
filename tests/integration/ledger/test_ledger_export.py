"""The ledger for other tools: what an export holds, and that a changed one is found."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from proveout.errors import InputError, LedgerBrokenError
from proveout.evidence.export import (
    check_export,
    export_lines,
    is_open_to_others,
    key_id,
    load_public_key,
    load_signing_key,
    make_key,
    public_pem,
    write_lines,
)
from proveout.evidence.export.dsse import Envelope
from proveout.evidence.ledger import GENESIS, Ledger, MemoryLedger, NewEntry, entry_hash

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DATA = hashlib.sha256(b"data").hexdigest()
CHARTER = hashlib.sha256(b"charter").hexdigest()


@pytest.fixture
def ledger() -> Ledger:
    """Two pilots, taking turns."""
    memory = MemoryLedger(clock=lambda: NOON)
    memory.append(
        [
            NewEntry(
                pilot="a",
                kind="seal",
                body={"content_hash": f"sha256:{CHARTER}", "owner": "Zoë", "x": 1e-7},
            ),
            NewEntry(pilot="b", kind="run", body={}),
            NewEntry(
                pilot="a", kind="evidence", body={"inputs": {"data:2013": DATA, "system": "v1"}}
            ),
            NewEntry(pilot="a", kind="verdict", body={"by month": {2: 0.5, 10: 0.25}}),
        ]
    )
    return memory


def payload(line: str) -> Any:
    """The statement in an envelope."""
    return json.loads(base64.b64decode(json.loads(line)["payload"]))


# --- what an export holds ------------------------------------------------------------------------


def test_a_plain_export_is_one_entry_per_line(ledger: Ledger) -> None:
    """As recorded, so that any tool can read it."""
    lines = list(export_lines(ledger, form="jsonl"))

    first = next(ledger.entries())
    assert len(lines) == 4
    assert json.loads(lines[0]) == {
        "seq": 1,
        "pilot": "a",
        "kind": "seal",
        "recorded_at": "2026-03-01T12:00:00.000000+00:00",
        "body": {"content_hash": f"sha256:{CHARTER}", "owner": "Zoë", "x": 1e-7},
        "prev_hash": GENESIS,
        "hash": first.hash,
    }


def test_an_entry_can_be_verified_with_nothing_but_a_json_encoder(ledger: Ledger) -> None:
    """The rule of docs/ledger.md, written down once more and independently."""
    previous = GENESIS
    for line in export_lines(ledger, form="jsonl"):
        entry = json.loads(line)
        body = json.dumps(entry["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        parts = [entry["seq"], entry["pilot"], entry["kind"], entry["recorded_at"], body, previous]
        text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)

        assert hashlib.sha256(text.encode()).hexdigest() == entry["hash"]
        previous = entry["hash"]


def test_a_statement_names_the_entry_and_what_it_was_found_on(ledger: Ledger) -> None:
    """Fingerprints that are digests are subjects, so that other tools find the evidence on them."""
    lines = list(export_lines(ledger, form="intoto"))
    entries = list(ledger.entries())

    statement = payload(lines[2])
    assert statement == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": "ledger-entry/3", "digest": {"sha256": entries[2].hash}},
            {"name": "data:2013", "digest": {"sha256": DATA}},
        ],
        "predicateType": "https://github.com/proveout/proveout/attestations/ledger-entry/v1",
        "predicate": json.loads(list(export_lines(ledger, form="jsonl"))[2]),
    }
    assert payload(lines[0])["subject"][1] == {"name": "charter", "digest": {"sha256": CHARTER}}


def test_the_last_statement_says_what_the_export_holds(ledger: Ledger) -> None:
    """So that a line taken out is missed."""
    *_, last = export_lines(ledger, form="intoto", pilot="a")

    of_a = list(ledger.entries(pilot="a"))
    digest = hashlib.sha256("".join(f"{e.hash}\n" for e in of_a).encode()).hexdigest()
    assert payload(last) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "ledger-export", "digest": {"sha256": digest}}],
        "predicateType": "https://github.com/proveout/proveout/attestations/ledger-export/v1",
        "predicate": {
            "pilot": "a",
            "entries": 3,
            "last": {"seq": 4, "hash": of_a[-1].hash},
            "hashes_sha256": digest,
        },
    }


def test_an_unknown_pilot_is_refused_with_the_known_ones(ledger: Ledger) -> None:
    """An empty export would look like a pilot that did nothing."""
    with pytest.raises(InputError) as refusal:
        export_lines(ledger, form="jsonl", pilot="c")

    assert str(refusal.value) == ("The ledger has no entries of a pilot 'c'.\nIt knows: a, b")


def test_a_broken_ledger_is_not_exported() -> None:
    """Nobody signs what does not hold."""

    class Cut(MemoryLedger):
        """A ledger whose second entry is gone."""

        def remove_second(self) -> None:
            self._rows.pop(1)

    ledger = Cut(clock=lambda: NOON)
    ledger.append([NewEntry(pilot="p", kind="run", body={})] * 3)
    ledger.remove_second()

    with pytest.raises(LedgerBrokenError) as refusal:
        export_lines(ledger, form="intoto", key=KEY)
    assert str(refusal.value) == (
        "Nothing was exported, because the ledger is broken: entry 2 is missing.\n"
        "See all that is wrong: proveout ledger verify"
    )


# --- checking an export --------------------------------------------------------------------------


@pytest.mark.parametrize("pilot", [None, "a", "b"])
def test_a_signed_export_passes_with_its_key(ledger: Ledger, pilot: str | None) -> None:
    """Whole, or of one pilot with gaps where the others are."""
    lines = list(export_lines(ledger, form="intoto", pilot=pilot, key=KEY))
    found = check_export(lines, KEY.public_key())

    n_gaps = {None: 0, "a": 1, "b": 1}[pilot]
    assert found.problems == ()
    assert (found.n_entries, found.n_gaps, found.n_signed) == (len(lines) - 1, n_gaps, len(lines))


def test_a_plain_export_passes_without_a_key(ledger: Ledger) -> None:
    """The chain can be followed without signatures."""
    found = check_export(export_lines(ledger, form="jsonl"), None)

    assert (found.problems, found.n_entries, found.last_hash) == ((), 4, ledger.head()[1])


def test_an_export_by_another_key_is_refused(ledger: Ledger) -> None:
    """Line by line."""
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    lines = list(export_lines(ledger, form="intoto", pilot="b", key=other))

    assert check_export(lines, KEY.public_key()).problems == (
        "line 1: its signature is not by this key, or its content was changed",
        "line 2: its signature is not by this key, or its content was changed",
    )


@pytest.mark.parametrize("form", ["intoto", "jsonl"])
def test_an_unsigned_export_does_not_pass_with_a_key(ledger: Ledger, form: Any) -> None:
    """Asked for a signature, none is not good enough."""
    lines = list(export_lines(ledger, form=form))

    assert check_export(lines, KEY.public_key()).problems == tuple(
        f"line {number}: it is not signed" for number in range(1, len(lines) + 1)
    )


Edit = Callable[[list[str]], list[str]]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(
            lambda lines: [lines[0], *lines[2:]],
            "the file holds 3 entries; its closing statement speaks of 4, or of others",
            id="an entry removed",
        ),
        pytest.param(
            lambda lines: lines[:-1],
            "the statement that closes the export is missing: lines were cut off",
            id="the end cut off",
        ),
        pytest.param(
            lambda lines: [lines[1], lines[0], *lines[2:]],
            "line 2: entry 1 stands after entry 2",
            id="two lines swapped",
        ),
        pytest.param(
            lambda lines: [*lines, lines[0]],
            "line 6: it stands after the statement that closes the export",
            id="a line added",
        ),
        pytest.param(
            lambda lines: [lines[0].replace('"payload":"', '"payload":"!'), *lines[1:]],
            "line 1: it is not a DSSE envelope",
            id="a damaged envelope",
        ),
        pytest.param(lambda lines: ["{", *lines[1:]], "line 1: it is not JSON", id="not JSON"),
        pytest.param(
            lambda lines: ['{"a":1}', *lines[1:]],
            "line 1: it is neither an exported entry nor an in-toto statement on one",
            id="another kind of line",
        ),
        pytest.param(lambda lines: [], "the file is empty", id="nothing"),
    ],
)
def test_a_changed_export_is_found(ledger: Ledger, edit: Edit, expected: str) -> None:
    """Signatures alone would not notice a line that is gone."""
    lines = list(export_lines(ledger, form="intoto", key=KEY))

    assert expected in check_export(edit(lines), KEY.public_key()).problems


def test_a_changed_statement_is_found_without_a_key(ledger: Ledger) -> None:
    """By the hash of the entry."""
    lines = list(export_lines(ledger, form="jsonl"))
    lines[0] = lines[0].replace("Zoë", "Ada")

    assert check_export(lines, None).problems == (
        "line 1: entry 1 was changed: its content does not match its hash",
    )


def test_a_forged_entry_does_not_fit_the_next_one(ledger: Ledger) -> None:
    """Whoever also corrects its hash is betrayed by the entry after it."""
    lines = list(export_lines(ledger, form="jsonl"))
    forged = json.loads(lines[1])
    forged["body"], stored = {"n": 7}, {**forged, "body": '{"n":7}'}
    del stored["hash"]
    forged["hash"] = entry_hash(**stored)
    lines[1] = json.dumps(forged)

    assert check_export(lines, None).problems == ("line 3: entry 3 does not follow entry 2",)


def test_a_statement_on_another_entry_than_it_holds_is_found(ledger: Ledger) -> None:
    """Other tools look at the subject, so it has to be the right one."""
    lines = list(export_lines(ledger, form="intoto", pilot="b"))
    statement = payload(lines[0])
    statement["subject"][0]["digest"]["sha256"] = GENESIS
    envelope = Envelope.seal(json.dumps(statement).encode(), KEY)
    lines[0] = json.dumps(envelope.as_dict())

    assert check_export(lines, None).problems == (
        "line 1: its subject is not the entry which it holds",
    )


def test_no_byte_of_a_signed_export_can_be_changed(ledger: Ledger) -> None:
    """Character by character, in the line of one entry."""
    lines = list(export_lines(ledger, form="intoto", pilot="b", key=KEY))
    envelope = json.loads(lines[0])
    payload_at = lines[0].index(envelope["payload"])
    missed = []
    for at in range(payload_at, payload_at + len(envelope["payload"]), 7):
        other = "A" if lines[0][at] != "A" else "B"
        changed = [lines[0][:at] + other + lines[0][at + 1 :], lines[1]]
        if not check_export(changed, KEY.public_key()).problems:
            missed.append(at)

    assert missed == []


# --- keys and files ------------------------------------------------------------------------------


def test_a_new_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The private half 0600, the public half beside it."""
    file = tmp_path / "signing.pem"
    public, public_file = make_key(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not is_open_to_others(file)
    assert public_file == tmp_path / "signing.pem.pub"
    assert public_file.read_text() == public_pem(public)
    assert key_id(load_signing_key(file).public_key()) == key_id(load_public_key(public_file))


@pytest.mark.parametrize("name", ["signing.pem", "signing.pem.pub"])
def test_a_key_is_never_overwritten(tmp_path: Path, name: str) -> None:
    """What was signed with it could not be checked any more."""
    (tmp_path / name).write_text("precious")

    with pytest.raises(InputError) as refusal:
        make_key(tmp_path / "signing.pem")
    assert str(refusal.value) == (
        f"{tmp_path / name} is there already; a key is never overwritten.\n"
        f"Give another name with --out, or move the file away."
    )
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    """Missing, of another kind, or no key at all; the content of the file is never shown."""
    file = tmp_path / "key.pem"
    make_one = "Make one: proveout ledger key --out signing.pem"

    assert _refusal(file) == (
        f"The private key {file} cannot be read: No such file or directory.\n{make_one}"
    )
    file.write_text("s3cret")
    assert _refusal(file) == (
        f"{file} holds no private key that can be used: "
        f"an Ed25519 key in PEM form, without a passphrase, is needed.\n{make_one}"
    )
    elliptic = generate_private_key(SECP256R1())
    file.write_bytes(elliptic.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert _refusal(file) == f"{file} holds a private key, but not an Ed25519 one.\n{make_one}"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """What stood there before is kept when writing fails, and no half file is left."""
    file = tmp_path / "export.jsonl"
    write_lines(file, ["one", "two"])

    def broken() -> Any:
        yield "three"
        raise LedgerBrokenError("entry 4 is missing")

    with pytest.raises(LedgerBrokenError):
        write_lines(file, broken())
    assert file.read_text() == "one\ntwo\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Here a folder has the name."""
    with pytest.raises(InputError) as refusal:
        write_lines(tmp_path, ["one"])

    assert str(refusal.value) == (
        f"{tmp_path} cannot be written: Is a directory.\nGive another file with --out."
    )
    assert list(tmp_path.iterdir()) == []


def _refusal(file: Path) -> str:
    with pytest.raises(InputError) as refusal:
        load_signing_key(file)
    return str(refusal.value)
