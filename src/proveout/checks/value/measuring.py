"""All KPIs of a charter, one after the other, and the return that they come to."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from proveout.charter.schema import Charter
from proveout.charter.schema.adoption import DASHBOARD
from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.value import CaseRecord, Measured, Value
from proveout.checks.contract import CheckContext, DataAccess, Finding, Progress
from proveout.checks.value.designing import Chosen, choose
from proveout.checks.value.estimating import (
    Decided,
    Undecided,
    decide,
    estimate_on,
    mean_of,
)
from proveout.checks.value.figures import cases_per_month
from proveout.checks.value.observing import Observed, observe, wanted_of
from proveout.checks.value.records import Records, read_records
from proveout.checks.value.returning import KpiEffect, returning
from proveout.checks.value.sorting import Unseen
from proveout.checks.value.telling import (
    Teller,
    now_of,
    scope_of,
    tell_decided,
    tell_manual,
    tell_signals,
    tell_undecided,
)
from proveout.checks.value.ways import day_number, day_of
from proveout.errors import ProveoutError
from proveout.evidence.model import WINDOW_INPUT, Basis
from proveout.statistics.effects.estimate import Estimate, Refusal

if TYPE_CHECKING:
    from proveout.intake.table import OpenTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How one KPI is to be taken, and from where."""

    kpi: Kpi
    measured: Measured
    record: CaseRecord
    where: str
    """Where the charter names the records: 'value.records'."""


def taken_of(value: Value, kpi: Kpi) -> Taken | Unseen:
    """Return how a KPI is taken from the records, or what the charter does not say."""
    own = None if kpi.measured is None else kpi.measured.source
    record = own or value.records
    if record is None:
        return Unseen(
            "the charter does not name the records of the process",
            "Name them in value.records",
        )
    is_given = record.source.path == DASHBOARD
    if kpi.measured is None and not is_given:
        return Unseen(
            f"the charter does not say how {kpi.name} is taken from the records",
            f"Write it in kpis[{kpi.name}].measured: value, begins and ends, or happened",
        )
    where = "value.records" if own is None else f"kpis[{kpi.name}].measured.source"
    return Taken(
        kpi=kpi, measured=kpi.measured or Measured(value="value"), record=record, where=where
    )


class Reader:
    """Opens the records of KPIs: one scan for all that share a source."""

    def __init__(self, data: DataAccess, charter: Charter, value: Value) -> None:
        self._data = data
        self._value = value
        self._taken = [
            taken for kpi in charter.kpis
            if isinstance(taken := taken_of(value, kpi), Taken)
        ]  # fmt: skip
        self._known: dict[tuple[int, str], Records] = {}

    def read(self, taken: Taken) -> Records:
        """Read the records of a KPI. Raises ProveoutError."""
        is_given = taken.record.source.path == DASHBOARD
        key = (id(taken.record), taken.kpi.name if is_given else "")
        if key not in self._known:
            opened = self._data.open(taken.record.source)
            shared = [taken] if is_given else [
                each for each in self._taken if each.record is taken.record
            ]  # fmt: skip
            self._known[key] = read_records(
                _of_kpi(opened, taken) if is_given else opened,
                taken.record,
                (want for each in shared for want in wanted_of(each.kpi, each.measured)),
                where=taken.where,
            )
        return self._known[key]

    def observe(
        self, taken: Taken, *, now: datetime, presumes_manual: bool = False
    ) -> Observed | Unseen:
        """Return the cases of a KPI, or why there are none."""
        try:
            records = self.read(taken)
            return observe(
                taken.kpi, taken.measured, records, self._value, now=now,
                presumes_manual=presumes_manual,
            )  # fmt: skip
        except ProveoutError as error:
            return Unseen(error.message.rstrip("."), error.hint or "Correct the charter")


def _of_kpi(opened: OpenTable, taken: Taken) -> OpenTable:
    """Return the observations of one KPI, of those that were given to the dashboard."""
    from proveout.intake.dashboard import of_kpi

    return replace(opened, table=of_kpi(opened.table, taken.measured.name, taken.kpi.name))


