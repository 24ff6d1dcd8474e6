"""Which column is the label, the key, the timestamp, the site? Guesses, to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from proveout.charter.init.profile import ColumnProfile, DataProfile

_LABEL = (
    "label", "target", "class", "outcome", "result", "decision", "y", "truth", "answer",
    "approved", "accepted", "rejected", "fraud", "churn", "churned", "default", "delayed", "late",
    "returned", "matched", "converted", "survived", "income", "status", "category", "diagnosis",
    "ergebnis", "entscheidung", "urteil", "klasse",
)  # fmt: skip
_KEY = ("id", "uuid", "guid", "key", "number", "no", "nr", "code", "reference", "ref", "nummer")
_MOMENT = (
    "timestamp",
    "created",
    "received",
    "recorded",
    "datetime",
    "date",
    "time",
    "day",
    "at",
    "zeitpunkt",
    "datum",
)
_SITE = (
    "site", "location", "branch", "plant", "store", "shop", "warehouse", "depot", "office",
    "facility", "hospital", "clinic", "airport", "origin", "station", "region", "division",
    "standort", "werk", "filiale", "niederlassung", "lager",
)  # fmt: skip
_SLICE = ("channel", "type", "kind", "segment", "product", "carrier", "sex", "gender", "race")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What the columns of a file may be."""

    label: str | None = None
    labels: tuple[str, ...] = ()
    """All candidates, the likeliest first."""
    key: tuple[str, ...] = ()
    timestamp: str | None = None
    site_column: str | None = None
    slices: tuple[str, ...] = ()
    task: str | None = None


def infer(profile: DataProfile) -> Guess:
    """Guess from names and values. A name that says nothing gives no guess."""
    columns = profile.columns
    label = _labels(columns)
    taken = set(label[:1])
    key = _key(columns, taken)
    site = _site(columns, taken | set(key))
    chosen = next((column for column in columns if column.name in label[:1]), None)
    return Guess(
        label=chosen.name if chosen else None,
        labels=label,
        key=key,
        timestamp=_timestamp(columns),
        site_column=site,
        slices=_slices(columns, {*taken, site}),
        task=_task(chosen),
    )


def _labels(columns: Iterable[ColumnProfile]) -> tuple[str, ...]:
    """Take columns whose name says so, then those with two values: yes or no before others.

    A unique column is no answer, and a site is none because there are two of them. Of equals the
    last comes first, for answers stand at the end.
    """
    usable = [c for c in columns if not c.is_unique and c.n_distinct > 1 and not _is_moment(c)]
    by_name = sorted(
        (place, index, column.name)
        for index, column in enumerate(usable)
        if (place := _place(column.name, _LABEL)) is not None
    )
    named = [name for _, _, name in by_name]
    answers = [
        column
        for column in reversed(usable)
        if column.type == "boolean"
        or (column.n_distinct == 2 and _place(column.name, _SITE) is None)
    ]
    answers.sort(key=lambda c: (c.type != "boolean", c.type in ("integer", "number")))
    return tuple(dict.fromkeys([*named, *(column.name for column in answers)]))


def _key(columns: Iterable[ColumnProfile], taken: set[str]) -> tuple[str, ...]:
    unique = [
        column
        for column in columns
        if column.is_unique
        and column.name not in taken
        and column.type not in ("number", "date", "timestamp", "time")
    ]
    named = [column for column in unique if _place(column.name, _KEY) is not None]
    return tuple(column.name for column in (named or unique)[:1])


def _timestamp(columns: Iterable[ColumnProfile]) -> str | None:
    moments = [column for column in columns if _is_moment(column)]
    order = sorted(
        moments,
        key=lambda c: (c.n_missing, c.type == "date", _rank(_place(c.name, _MOMENT), _MOMENT)),
    )
    return order[0].name if order else None


def _is_moment(column: ColumnProfile) -> bool:
    return column.type in ("timestamp", "date")


def _site(columns: Iterable[ColumnProfile], taken: set[str]) -> str | None:
    sites = [
        (place, column.name)
        for column in columns
        if (place := _place(column.name, _SITE)) is not None
        and column.name not in taken
        and 2 <= column.n_distinct <= 200
        and column.type not in ("number", "date", "timestamp", "time", "boolean")
    ]
    return min(sites)[1] if sites else None


def _slices(columns: Iterable[ColumnProfile], taken: set[str | None]) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in columns
        if column.name not in taken
        and _place(column.name, _SLICE) is not None
        and 2 <= column.n_distinct <= 50
    )


def _task(label: ColumnProfile | None) -> str | None:
    if label is None:
        return None
    counts = label.type in ("integer", "number") and label.n_distinct > 20
    return "regression" if counts else "classification"


def _place(name: str, words: tuple[str, ...]) -> int | None:
    """Return the place of the first of these words that the name consists of, or None."""
    parts = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).casefold()))
    return next((place for place, word in enumerate(words) if word in parts), None)


def _rank(place: int | None, words: tuple[str, ...]) -> int:
    return len(words) if place is None else place
