"""How figures in a text column are written: with which decimal mark, thousands and signs around.

A column that holds two ways stays text when it is read, and stays text for the system. So the audit
reads it by the way that most of its figures are written, and counts those written in another one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from proveout.checks.readiness.conversions import matches, number_in, without
from proveout.intake.databases.abilities import abilities_of
from proveout.spelling.names import CURRENCY

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Groups that capture, and no backslashes: every engine knows these.
_BLANK = "[ \u00a0\u2009\u202f]*"
_CURRENCY = f"({CURRENCY})"
_AFTER = f"({_CURRENCY}|%|\u2030)"
_GROUPS = {".": "[,'\u2019 \u00a0\u2009\u202f]", ",": "[.'\u2019 \u00a0\u2009\u202f]"}
_FIGURE = re.compile(
    rf"[(]?{_BLANK}[+\u2212-]?{_BLANK}(?P<before>{_CURRENCY})?{_BLANK}[\u2212-]?"
    r"(?P<core>[0-9.,](?:[0-9.,'\u2019 \u00a0\u2009\u202f]*[0-9])?)"
    rf"{_BLANK}[\u2212-]?{_BLANK}(?P<after>{_AFTER})?[\u2212-]?{_BLANK}[)]?"
)
_TWO_WAYS = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")
_MOSTLY = 0.9
_CODE_DIGITS = 9
"""So many digits in groups, as many in nearly all values, are a number to dial or a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How most figures of a column are written."""

    decimal: Literal[".", ","] = "."
    is_grouped: bool = False
    """Thousands may be set apart."""
    before: str = ""
    """The currency in front of it."""
    after: str = ""
    """The currency or percent behind it."""
    shown: str = ""
    """A figure written so."""

    @property
    def is_plain(self) -> bool:
        """Tell whether any engine reads it as it is."""
        return self == Writing(shown=self.shown)

    @property
    def expression(self) -> str:
        """Return the regular expression of a figure written so."""
        return _expression(
            _core(self.decimal, self.is_grouped), _sign(self.before), _sign(self.after)
        )

    def value(self, text: ir.StringValue) -> ir.FloatingValue:
        """Return the figure; null where the text is not written so."""
        import ibis

        if self.is_plain or not abilities_of(text).matches:
            return number_in(text)
        digits = without(text, f"[^0-9{self.decimal}]")
        if "." in self.before + self.after and self.decimal == ".":
            digits = without(text.replace(self.before or self.after, ""), "[^0-9.]")
        plain = ibis.ifelse(matches(text, self.expression), digits, ibis.null("string"))
        number = number_in(plain.replace(",", "."))
        return ibis.ifelse(text.re_search("[(\u2212-]"), -number, number)

    def sql(self, name: str) -> str:
        """Return the figure in the SQL of the embedded engine."""
        if self.is_plain:
            return f"TRY_CAST({name} AS DOUBLE)"
        digits = f"regexp_replace({name}, '[^0-9{self.decimal}]', '', 'g')"
        number = f"TRY_CAST(replace(trim({digits}, '.'), ',', '.') AS DOUBLE)"
        fits = f"regexp_matches({name}, '{self.expression.replace(chr(39), chr(39) * 2)}')"
        sign = f"CASE WHEN regexp_matches({name}, '[(\u2212-]') THEN -1 ELSE 1 END"
        return f"CASE WHEN {fits} THEN {number} * {sign} END"


PLAIN = Writing()
"""As engines and programs write figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWays:
    """Texts that can be read in two ways."""

    texts: tuple[str, ...]
    """Up to three of them."""
    readings: tuple[str, str]
    """What the first means, '1234' and '1.234', or its formats, 'DD/MM/YYYY' and 'MM/DD/YYYY'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the texts of a column say as figures."""

    writing: Writing | None = None
    """None where they are no figures."""
    two_ways: TwoWays | None = None
    """Where every figure with a mark means two."""


def _sign(text: str) -> str:
    return "".join(f"[{each}]" if each in ".$" else each for each in text)


def _core(decimal: str, is_grouped: bool) -> str:
    mark = f"[{decimal}]"
    groups = f"|[1-9][0-9]{{0,2}}({_GROUPS[decimal]}[0-9]{{3}})+" if is_grouped else ""
    return f"((0|[1-9][0-9]*{groups})({mark}[0-9]+)?|{mark}[0-9]+)"


def _expression(core: str, before: str, after: str) -> str:
    return (
        f"^[(]?{_BLANK}[+\u2212-]?{_BLANK}{before}{_BLANK}[\u2212-]?{core}"
        f"{_BLANK}[\u2212-]?{_BLANK}{after}[\u2212-]?{_BLANK}[)]?$"
    )


ANY_FIGURE = _expression(
    f"({_core('.', True)}|{_core(',', True)})", f"({_CURRENCY})?", f"({_AFTER})?"
)
"""Matches a figure in whatever way it is written."""


def figures_of(texts: Iterable[tuple[str, int]]) -> Figures:
    """Find out from values and their counts how the figures of a column are written."""
    found: Counter[tuple[str, str]] = Counter()
    cores: dict[tuple[str, str], Counter[str]] = {}
    n = 0
    for text, count in texts:
        n += count
        match = _FIGURE.fullmatch(text.strip())
        if match is None or not (_fits(match["core"], ".") or _fits(match["core"], ",")):
            continue
        around = (match["before"] or "", match["after"] or "")
        found[around] += count
        cores.setdefault(around, Counter())[match["core"]] += count
    if not n or found.total() < _MOSTLY * n:
        return Figures()
    around = found.most_common(1)[0][0]
    written = cores[around]
    if _are_codes(written):
        return Figures()
    sure: Counter[str] = Counter()
    for core, count in written.items():
        ways = [mark for mark in (".", ",") if _fits(core, mark)]
        if len(ways) == 1:
            sure[ways[0]] += count
    marked = [core for core in written if not core.isdigit()]
    if not sure and marked:
        text = max(marked)
        readings = (re.sub("[.,]", "", text), text.replace(",", "."))
        examples = tuple(dict.fromkeys([text, *marked]))[:3]
        writing = _writing(".", around, written) if "." in text else None
        return Figures(writing=writing, two_ways=TwoWays(texts=examples, readings=readings))
    decimal: Literal[".", ","] = "," if sure[","] > sure["."] else "."
    return Figures(writing=_writing(decimal, around, written))


def _are_codes(written: Counter[str]) -> bool:
    lengths: Counter[int] = Counter()
    for core, n in written.items():
        if not core.isdigit():
            lengths[sum(map(str.isdigit, core))] += n
    length, n = lengths.most_common(1)[0] if lengths else (0, 0)
    return length >= _CODE_DIGITS and n >= _MOSTLY * written.total()


def _fits(core: str, decimal: str) -> bool:
    return re.fullmatch(_core(decimal, True), core) is not None


def _writing(decimal: Literal[".", ","], around: tuple[str, str], written: Counter[str]) -> Writing:
    plain = re.compile(_core(decimal, False))
    mine = {core: n for core, n in written.items() if _fits(core, decimal)}
    # One mark before three digits says nothing: it may be the other decimal mark.
    groups = [c for c in mine if not plain.fullmatch(c) and not _TWO_WAYS.fullmatch(c)]
    likely = [core for core in mine if not core.isdigit() and not _TWO_WAYS.fullmatch(core)]
    shown = max(likely or mine, key=lambda core: (mine[core], core))
    return Writing(
        decimal=decimal,
        is_grouped=bool(groups),
        before=around[0],
        after=around[1],
        shown=" ".join(part for part in (around[0], shown, around[1]) if part),
    )
