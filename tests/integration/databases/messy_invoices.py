"""A table of invoices with everything that an audit finds, the same on every engine."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pyarrow as pa

SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "invoice": pa.string(),
        "supplier": pa.string(),
        "amount": pa.float64(),
        "quantity": pa.string(),
        "posted": pa.timestamp("us"),
        "paid": pa.timestamp("us"),
        "due": pa.string(),
        "day": pa.date32(),
        "site": pa.string(),
        "open": pa.bool_(),
        "note": pa.string(),
    }
)
_SUPPLIERS = ["Müller & Söhne", "ACME Ltd", "Globex", "Initech", "O'Hare \\ Co", "Umbrella, Inc."]
_SITES = ["north", "south", "west"]

DATA: dict[str, Any] = {
    "key": ["id"],
    "timestamp": "posted",
    "site_column": "site",
    "required": ["supplier", "amount"],
    "order": [{"earlier": "posted", "later": "paid"}],
    "references": [{"column": "supplier", "source": "suppliers", "key": "name"}],
    "fields": {
        "amount": {"min": 0, "max": 50_000},
        "invoice": {"pattern": r"R-\d{5}"},
        "quantity": {"type": "number", "min": 1},
        "site": {"values": ["north", "south"]},
        "due": {"type": "date"},
    },
}
"""The data part of a charter for it."""


@cache
def invoices(n: int, *, seed: int = 1, endless: bool = True) -> pa.Table:
    """Make invoices: mostly right, with each kind of trouble in some of them.

    Without NaN and infinity where `endless` is false, for engines that cannot hold them.
    """
    draw = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for i in range(n):
        posted = datetime(2023, 1, 1) + timedelta(minutes=37 * i % 700_000)  # noqa: DTZ001 - as stored
        row = {
            "id": i,
            "invoice": f"R-{i % 100_000:05d}",
            "supplier": draw.choices(_SUPPLIERS, weights=[6, 5, 4, 3, 2, 1])[0],
            "amount": round(draw.lognormvariate(5, 1), 2),
            "quantity": str(draw.randint(1, 40)),
            "posted": posted,
            "paid": posted + timedelta(days=draw.randint(1, 60)),
            "due": (posted + timedelta(days=30)).strftime("%Y-%m-%d"),
            "day": posted.date(),
            "site": draw.choice(_SITES),
            "open": draw.random() < 0.3,
            "note": draw.choice(["", "  ", "\t", "paid late", "ok", None]),
        }
        row |= _trouble(draw, i, row)
        if not endless and row["amount"] is not None and not math.isfinite(row["amount"]):
            row["amount"] = None
        rows.append(row)
    again = [rows[i] for i in range(0, n, 97)]
    return pa.Table.from_pylist(rows + again, schema=SCHEMA)


def suppliers() -> pa.Table:
    """Make the list that invoices refer to; one supplier is not in it."""
    return pa.table({"name": pa.array(_SUPPLIERS[:-1])})


def _trouble(draw: random.Random, i: int, row: dict[str, Any]) -> dict[str, Any]:  # noqa: C901, PLR0911 - a list
    match draw.randint(0, 59):
        case 0:
            return {"supplier": None, "note": "n/a"}
        case 1:
            return {"supplier": row["supplier"].upper()}
        case 2:
            return {"amount": draw.choice([None, float("nan"), -5.0, 9e6, float("inf")])}
        case 3:
            return {"quantity": draw.choice(["", "n/a", "1,5", " 7 ", "+3", "1e2", "12.50", "0"])}
        case 4:
            return {"posted": draw.choice([None, datetime(2031, 5, 5), datetime(1850, 1, 1)])}  # noqa: DTZ001
        case 5:
            return {"paid": row["posted"] - timedelta(days=1)}
        case 6:
            odd = ["2023-02-30", "31.12.2023", "soon", "2024-02-29", "2023-02-29", None, "2023-6-5"]
            return {"due": draw.choice(odd)}
        case 7:
            return {"invoice": draw.choice([f"R{i}", "", f"r-{i % 100_000:05d}", "R-1\n"])}
        case 8:
            return {"id": max(0, i - 5)}
        case 9:
            return {"site": draw.choice([None, "north ", "NORTH", "", "east"])}
        case 10:
            return {"day": None, "open": None}
        case _:
            return {}
