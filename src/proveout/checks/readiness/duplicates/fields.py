"""Which columns are compared, and how; found out from what stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from proveout.checks.readiness.duplicates.model import Field, Role, Skipped
from proveout.checks.readiness.duplicates.stacking import Stacked

_HARDLY_FILLED = 0.05
"""Share of records with a value below which a column says too little."""
_OFTEN_ALIKE = 0.02
"""From this share of chance agreements on, a text is a category and names nothing."""
_FEW = 30
"""So few different texts in many records are a category."""
_DIFFERENT_FIGURES = 50
"""From so many different figures on, a number is compared by distance."""
_MOSTLY = 0.9
_WITH_FIGURES = 0.02
"""Share of a name's values with a figure, from which figures are compared apart from spelling."""
_LONG = 30.0
"""Average characters from which a text is compared as a whole rather than as a name."""
_STAND_INS = ("na", "nan", "null", "none", "nil", "missing", "unknown", "undefined", "unbekannt",
              "tbd", "xxx")  # fmt: skip
_PLAIN = (
    r"nullif(trim(regexp_replace(lower(strip_accents({o})), '[^\p{{L}}\p{{N}}]+', ' ', 'g')), '')"
)
_BARE = r"nullif(regexp_replace(lower(strip_accents({o})), '[^\p{{L}}\p{{N}}@]+', '', 'g'), '')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The columns that are compared, and those that are not."""

    fields: tuple[Field, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What stands in a column, copies of whole records left out."""

    n: int
    filled: int
    distinct: int
    most_in_one_source: int
    """Distinct values, counted within each source and added up."""
    chance: float
    length: float
    with_digits: float
    with_letters: float
    with_blanks: float
    with_at: float
    numbers: float
    dates: float
    n_digits: float
    one_length: float
    """Share of the most frequent length."""
    span: float
    """Largest less smallest figure."""


def choose(stack: Stacked) -> Chosen:
    """Look at every column; write what is compared as 'c0', 'c1' … into the table 'compared'."""
    fields: list[Field] = []
    skipped: list[Skipped] = []
    written: list[str] = []
    for position, name in enumerate(stack.names):
        shape = _shape(stack, position)
        role, reason = _role(shape, position in stack.moments, position in stack.numbers)
        if role is None:
            skipped.append(Skipped(name=name, reason=reason))
            continue
        field = Field(
            position=position,
            name=name,
            role=role,
            filled=shape.filled / shape.n,
            chance=shape.chance,
            has_digits=role in ("name", "text") and shape.with_digits > _WITH_FIGURES,
        )
        written += _written(field)
        fields.append(field)
    columns = "".join(f", {each}" for each in written)
    stack.engine.execute(
        f"CREATE OR REPLACE TABLE compared AS SELECT id AS unique_id, source, no{columns} "  # noqa: S608
        "FROM records WHERE copy_of IS NULL"
    )
    return Chosen(fields=tuple(fields), skipped=tuple(skipped))


def _shape(stack: Stacked, position: int) -> _Shape:
    plain = f"CASE WHEN {_PLAIN} NOT IN {_STAND_INS} THEN {_PLAIN} END".format(o="o")
    stack.engine.execute(
        "CREATE OR REPLACE TEMP TABLE looked AS "  # noqa: S608 - own names
        f"SELECT source, any_value(o) AS o, t, count(*) AS k FROM (SELECT source, o, {plain} AS t "
        f"FROM (SELECT source, o{position} AS o FROM records WHERE copy_of IS NULL)) "
        "GROUP BY source, t"
    )
    n, filled, by_source = stack.row(
        "SELECT coalesce(sum(k), 0), coalesce(sum(k) FILTER (t IS NOT NULL), 0), count(t) "
        "FROM looked"
    )
    distinct, chance = stack.row(
        "SELECT count(*), coalesce(sum(k * (k - 1)) / greatest(sum(k) * (sum(k) - 1), 1), 0) FROM "
        "(SELECT sum(k)::DOUBLE AS k FROM looked WHERE t IS NOT NULL GROUP BY t)"
    )
    shares: Any = stack.row(
        "SELECT avg(length(t)), avg((t SIMILAR TO '.*[0-9].*')::INT), "
        r"avg(regexp_matches(o, '\pL')::INT), avg(contains(t, ' ')::INT), "
        "avg(contains(o, '@')::INT), avg((TRY_CAST(o AS DOUBLE) IS NOT NULL)::INT), "
        "avg((TRY_CAST(o AS DATE) IS NOT NULL)::INT), "
        "avg(length(regexp_replace(t, '[^0-9]', '', 'g'))), "
        "max(TRY_CAST(o AS DOUBLE)) - min(TRY_CAST(o AS DOUBLE)) FROM looked WHERE t IS NOT NULL"
    )
    one_length = stack.rows(
        "SELECT sum(k) FROM looked WHERE t IS NOT NULL GROUP BY length(t) ORDER BY 1 DESC LIMIT 1"
    )
    length, digits, letters, blanks, at, numbers, dates, n_digits, span = (x or 0 for x in shares)
    return _Shape(
        n=n,
        filled=filled,
        distinct=distinct,
        most_in_one_source=by_source,
        chance=chance,
        length=length,
        with_digits=digits,
        with_letters=letters,
        with_blanks=blanks,
        with_at=at,
        numbers=numbers,
        dates=dates,
        n_digits=n_digits,
        one_length=one_length[0][0] / filled if filled else 0.0,
        span=span,
    )


def _role(shape: _Shape, is_moment: bool, is_number: bool) -> tuple[Role | None, str]:
    if shape.filled < max(2, _HARDLY_FILLED * shape.n):
        return None, "empty in most records"
    if shape.distinct <= 1:
        return None, "the same in every record"
    return _role_of_values(shape, is_moment=is_moment, is_number=is_number)


def _role_of_values(shape: _Shape, *, is_moment: bool, is_number: bool) -> tuple[Role | None, str]:
    own = shape.most_in_one_source == shape.filled and shape.filled > _FEW
    if is_moment or shape.dates >= _MOSTLY:
        return ("date", "") if not own else (None, "a moment of its own in every record")
    if is_number or shape.numbers >= _MOSTLY:
        return _role_of_number(shape, own=own)
    return _role_of_text(shape, own=own)


def _role_of_text(shape: _Shape, *, own: bool) -> tuple[Role | None, str]:
    if shape.with_at >= _MOSTLY:
        return "code", ""
    if shape.chance >= _OFTEN_ALIKE or (shape.distinct <= _FEW and shape.filled > 2 * _FEW):
        return "category", ""
    if shape.with_digits >= _MOSTLY and shape.n_digits >= 3 and _is_code(shape):
        return (None, "a number of its own in every record") if own else ("code", "")
    return ("text" if shape.length > _LONG else "name"), ""


def _is_code(shape: _Shape) -> bool:
    """Tell an identifier or a telephone number from an address or a title with a figure in it."""
    return shape.with_letters < 0.1 or shape.with_blanks < 0.1


def _role_of_number(shape: _Shape, *, own: bool) -> tuple[Role | None, str]:
    if own and shape.span < 20 * shape.filled:
        return None, "a number of its own in every record"
    long = shape.n_digits >= 7 or (shape.n_digits >= 5 and shape.one_length >= _MOSTLY)
    # The point of a decimal figure is a blank by now.
    is_even = shape.one_length >= 0.5 and shape.with_blanks < 0.1 and shape.length < _LONG
    if long and is_even and shape.chance < _OFTEN_ALIKE:
        # What comes again in another source, such as a tax number, tells a lot.
        alone = own and shape.distinct == shape.most_in_one_source
        return (None, "a number of its own in every record") if alone else ("code", "")
    return ("number" if shape.distinct > _DIFFERENT_FIGURES else "category"), ""


def _written(field: Field) -> list[str]:
    """Return the SQL of a column as it is compared, and of the figures in it."""
    o, c, role = f"o{field.position}", f"c{field.position}", field.role
    plain = _PLAIN.format(o=o)
    if role == "code":
        bare = _BARE.format(o=o)
        return [f"CASE WHEN {bare} NOT IN {_STAND_INS} THEN {bare} END AS {c}"]
    if role == "date":
        return [f"TRY_CAST({o} AS DATE) AS {c}"]
    if role == "number":
        return [f"TRY_CAST({o} AS DOUBLE) AS {c}"]
    written = [f"CASE WHEN {plain} NOT IN {_STAND_INS} THEN {plain} END AS {c}"]
    if field.has_digits:
        written.append(f"regexp_replace({o}, '[^0-9]', '', 'g') AS d{field.position}")
    return written
