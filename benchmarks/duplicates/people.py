"""People and companies that never were, some of them entered twice, with the truth beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

_ONSETS = ("b", "br", "d", "f", "g", "h", "k", "kr", "l", "m", "n", "p", "r", "s", "sch", "st",
           "t", "v", "w", "z")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ei", "au", "ie")
_CODAS = ("", "l", "n", "r", "s", "t", "ck", "nd", "ler", "mann", "berg", "son")
_STREETS = ("Street", "Road", "Lane", "Avenue", "Square")
_FORMS = ("Ltd", "GmbH", "Inc", "AG", "LLC")
_LINES = ("Logistics", "Foods", "Steel", "Optics", "Textiles", "Energy", "Software", "Paper",
          "Chemicals", "Tools")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A table whose duplicates are known."""

    table: pa.Table
    entity: list[int]
    """Whom or what each row is about."""

    @property
    def pairs(self) -> set[tuple[int, int]]:
        """Every two rows about the same, as row numbers from 0."""
        rows: dict[int, list[int]] = {}
        for row, entity in enumerate(self.entity):
            rows.setdefault(entity, []).append(row)
        return {
            (one, other) for same in rows.values() for one in same for other in same if one < other
        }


def people(n: int, *, twice: float, seed: int) -> Known:
    """Make n different people, a share of whom is entered once or twice more, with mistakes."""
    rng = np.random.default_rng(seed)
    firsts, lasts = _names(rng, 300, 1), _names(rng, 2_000, 2)
    towns = [(f"{rng.integers(10_000, 99_999)}", name.title()) for name in _names(rng, 400, 2)]
    streets = _names(rng, 1_500, 2)
    odds = 1 / np.arange(1, len(lasts) + 1) ** 0.7
    odds /= odds.sum()
    records = []
    for at in range(n):
        first = firsts[int(rng.integers(len(firsts)) ** 2 / len(firsts))].title()
        last = lasts[int(rng.choice(len(lasts), p=odds))].title()
        code, town = towns[int(rng.integers(len(towns)))]
        street = streets[int(rng.integers(len(streets)))].title()
        records.append(
            {
                "customer_no": f"K{at + 100_000}",
                "first_name": first,
                "last_name": last,
                "born": date(1935, 1, 1) + timedelta(days=int(rng.integers(25_000))),
                "street": f"{street} {_STREETS[int(rng.integers(5))]} {rng.integers(1, 200)}",
                "postcode": code,
                "town": town,
                "phone": f"0{rng.integers(100, 999)} {rng.integers(100_000, 9_999_999)}",
                "email": f"{first}.{last}{rng.integers(1, 99)}@example.org".lower(),
                "segment": ("private", "business", "staff")[int(rng.integers(3))],
                "turnover": round(float(rng.lognormal(6, 1)), 2),
            }
        )
    return _entered_again(records, twice, rng, _worsen_person, "customer_no")


def companies(n: int, *, twice: float, seed: int) -> Known:
    """Make n different companies, some of which stand in the list again, with mistakes."""
    rng = np.random.default_rng(seed)
    heads, towns = _names(rng, 3 * n, 3), [name.title() for name in _names(rng, 200, 2)]
    records = [
        {
            "id": at + 1,
            "name": f"{heads[at].title()} {_LINES[int(rng.integers(10))]} "
            f"{_FORMS[int(rng.integers(5))]}",
            "city": towns[int(rng.integers(len(towns)))],
            "vat": f"EU{rng.integers(10**8, 10**9)}",
            "employees": int(rng.lognormal(4, 1.2)) + 1,
            "contact": f"{heads[-1 - at % n].title()} {heads[n + at].title()}",
        }
        for at in range(n)
    ]
    return _entered_again(records, twice, rng, _worsen_company, "id")


def _entered_again(
    records: list[dict[str, Any]],
    twice: float,
    rng: np.random.Generator,
    worsen: Callable[[dict[str, Any], np.random.Generator], None],
    number: str,
) -> Known:
    entered = [(at, record) for at, record in enumerate(records)]
    for at, record in enumerate(records):
        for _ in range(int(rng.choice([0, 1, 2], p=[1 - twice, twice * 0.85, twice * 0.15]))):
            again = dict(record)
            worsen(again, rng)
            entered.append((at, again))
    order = rng.permutation(len(entered))
    numbered = []
    for row, place in enumerate(order):
        entity, record = entered[place]
        own = f"K{row + 100_000}" if isinstance(record[number], str) else row + 1
        numbered.append((entity, {**record, number: own}))
    return Known(
        table=pa.Table.from_pylist([record for _, record in numbered]),
        entity=[entity for entity, _ in numbered],
    )


def _worsen_person(record: dict[str, Any], rng: np.random.Generator) -> None:
    for name in ("first_name", "last_name", "street", "email", "town"):
        if record[name] and rng.random() < 0.15:
            record[name] = typo(record[name], rng)
    if rng.random() < 0.05:
        record["first_name"], record["last_name"] = record["last_name"], record["first_name"]
    if rng.random() < 0.1:
        born = record["born"]
        record["born"] = born + timedelta(days=int(rng.choice([-9, -1, 1, 10, 365])))
    if rng.random() < 0.15:
        record["phone"] = f"0{rng.integers(100, 999)} {rng.integers(100_000, 9_999_999)}"
    if rng.random() < 0.1:
        record["street"] = record["street"].replace("Street", "St").replace("Avenue", "Ave")
    if rng.random() < 0.2:
        record["turnover"] = round(record["turnover"] * float(rng.uniform(0.5, 2)), 2)
    for name in ("born", "phone", "email", "street", "postcode", "town", "segment"):
        if rng.random() < 0.1:
            record[name] = None


def _worsen_company(record: dict[str, Any], rng: np.random.Generator) -> None:
    if rng.random() < 0.4:
        record["name"] = typo(record["name"], rng)
    if rng.random() < 0.3:
        record["name"] = record["name"].rsplit(" ", 1)[0]
    if rng.random() < 0.2:
        record["name"] = record["name"].upper()
    if rng.random() < 0.2:
        record["contact"] = typo(record["contact"], rng)
    if rng.random() < 0.2:
        record["employees"] = int(record["employees"] * rng.uniform(0.9, 1.2)) + 1
    for name in ("city", "vat", "contact", "employees"):
        if rng.random() < 0.12:
            record[name] = None


def typo(text: str, rng: np.random.Generator) -> str:
    """Leave out, double, exchange or mistype one character."""
    if len(text) < 3:
        return text
    at = int(rng.integers(1, len(text) - 1))
    kind = int(rng.integers(4))
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    return text[:at] + chr(int(rng.integers(97, 123))) + text[at + 1 :]


def _names(rng: np.random.Generator, n: int, syllables: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < n:
        parts = [_pick(rng, _ONSETS) + _pick(rng, _VOWELS) for _ in range(syllables)]
        found["".join(parts) + _pick(rng, _CODAS)] = None
    return list(found)


def _pick(rng: np.random.Generator, among: Sequence[str]) -> str:
    return among[int(rng.integers(len(among)))]