def measure_all(context: CheckContext, value: Value) -> Iterator[Finding]:
    """Yield findings on each KPI and on the return."""
    charter = context.charter
    reader = Reader(context.data, charter, value)
    effects: list[KpiEffect] = []
    month = value.cases_per_month
    now = now_of(context)
    for number, kpi in enumerate(charter.kpis):
        yield Progress(done=number, total=len(charter.kpis) + 1, what=f"value: {kpi.name}")
        tell = Teller(context=context, value=value, kpi=kpi)
        taken = taken_of(value, kpi)
        seen = taken if isinstance(taken, Unseen) else reader.observe(taken, now=now)
        if isinstance(seen, Unseen):
            yield from tell.all_missing(seen.why, seen.next_step)
            effects.append(KpiEffect(kpi=kpi, estimate=None, why_not=seen.why))
            continue
        assert isinstance(taken, Taken)  # noqa: S101  # something was seen
        if month is None and taken.record is value.records:
            month = cases_per_month(seen.cases)
        tell = _of_records(tell, taken, seen)
        effect = yield from _measure(tell, seen)
        own = None if taken.record is value.records else cases_per_month(seen.cases)
        effects.append(replace(effect, cases_per_month=own))
    yield Progress(done=len(charter.kpis), total=len(charter.kpis) + 1, what="value: the return")
    yield from returning(context, effects, month)


def _of_records(tell: Teller, taken: Taken, seen: Observed) -> Teller:
    served = tell.context.data.served()
    inputs = {f"data:{taken.where}": seen.fingerprint}
    if served is not None:
        inputs[WINDOW_INPUT] = str(served.window)
    basis: Basis = "simulated" if seen.simulated else tell.context.basis
    return replace(tell, inputs=inputs, basis=basis)


def _measure(tell: Teller, seen: Observed) -> Generator[Finding, None, KpiEffect]:
    """Yield findings on one KPI; return what the return needs of it."""
    value, context = tell.value, tell.context
    chosen = _chosen(seen, value)
    if isinstance(chosen, Unseen):
        if seen.cases.with_system.any():
            yield from tell.all_missing(chosen.why, chosen.next_step)
        else:
            yield from tell_manual(tell, seen, chosen)
        return KpiEffect(kpi=tell.kpi, estimate=None, why_not=chosen.why, basis=tell.basis)
    found = decide(seen, chosen, value, seed=context.seed)
    on = found.deciding.on if isinstance(found, Decided) else now_of(context).date()
    tell = replace(tell, scope=scope_of(context, chosen, on))
    if isinstance(found, Decided):
        yield from tell_decided(tell, seen, chosen, found)
    else:
        yield from tell_undecided(tell, found, len(seen.cases))
    yield tell_signals(tell, seen, chosen.begins)
    yield _remaining(tell, seen, chosen, found)
    estimate, why = _for_return(tell, seen, chosen, found)
    n = 0 if estimate is None else estimate.n_with + estimate.n_without
    return KpiEffect(
        kpi=tell.kpi, estimate=estimate, why_not=why, basis=tell.basis, scope=tell.scope,
        inputs=tell.inputs, n=n,
    )  # fmt: skip


def _remaining(tell: Teller, seen: Observed, chosen: Chosen, found: Decided | Undecided) -> Finding:
    from proveout.checks.value.foreseeing import remaining

    left = remaining(seen, chosen, tell.value, found, seed=tell.context.seed)
    if isinstance(left, Unseen):
        return tell.missing("days_to_decide", left.why, left.next_step)
    on = day_of((seen.cases.as_of or 0) + left.days)
    return tell.found(
        "days_to_decide", left.days, n=len(seen.cases),
        details={"told": left.told, "on": on, "cases_per_day": left.cases_per_day},
    )  # fmt: skip


def _for_return(
    tell: Teller, seen: Observed, chosen: Chosen, found: Decided | Undecided
) -> tuple[Estimate | None, str]:
    """Return the estimate that money follows from, or why there is none."""
    if isinstance(found, Undecided):
        return None, found.why
    if seen.statistic.kind != "quantile":
        return found.estimate, ""
    returns = tell.value.returns
    if returns is None or all(each.kpi != tell.kpi.name for each in returns.worth):
        return None, "nothing is said of what it is worth"
    # A median tells nothing of a sum: what many cases save together is the mean's business.
    mean = estimate_on(
        replace(seen, statistic=mean_of(seen.statistic)), chosen,
        chosen.cases.until(day_number(found.deciding.on)), found.deciding.confidence,
        seed=tell.context.seed,
    )  # fmt: skip
    if isinstance(mean, Refusal) or mean.is_broken:
        why = mean.why if isinstance(mean, Refusal) else "what its mean rests on is not so"
        return None, f"money follows from the mean of {tell.kpi.name}, and {why}"
    return mean, ""


def _chosen(seen: Observed, value: Value) -> Chosen | Unseen:
    try:
        return choose(seen, value)
    except ProveoutError as error:
        return Unseen(error.message.rstrip("."), error.hint or "Correct the charter")
