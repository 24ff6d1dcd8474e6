"""What breaks first on the way to full use: data, load, cost or people. Pure.

Each is put in order by how little it takes: none at all where production as it is breaks it, else
the share of records that must be damaged, or the share of full use at which it no longer holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from proveout.evidence.figures import currency_of, figure, full_figure, spanned_figure
from proveout.evidence.model import WINDOW_INPUT, Evidence
from proveout.gate.model import Ruling
from proveout.report.model import Report

State = Literal["breaks", "holds", "unknown"]
_ORDER: dict[State, int] = {"breaks": 0, "unknown": 1, "holds": 2}
FURTHER = 3
"""Lines told of each besides the first."""

NOW = 0.0
"""It takes nothing: it is so today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One of the four, and how it stands."""

    name: Literal["Data", "Load", "Cost", "People"]
    state: State
    takes: float | None
    """0 to 1, how little it takes; None where it does not break or nothing is known."""
    where: str
    """'400 of 2,000 users', 'today', '3 % of records damaged'; empty where it does not break."""
    headline: str
    further: tuple[str, ...]
    owner: str
    """Who acts first."""
    basis: str
    """'measured' or 'simulated' where it rests on figures; empty otherwise."""

    @property
    def sign(self) -> str:
        """✗, ? or ✓."""
        return {"breaks": "✗", "unknown": "?", "holds": "✓"}[self.state]

    @property
    def standing(self) -> str:
        """'breaks at 400 of 2,000 users (simulated)'."""
        how = {"breaks": "breaks", "unknown": "is not known", "holds": "holds"}[self.state]
        simulated = "(simulated)" if self.basis == "simulated" else ""
        return " ".join(filter(None, (how, self.where, simulated)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatBreaks:
    """The page."""

    first: str
    """One sentence."""
    parts: tuple[Break, ...]
    """What breaks first stands first."""


def what_breaks(report: Report) -> WhatBreaks:
    """Put the four in order."""
    found = (_data(report), _load(report), _cost(report), _people(report))
    parts = sorted(found, key=lambda part: (_ORDER[part.state], part.takes or 0.0))
    return WhatBreaks(first=_first(parts), parts=tuple(parts))


def _first(parts: list[Break]) -> str:
    breaking = [part for part in parts if part.state == "breaks"]
    unknown = [part.name.lower() for part in parts if part.state == "unknown"]
    listed = " and ".join(filter(None, (", ".join(unknown[:-1]), *unknown[-1:])))
    not_known = f" Not known: {listed}." if unknown else ""
    if not breaking:
        held = len(unknown) < len(parts)
        said = "Nothing that was looked at breaks." if held else "Nothing was looked at."
        return f"{said}{not_known}"
    first = breaking[0]
    return f"First to break: {first.name.lower()}, {first.where}.{not_known}"


def _rulings(report: Report, *prefixes: str) -> list[Ruling]:
    """Return the criteria on these metrics, the heaviest first."""
    among = [r for r in report.verdict.rulings if r.criterion.metric.startswith(prefixes)]
    return sorted(among, key=lambda ruling: -ruling.weight)


def _failed(rulings: Iterable[Ruling]) -> list[Ruling]:
    return [ruling for ruling in rulings if ruling.state == "failed"]


def _told(ruling: Ruling) -> str:
    return f"{ruling.criterion.title}: {ruling.deciding.reason}"


def _owner(rulings: list[Ruling]) -> str:
    return rulings[0].owner if rulings else ""


def _basis(*found: Evidence | None) -> str:
    bases = {each.basis for each in found if each is not None}
    return "simulated" if "simulated" in bases else "measured" if bases else ""


def _data(report: Report) -> Break:
    rulings = _rulings(report, "quality.", "readiness.", "stress.", "confidence.")
    failed = _failed(rulings)
    today = [ruling for ruling in failed if not ruling.criterion.metric.startswith("stress.")]
    least = min(report.of("stress.breaking_severity"), key=lambda e: e.value, default=None)
    known = [report.one(name, scope="production") for name in ("quality.accuracy", "quality.mae")]
    basis = _basis(*known, least)
    if today:
        damage = [_least_damage(least)] if least is not None else []
        return Break(
            name="Data", state="breaks", takes=NOW, where="with production as it is today",
            headline=_told(today[0]), further=(*damage, *map(_told, today[1:]))[:FURTHER],
            owner=_owner(today), basis=_basis(today[0].deciding.evidence) or basis,
        )  # fmt: skip
    if least is not None:
        return Break(
            name="Data", state="breaks", takes=least.value,
            where=f"with {figure(least.value, 'fraction')} of the records damaged",
            headline=_least_damage(least), further=tuple(map(_told, failed))[:FURTHER],
            owner=_owner(failed or rulings), basis=basis,
        )  # fmt: skip
    if failed:
        return Break(
            name="Data", state="breaks", takes=1.0, where="with damaged records",
            headline=_told(failed[0]), further=tuple(map(_told, failed[1:]))[:FURTHER],
            owner=_owner(failed), basis=basis,
        )  # fmt: skip
    return _standing("Data", rulings, basis, lambda: "Production data and every damage tried hold.")


def _least_damage(least: Evidence) -> str:
    operator = (least.subject.get("operator") or "damage").replace("-", " ").replace("_", " ")
    column = least.subject.get("column")
    where = "" if column is None else f"in '{column}', "
    return (
        f"{operator.capitalize()} {where}in {spanned_figure(least)} of the records is enough to "
        "miss what was agreed."
    )


def _load(report: Report) -> Break:
    rulings = _rulings(report, "load.")
    failed = _failed(rulings)
    point = report.one("load.breaking_point")
    load = report.loaded.charter.load
    measured = report.one("load.p95_latency") or point
    if point is not None and load is not None:
        causes = [str(each) for each in point.details.get("what_broke") or ()]
        seen = (f"Seen: {'; '.join(causes)}.",) if causes else ()
        users = round(point.value)
        return Break(
            name="Load", state="breaks", takes=min(1.0, users / load.users),
            where=f"at {users:,} of {load.users:,} users",
            headline=f"From {users:,} users on it misses what was agreed.",
            further=(*seen, *map(_told, failed))[:FURTHER],
            owner=_owner(failed or rulings), basis=_basis(point),
        )  # fmt: skip
    if failed:
        return Break(
            name="Load", state="breaks", takes=1.0, where="at full use",
            headline=_told(failed[0]), further=tuple(map(_told, failed[1:]))[:FURTHER],
            owner=_owner(failed), basis=_basis(measured),
        )  # fmt: skip
    expected = report.one("load.predicted_p95_latency")
    lines = [f"Expected at full use, by prediction: {full_figure(expected)}."] if expected else []
    return _standing(
        "Load", rulings, _basis(measured), lambda: "It held at the peak of full use.", *lines
    )


def _cost(report: Report) -> Break:
    rulings = _rulings(report, "cost.")
    share, full = report.one("cost.budget_share"), report.one("cost.monthly")
    load = report.loaded.charter.load
    if share is None or full is None or load is None or WINDOW_INPUT in full.inputs:
        return _standing("Cost", rulings, "", lambda: "The budget holds it.")
    cost = full_figure(full, unit=currency_of(full.unit))
    told = f"A month at full use costs {cost}, {spanned_figure(share)} of the budget."
    over = share.interval.high if share.interval is not None else share.value
    if over <= 1 and (failed := _failed(rulings)):  # less was agreed than the whole budget
        return Break(
            name="Cost", state="breaks", takes=1.0, where="at full use", headline=_told(failed[0]),
            further=(told,), owner=_owner(failed), basis=_basis(share),
        )  # fmt: skip
    unsure = any(ruling.state not in ("passed", "waived") for ruling in rulings)
    if over <= 1 and (unsure or share.basis != "measured"):
        # A rehearsal, or a figure of another charter, may show what breaks, but not what holds.
        return _standing("Cost", rulings, _basis(share), lambda: told, told)
    if over <= 1:
        return Break(
            name="Cost", state="holds", takes=None, where="", headline=told,
            further=_until(full), owner=_owner(rulings), basis=_basis(share),
        )  # fmt: skip
    ways = [each for each in share.details.get("to_fit") or () if each["needed"] is not None]
    fitting = next((each["needed"] for each in ways if each["kind"] == "users"), None)
    users = load.users if fitting is None else round(fitting)
    return Break(
        name="Cost", state="breaks", takes=users / load.users,
        where=f"at {users:,} of {load.users:,} users",
        headline=f"The budget holds no more than {users:,} users. {told}",
        further=tuple(
            f"Enough by itself: {each['words']}" for each in ways if each["kind"] != "users"
        )[:FURTHER],
        owner=_owner(rulings), basis=_basis(share),
    )  # fmt: skip


def _until(full: Evidence) -> tuple[str, ...]:
    month = full.details.get("over_budget_in_month")
    if not month:
        return ()
    return (f"With the growth expected, no longer surely from month {month} on.",)


def _people(report: Report) -> Break:
    drill = _rulings(report, "drill.")
    failed = _failed(drill)
    was_asked = any(
        each.check == "governance" and each.status == "done" for each in report.verdict.outcomes
    )
    # Before anybody looked, nothing declared is nothing known.
    organisation = [
        ruling
        for ruling in report.verdict.fix_first
        if ruling.criterion.family == "organisational" and (was_asked or ruling.state == "failed")
    ]
    waiting = tuple(_told(ruling) for ruling in organisation)[:FURTHER]
    held = report.one("drill.passed") or report.one("drill.time_to_notice")
    seen = () if held is None else tuple(map(str, held.details.get("shortcomings") or ()))
    if seen and not failed:
        # A rehearsal is no evidence for a gate, but what went wrong in it went wrong.
        return Break(
            name="People", state="breaks", takes=NOW, where="in the last drill",
            headline=seen[0], further=(*seen[1:], *waiting)[:FURTHER],
            owner=_owner(drill), basis=_basis(held),
        )  # fmt: skip
    if failed:
        return Break(
            name="People", state="breaks", takes=NOW, where="in the first drill",
            headline=_told(failed[0]), further=(*map(_told, failed[1:]), *waiting)[:FURTHER],
            owner=_owner(failed), basis=_basis(held),
        )  # fmt: skip
    if organisation:
        return Break(
            name="People", state="breaks", takes=NOW, where="because the company is not ready",
            headline=waiting[0], further=waiting[1:],
            owner=organisation[0].owner, basis="",
        )  # fmt: skip
    return _standing(
        "People", drill, _basis(report.one("drill.passed")),
        lambda: "The company's own people kept it up in a drill.",
    )  # fmt: skip


def _standing(
    name: Literal["Data", "Load", "Cost", "People"],
    rulings: list[Ruling],
    basis: str,
    held: Callable[[], str],
    *lines: str,
) -> Break:
    """Tell of one that does not break: it holds, or it is not known."""
    unsure = [ruling for ruling in rulings if ruling.state not in ("passed", "waived")]
    if rulings and not unsure:
        return Break(
            name=name, state="holds", takes=None, where="", headline=held(),
            further=lines, owner=_owner(rulings), basis=basis,
        )  # fmt: skip
    reasons = tuple(_told(ruling) for ruling in unsure)
    return Break(
        name=name, state="unknown", takes=None, where="",
        headline=reasons[0] if reasons else "Nothing was measured, and nothing is asked for.",
        further=(*lines, *reasons[1:])[:FURTHER], owner=_owner(unsure), basis=basis,
    )  # fmt: skip
