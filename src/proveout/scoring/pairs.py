"""One answer against one truth, for every way of comparing that needs no code of the user's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from proveout.charter.schema.scoring import Scorer
from proveout.errors import InputError, MissingExtraError
from proveout.scoring.mentions import (
    figures_in,
    is_held_as_day,
    is_held_as_figure,
    mentions_day,
    mentions_price,
)
from proveout.scoring.values import as_text
from proveout.scoring.words import code_of, contains, same_words
from proveout.spelling.days import read_day
from proveout.spelling.figures import Figure, read_figure
from proveout.spelling.readings import agree

Agrees = Callable[[Any, Any], bool]
"""Truth and answer, neither of them empty → whether the answer is right. Never raises."""

_NOISE = Decimal("1e-12")
"""So far apart, as a share, may fractions be that went through the arithmetic of a computer."""


def pair_scorer(scorer: Scorer) -> Agrees:
    """Return the comparison of single values that a scorer stands for.

    Raises InputError for a JSON Schema that is none, MissingExtraError without `jsonschema`.
    """
    match scorer.by:
        case "exact":
            return lambda truth, answer: as_text(truth) == as_text(answer)
        case "contains":
            return _contains
        case "number":
            return _numbers(scorer)
        case "date":
            return _days
        case "json_schema":
            return _follows(scorer.follows or {})
        case _:
            return _normalised


def _normalised(truth: Any, answer: Any) -> bool:
    """Compare as text; what the data hold as a number or a day is compared as such."""
    if is_held_as_figure(truth):
        code = code_of(as_text(truth))  # an account may stand in the data as a number
        same_code = code is not None and code == code_of(as_text(answer))
        return same_code or _same_figure(truth, answer)
    if is_held_as_day(truth):
        return _days(truth, answer)
    one, other = as_text(truth), as_text(answer)
    return one == other or same_words(one, other)


def _contains(truth: Any, answer: Any) -> bool:
    """Look for the words of the truth; for a number or a day of the data in any spelling."""
    text = as_text(answer)
    if is_held_as_figure(truth):
        return any(_same_figure(truth, each) for each in figures_in(text))
    if is_held_as_day(truth):
        return mentions_day(truth, text)
    wanted = as_text(truth)
    return contains(text, wanted) or any(
        mentions_price(each, text, _same_figure) for each in wanted.split("|")
    )


def _same_figure(truth: Any, answer: Any) -> bool:
    wanted, given = read_figure(truth), read_figure(answer)
    if wanted is None or given is None:
        return False
    return figures_agree(wanted, given, truth=truth, answer=answer)


def _numbers(scorer: Scorer) -> Agrees:
    absolute = Decimal(repr(scorer.tolerance or 0.0))
    relative = Decimal(repr(scorer.relative_tolerance or 0.0))

    def agrees(truth: Any, answer: Any) -> bool:
        wanted = read_figure(truth)
        if wanted is None:
            whole, unit = _apart(as_text(truth))
            wanted = read_figure(whole)
            if wanted is None or not unit:
                return _normalised(as_text(truth), answer)
            answer, given_unit = _apart(as_text(answer))
            if unit != given_unit:
                return False
        given = read_figure(answer)
        return given is not None and figures_agree(
            wanted, given, truth=truth, answer=answer, absolute=absolute, relative=relative
        )

    return agrees


_WITH_UNIT = re.compile(r"(.*\d)\s*((?:[^\W\d_]|[°/])\S{0,11})")


def _apart(text: str) -> tuple[str, str]:
    """Part a figure from its unit: '12.0 kg' is 12.0 of kg; no unit where there is none."""
    found = _WITH_UNIT.fullmatch(text.strip())
    return (found[1], found[2].casefold().rstrip(".")) if found else (text, "")


def figures_agree(
    wanted: Figure,
    given: Figure,
    *,
    truth: Any,
    answer: Any,
    absolute: Decimal = Decimal(0),
    relative: Decimal = Decimal(0),
) -> bool:
    """Tell whether two figures say the same, within a tolerance around the first.

    Two currencies are never the same. 19 % agrees with 19 and with 0.19.
    """
    if wanted.currency and given.currency and not wanted.currency & given.currency:
        return False
    if isinstance(truth, float) or isinstance(answer, float):
        relative = max(relative, _NOISE)

    def close(one: Decimal, other: Decimal) -> bool:
        with localcontext(prec=60):
            if one == other:
                return True
            both_whole = all(each == each.to_integral_value() for each in (one, other))
            share = Decimal(0) if relative == _NOISE and both_whole else relative
            return abs(one - other) <= max(absolute, share * abs(one))

    if wanted.parts_of_one == given.parts_of_one:
        return agree(wanted.readings, given.readings, close)
    return any(
        agree(one, other, close)
        for one in _scaled(wanted, or_as_written=given.parts_of_one == 1)
        for other in _scaled(given, or_as_written=wanted.parts_of_one == 1)
    )


def _scaled(figure: Figure, *, or_as_written: bool) -> list[Mapping[str, Decimal]]:
    if figure.parts_of_one == 1:
        return [figure.readings]
    share = {name: value / figure.parts_of_one for name, value in figure.readings.items()}
    return [share, figure.readings] if or_as_written else [share]


def _days(truth: Any, answer: Any) -> bool:
    wanted = read_day(truth)
    if wanted is None:
        return _normalised(as_text(truth), answer)
    given = read_day(answer)
    return given is not None and agree(wanted, given, _same_day)


def _same_day(one: date, other: date) -> bool:
    return one == other


def _follows(schema: dict[str, Any]) -> Agrees:
    try:
        from jsonschema import SchemaError
        from jsonschema.exceptions import ValidationError
        from jsonschema.validators import validator_for
        from referencing import Registry
        from referencing.exceptions import Unresolvable
    except ImportError as error:
        raise MissingExtraError(extra="scoring", wanted_for="The scorer json_schema") from error
    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        raise InputError(
            f"system.scoring: what 'follows' holds is no JSON Schema: {error.message}.",
            hint="Write a schema such as {type: object, required: [answer]}.",
        ) from error
    # An empty registry: a schema that points to an address is not fetched from there.
    validator = kind(schema, registry=Registry())

    def follows(answer: Any) -> bool:
        try:
            validator.validate(answer)
        except Unresolvable as error:
            raise InputError(
                f"system.scoring: 'follows' points to what it does not hold: {error}.",
                hint="Write the whole schema into the charter; nothing is fetched from elsewhere.",
            ) from error
        except (ValidationError, RecursionError, ValueError, OverflowError):
            return False
        return True

    def agrees(truth: Any, answer: Any) -> bool:
        del truth
        return follows(answer) or (isinstance(answer, str) and follows(_parsed(answer)))

    return agrees


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
