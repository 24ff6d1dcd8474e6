"""A ledger of 200 pilots and a million facts: the demo's own assessment, many times over."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proveout.assess.registry import installed
from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import load_charter
from proveout.charter.sealing import seal
from proveout.evidence.ledger import GENESIS, MemoryLedger, entry_hash, open_ledger
from proveout.register import Act, record

N_PILOTS = 200
N_EVIDENCE = 1_000_000
TEMPLATE = "flights-replan"
BEGAN = datetime(2025, 1, 6, 8, tzinfo=UTC)

Row = tuple[int, str, str, str, str, str, str]


@dataclass(frozen=True)
class Line:
    """One entry of the demo's ledger."""

    kind: str
    body: str


def lay_out_demo(folder: Path) -> Path:
    """Run the demo once; return its ledger."""
    demo = folder / "demo"
    ledger = demo / ".proveout" / "ledger.db"
    if not ledger.exists():
        command = [str(Path(sys.executable).with_name("proveout")), "demo", "--into", str(demo)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    return ledger


def lay_out_charters(folder: Path) -> list[LoadedCharter]:
    """Write a charter per pilot, each in a folder of its own."""
    text = (folder / "demo" / "pilot.yaml").read_text(encoding="utf-8")
    loaded = []
    for number in range(N_PILOTS):
        name = f"pilot-{number:03}"
        path = folder / "pilots" / name / "pilot.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            f"pilot: {name}" if line.startswith("pilot:")
            else f"title: Pilot number {number}" if line.startswith("title:") else line
            for line in text.splitlines()
        ]  # fmt: skip
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        loaded.append(load_charter(path))
    return loaded


def make_ledger(folder: Path, charters: list[LoadedCharter]) -> Path:
    """Write the ledger once; a part of one that was interrupted is thrown away."""
    place = folder / "ledger.db"
    if place.exists():
        return place
    template = _template(lay_out_demo(folder))
    unfinished = folder / "unfinished.db"
    unfinished.unlink(missing_ok=True)
    with open_ledger(str(unfinished)):
        pass
    with sqlite3.connect(unfinished) as raw:
        raw.executemany(
            "INSERT INTO ledger_entries (seq, pilot, kind, recorded_at, body, prev_hash, hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            _rows(template, charters),
        )
        raw.execute(
            "UPDATE ledger_head SET (seq, hash) = "
            "(SELECT seq, hash FROM ledger_entries ORDER BY seq DESC LIMIT 1)"
        )
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    shutil.move(unfinished, place)
    return place


def _template(ledger: Path) -> list[Line]:
    query = "SELECT kind, body FROM ledger_entries WHERE kind <> 'seal' ORDER BY seq"
    with sqlite3.connect(ledger) as raw:
        return [Line(kind, body) for kind, body in raw.execute(query)]


def _rows(template: list[Line], charters: list[LoadedCharter]) -> Iterator[Row]:
    seq, last, draw = 0, GENESIS, random.Random(1)  # noqa: S311
    run = json.loads(template[0].body)["run"]
    n_found = 0
    for round_ in range(1_000):
        for number, loaded in enumerate(charters):
            pilot = loaded.charter.pilot
            at = BEGAN + timedelta(days=40 * round_ + draw.random() * 20, minutes=number)
            written = [Line(e.kind, e.body) for e in _beginning(loaded, at)] if not round_ else []
            name = f"{run[:-6]}{draw.randrange(16**6):06x}"
            written += [
                Line(line.kind, line.body.replace(run, name).replace(TEMPLATE, pilot))
                for line in template
            ]
            when = at.isoformat(timespec="microseconds")
            for line in written:
                if line.kind == "evidence":
                    n_found += 1
                    if n_found > N_EVIDENCE:
                        continue
                seq += 1
                digest = entry_hash(
                    seq=seq, pilot=pilot, kind=line.kind, recorded_at=when, body=line.body,
                    prev_hash=last,
                )  # fmt: skip
                yield seq, pilot, line.kind, when, line.body, last, digest
                last = digest
            if n_found > N_EVIDENCE:
                return


def _beginning(loaded: LoadedCharter, at: datetime) -> Iterator[Line]:
    """Yield what people do at first: the seal, signatures, what was spent."""
    ledger = MemoryLedger(clock=lambda: at)
    seal(loaded, ledger, who="Maria Alvarez", now=at)
    spent = {"amount": 120_000, "currency": "EUR", "until": str(at.date()), "note": "Accounts"}
    act = Act(
        id=f"spent-{loaded.charter.pilot}", pilot=loaded.charter.pilot, kind="spending.noted",
        who="Maria Alvarez", at=at, says=spent,
    )  # fmt: skip
    record(act, loaded=loaded, ledger=ledger, catalogue=installed().catalogue, now=at)
    with ledger.snapshot() as snapshot:
        yield from (Line(row.kind, row.body) for row in snapshot.rows)
