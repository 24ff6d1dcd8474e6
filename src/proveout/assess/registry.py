"""The checks that are installed: ours and those of other packages, by one entry point group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from proveout.charter.schema import Charter
from proveout.checks import Check, CheckContext, Finding, Need
from proveout.errors import InputError, UnreachableError
from proveout.evidence.catalogue import SHIPPED, Catalogue, Metric

GROUP = "proveout.checks"
_FIRST = (
    "readiness", "quality", "stress", "load", "cost", "drill", "drift", "latency", "adoption",
    "feedback", "exceptions", "assumptions", "value", "governance",
)  # fmt: skip
"""Order of the shipped checks: what the data is like comes before what it does to the system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Checks in the order in which they run, and every metric that can be asked for."""

    checks: tuple[Check, ...]
    catalogue: Catalogue

    @property
    def measured_by(self) -> Mapping[str, str]:
        """Which check yields which metric."""
        return {metric.name: check.name for check in self.checks for metric in check.metrics}

    def named(self, names: Iterable[str]) -> tuple[Check, ...]:
        """Return the checks of these names, in their order. Raises InputError on an unknown one."""
        wanted = set(names)
        known = [check.name for check in self.checks]
        for name in sorted(wanted):
            if name not in known:
                raise InputError(
                    f"There is no check '{name}'.", hint=f"Installed: {', '.join(known)}"
                )
        return tuple(check for check in self.checks if check.name in wanted)


@dataclass(frozen=True, slots=True)
class BrokenCheck:
    """Stands in for a check that could not be loaded, so that the verdict names it."""

    name: str
    why: str
    package: str
    version: str = "unknown"
    metrics: tuple[Metric, ...] = ()

    @property
    def question(self) -> str:
        """What it would have asked is not known."""
        return f"(could not be loaded: {self.why})"

    def needs(self, charter: Charter) -> list[Need]:
        """Need nothing; it fails as soon as it runs."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Raise UnreachableError."""
        del context
        raise UnreachableError(
            f"it could not be loaded: {self.why}",
            hint=f"Repair or remove the package that brings it: {self.package}",
        )


def installed() -> Registry:
    """Find the installed checks."""
    return registry(entry_points(group=GROUP))


def registry(points: Iterable[EntryPoint]) -> Registry:
    """Load checks from entry points. One that fails to load is named, never fatal."""
    metrics: dict[str, Metric] = {metric.name: metric for metric in SHIPPED}
    checks: dict[str, Check] = {}
    for point in sorted(points, key=_order):
        check = _load(point)
        clash = _clash(check, checks, metrics)
        if clash is not None:
            check = BrokenCheck(f"{point.name}@{_package(point)}", clash, _package(point))
        checks.setdefault(check.name, check)
        metrics.update({metric.name: metric for metric in check.metrics})
    return Registry(checks=tuple(checks.values()), catalogue=Catalogue(metrics.values()))


def _order(point: EntryPoint) -> tuple[bool, int, str, str]:
    """Ours first, then others by name: nobody's check can take the name of one of ours."""
    is_ours = point.value.startswith("proveout.checks.")
    place = _FIRST.index(point.name) if point.name in _FIRST else len(_FIRST)
    return not is_ours, place, point.name, point.value


def _load(point: EntryPoint) -> Check:
    try:
        loaded: Any = point.load()
        # Touch all that is asked of it later, while the blame is clear.
        _ = (loaded.version, loaded.question, loaded.needs, loaded.run)
        if not isinstance(loaded.name, str) or not all(
            isinstance(metric, Metric) for metric in loaded.metrics
        ):
            msg = "name or metrics are not what a check has"
            raise TypeError(msg)
    except Exception as error:  # noqa: BLE001 - anything may happen in somebody else's package
        reason = f"{type(error).__name__}: {error}"
        return BrokenCheck(point.name, reason, _package(point))
    check: Check = loaded
    return check


def _clash(check: Check, checks: Mapping[str, Check], metrics: Mapping[str, Metric]) -> str | None:
    if check.name in checks:
        return f"a check named '{check.name}' is there already"
    for metric in check.metrics:
        if metrics.get(metric.name, metric) != metric:
            return f"it declares the metric '{metric.name}' otherwise than another check"
    return None


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value.partition(":")[0]
