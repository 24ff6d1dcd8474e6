"""Rules agreed beforehand that take a version back without people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from proveout.charter.schema import Charter
from proveout.charter.schema.standard import read_short
from proveout.evidence.figures import day, full_figure
from proveout.evidence.model import WINDOW_INPUT, Evidence, Subject
from proveout.runtime.rollout.state import State
from proveout.runtime.rollout.telling import named

ROUNDED_S = 0.001
"""A window that begins with the switch is written in microseconds."""
CLOCKS_APART = timedelta(minutes=5)
"""How far the clocks of two machines may differ, as for the gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that is broken for certain, and by what."""

    rule: str
    """As the charter has it: 'quality.accuracy <= 0.8'."""
    evidence: Evidence
    version: str | None
    """The version that the figure is of; None where it is of all who answer."""

    @property
    def sentence(self) -> str:
        """Say it with figure, interval, number and window."""
        found = self.evidence
        window = window_of(found)
        span = "" if window is None else f", {_days(*window)}"
        of = "" if self.version is None else f" of {named(self.version)}"
        return f"{found.metric}{of} is {full_figure(found)}{span}: '{self.rule}' holds for certain"


def rules_broken(
    charter: Charter, evidence: Iterable[Evidence], now: datetime, *, state: State
) -> list[Broken]:
    """Return the rules of rollout.rollback_when that the latest windows show to be broken.

    A rule is broken when the whole interval lies past its threshold; a figure that is a full count
    stands for itself. Only what was seen in use counts (evidence of a window; not what somebody
    attests), and only of those who answer now (see `tells_of_now`): what an earlier version did
    takes back no other. A rule on the whole also looks at figures of single versions that answer.
    """
    rules = () if charter.rollout is None else charter.rollout.rollback_when
    known = _latest(found for found in evidence if _counts(found, now))
    broken = [
        Broken(rule=rule, evidence=found, version=found.subject.get("system"))
        for rule in rules
        for found in known
        if _is_broken(rule, found) and tells_of_now(found, state)
    ]
    told = [each for each in broken if not _is_told_of_the_sole_version(each, broken, state)]
    return sorted(told, key=lambda each: (rules.index(each.rule), str(each.evidence.subject)))


def _is_told_of_the_sole_version(each: Broken, broken: Sequence[Broken], state: State) -> bool:
    """Tell whether a figure of the whole is said again of the one version that answers."""
    return (
        each.version is None
        and len(state.served) == 1
        and any(other.rule == each.rule and other.version in state.served for other in broken)
    )


def _days(begins: datetime, ends: datetime) -> str:
    first, last = day(begins), day(ends)
    return f"on {first}" if first == last else f"{first} to {last}"


def tells_of_now(found: Evidence, state: State) -> bool:
    """Tell whether a figure is about those who answer now.

    It is when it is of one version that answers and its window reaches to now, or when its window
    began after the last switch that changed who answers: a window across that switch mixes the old
    with the new.
    """
    window = window_of(found)
    if window is None:
        return False
    version = found.subject.get("system")
    begins, ends = (moment.timestamp() for moment in window)
    if version is not None:
        return version in state.served and (state.since is None or ends > state.since)
    return state.since is None or begins >= state.since - ROUNDED_S


def window_of(found: Evidence) -> tuple[datetime, datetime] | None:
    """Return begin and end of the window of traffic that a figure was found in."""
    begins, _, ends = found.inputs.get(WINDOW_INPUT, "").partition("/")
    try:
        return datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    except ValueError:
        return None


def _counts(found: Evidence, now: datetime) -> bool:
    is_of_now = found.observed_at - now <= CLOCKS_APART and (
        found.valid_until is None or now <= found.valid_until
    )
    return found.n > 0 and found.basis != "attested" and is_of_now and window_of(found) is not None


def _latest(evidence: Iterable[Evidence]) -> Sequence[Evidence]:
    """Keep the figure of the latest window of each metric and subject."""
    latest: dict[tuple[str, Subject], Evidence] = {}
    for found in evidence:
        key = (found.metric, found.subject)
        if key not in latest or _age(found) >= _age(latest[key]):
            latest[key] = found
    return list(latest.values())


def _age(found: Evidence) -> tuple[datetime, datetime]:
    window = window_of(found)
    assert window is not None  # noqa: S101  # others were left out
    return window[1], found.observed_at


def _is_broken(rule: str, found: Evidence) -> bool:
    read = read_short(rule)
    assert read is not None  # noqa: S101  # the charter would not have been read
    mine = found.subject.as_dict()
    if "system" not in read["subject"]:
        mine.pop("system", None)
    if found.metric != read["metric"] or mine != read["subject"]:
        return False
    threshold, interval = float(read["threshold"]), found.interval
    if read["comparison"] == "<=":
        return (found.value if interval is None else interval.high) <= threshold
    return (found.value if interval is None else interval.low) >= threshold
