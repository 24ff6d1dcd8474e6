"""Sound tables of several shapes, made up by a fixed seed."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from benchmarks.pollock.pollutions import Source

_FIRST = ("Ada", "Björn", "Chloé", "David", "Elif", "Farid", "Grace", "Hana", "Ines", "João")
_LAST = ("Lovelace", "Müller", "O'Brien", "Nguyen", "van Dijk", "Smith, Jr.", "Rossi", "Kowalska")
_CITY = ("Berlin", "New York", "São Paulo", "Kyiv", "Leeds", "Aix-en-Provence", "Graz")
_THINGS = ("valve", "pump, 2-stage", "gasket", "filter", 'hose 3/4"', "sensor", "drive belt")
_REMARKS = (
    "Customer asked for delivery before noon, please call.",
    "Part was replaced under warranty.",
    "See the earlier ticket; nothing else was found, and the unit went back.",
    'Label reads "fragile", pack with care.',
    "None so far.",
    "Invoice sent twice, second one cancelled on request of the buyer.",
)


def sources() -> list[Source]:
    """Return all made-up tables."""
    made = random.Random(7)  # noqa: S311 - not for secrets
    return [_orders(made), _german(made), _sensors(made), _people(made), _sparse(made), _few()]


def _orders(made: random.Random) -> Source:
    rows = [
        ["order_id", "ordered", "customer", "item", "quantity", "unit_price", "status", "remark"]
    ]
    for i in range(45):
        day = date(2023, 1, 30) + timedelta(days=i * 2)
        rows.append([
            f"A-{10_000 + 37 * i}", day.isoformat(),
            f"{made.choice(_FIRST)} {made.choice(_LAST)}", made.choice(_THINGS),
            str(made.randint(1, 30)), f"{made.uniform(1, 900):.2f}",
            made.choice(["open", "shipped", "returned"]), made.choice(_REMARKS),
        ])  # fmt: skip
    return Source(name="orders", rows=rows, always_quoted=frozenset({7}))


def _german(made: random.Random) -> Source:
    rows = [["Datum", "Uhrzeit", "Kostenstelle", "Betrag", "Bezeichnung", "Ort"]]
    for i in range(30):
        day = date(2022, 5, 1) + timedelta(days=3 * i)
        amount = f"{made.randint(0, 12)}.{made.randint(100, 999)},{made.randint(0, 99):02d}"
        rows.append([
            day.strftime("%d.%m.%Y"), f"{made.randint(6, 21):02d}:{made.randint(0, 59):02d}",
            str(made.randint(4000, 4999)), amount.removeprefix("0."),
            made.choice(["Reisekosten; Bahn", "Büromaterial", "Miete", "Wartung Anlage 3"]),
            made.choice(_CITY),
        ])  # fmt: skip
    return Source(name="german", rows=rows, delimiter=";")


def _sensors(made: random.Random) -> Source:
    rows = [["timestamp", "sensor", "temperature", "pressure", "ok"]]
    at = datetime(2024, 3, 1, tzinfo=UTC)
    for i in range(60):
        rows.append([  # noqa: PERF401 - drawn in order
            (at + timedelta(minutes=10 * i)).strftime("%Y-%m-%d %H:%M:%S"),
            f"S{made.randint(1, 12):02d}",
            f"{made.gauss(21, 2):.3f}", f"{made.gauss(1013, 4):.1f}",
            made.choice(["true", "true", "false"]),
        ])  # fmt: skip
    return Source(name="sensors", rows=rows)


def _people(made: random.Random) -> Source:
    rows = [["Name", "City", "Email", "Phone", "Notes"]]
    for i in range(24):
        first, last = made.choice(_FIRST), made.choice(_LAST)
        note = made.choice([*_REMARKS, "two lines\nof text", ""])
        rows.append([
            f"{last}, {first}", made.choice(_CITY), f"{first.lower()}{i}@example.org",
            f"+49 30 {made.randint(10_000, 99_999)}", note,
        ])  # fmt: skip
    return Source(name="people", rows=rows)


def _sparse(made: random.Random) -> Source:
    rows = [["code", "group", "valid_from", "valid_to", "factor", "replaced_by", "comment"]]
    for i in range(40):
        rows.append([  # noqa: PERF401 - drawn in order
            f"{made.choice('KLMX')}{made.randint(100, 999)}.{i:02d}",
            made.choice(["A1", "B2", "C3"]),
            f"{made.randint(1, 12):02d}/{made.randint(2001, 2023)}",
            made.choice(["", "", "12/2024"]), f"{made.uniform(0, 3):.4f}",
            made.choice(["", "", f"L{made.randint(100, 999)}.01"]),
            made.choice(["", "", "checked", "see annex, part two"]),
        ])  # fmt: skip
    return Source(name="sparse", rows=rows)


def _few() -> Source:
    rows = [
        ["Region", "Year", "Population", "Area km2"],
        ["North", "2019", "1203344", "10020.5"],
        ["South, coastal", "2019", "904112", "8033.0"],
        ["East", "2020", "77120", "512.8"],
        ["West", "2021", "3400871", "20990.1"],
        ["Islands", "2021", "1209", "33.7"],
    ]
    return Source(name="few", rows=rows)
