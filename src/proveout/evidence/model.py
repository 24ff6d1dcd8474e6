"""One measured or attested fact, with its provenance."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Literal, Self, get_args

from proveout.evidence.canonical import canonical_json

Basis = Literal["measured", "attested", "simulated"]
"""By Proveout, by a named person, or by a model of users or load."""

Scope = Literal["pilot", "production", "synthetic"]
"""On the curated sample, on production-representative data, or on corrupted or generated data."""

Dimension = Literal[
    "source", "column", "site", "slice", "kind", "operator", "severity", "period", "kpi",
    "system", "part", "role", "assumption", "group", "volunteer", "field", "users", "scenario",
    "fault", "failure",
]  # fmt: skip
"""What a subject can be narrowed by. The order is the order in which a subject is written."""

DIMENSIONS: tuple[str, ...] = get_args(Dimension)


CHARTER_INPUT = "charter"
"""Under this name, inputs hold the hash of the charter that evidence was found under."""

MEASURED_INPUT = "charter:measured"
"""Likewise of what that charter says of data, system and stress: what was measured."""

PART_INPUT = "charter:part:"
"""So begin the names, in inputs, of parts of the charter that a person signed or vouches for; each
holds the hash of that part (see charter.sealing.signing). They go before the charter as a whole."""

SYSTEM_INPUT = "system"
"""Likewise the fingerprint of the system under test."""

WINDOW_INPUT = "window"
"""Likewise the span of production traffic, as 'begin/end' in ISO 8601, that was looked at."""

DATA_INPUT = "data:"
"""So begin the names of sources in inputs."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is about: nothing (the pilot as a whole), or one value per dimension.

    >>> str(Subject.of(column="dep_time", source="2013"))
    'source=2013, column=dep_time'
    """

    parts: tuple[tuple[str, str], ...] = ()
    """(dimension, value) pairs in the order of DIMENSIONS."""

    @classmethod
    def of(cls, **dimensions: str | None) -> Self:
        """Make a subject; a dimension given as None is left out.

        Raises ValueError on an unknown dimension.
        """
        unknown = set(dimensions) - set(DIMENSIONS)
        if unknown:
            msg = f"unknown dimension {min(unknown)!r}; known: {', '.join(DIMENSIONS)}"
            raise ValueError(msg)
        return cls(
            tuple(
                (name, value) for name in DIMENSIONS if (value := dimensions.get(name)) is not None
            )
        )

    def get(self, dimension: Dimension) -> str | None:
        """Return the value of one dimension, or None."""
        return dict(self.parts).get(dimension)

    def matches(self, pattern: Subject) -> bool:
        """Tell whether this subject has every dimension of the pattern, '*' standing for any value.

        Dimensions which the pattern does not name must be absent here: a criterion on the whole is
        not met by a fact about a part.
        """
        mine, wanted = dict(self.parts), dict(pattern.parts)
        return mine.keys() == wanted.keys() and all(
            value in ("*", mine[name]) for name, value in wanted.items()
        )

    def as_dict(self) -> dict[str, str]:
        """Return the dimensions as a plain mapping."""
        return dict(self.parts)

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.parts)


WHOLE = Subject()
"""The pilot as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval (or an equivalent bound) around a value."""

    low: float
    """Lower end, in the unit of the value."""
    high: float
    """Upper end, in the unit of the value."""
    level: float
    """Two-sided confidence level, for example 0.95."""
    method: str
    """Name of the method, as in the field: 'wilson', 'bca-bootstrap', 'delong' …"""

    @property
    def fault(self) -> str | None:
        """Say why it bounds nothing; None when it is sound."""
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            return f"{self.low} to {self.high} is not an interval"
        return None if 0 < self.level < 1 else f"{self.level} is not a confidence level"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRef:
    """Which check, in which version, found something."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One fact. Immutable; its id is derived from its content."""

    pilot: str
    """Id of the pilot."""
    metric: str
    """Name in the metric catalogue, for example 'readiness.completeness'."""
    subject: Subject = WHOLE
    """What the fact is about."""
    value: float
    """The measured or attested figure; finite. True and false are 1 and 0."""
    unit: str
    """Unit of the value, as in the metric catalogue: 'fraction', 's', 'rows', 'EUR/month' …"""
    interval: Interval | None = None
    """Uncertainty of the value; None where the value is a full count and nothing is inferred."""
    n: int
    """Sample size: how many records, answers or statements the value rests on."""
    basis: Basis
    """How it came to be known."""
    scope: Scope
    """On which data."""
    observed_at: datetime
    """When it was found; with time zone."""
    valid_until: datetime | None = None
    """After this it is stale, whatever a criterion says; with time zone."""
    check: CheckRef
    """Who found it."""
    run: str
    """Id of the run that found it; a later run of the same check replaces an earlier one."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints of what it was found on: 'data:NAME', 'system', CHARTER_INPUT …"""
    person: str | None = None
    """Who attests it; given exactly when the basis is 'attested'."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Small JSON: examples, breakdowns, parameters."""
    artifact: str | None = None
    """Reference to a larger file, relative to the artifact folder."""
    _id: str = field(default="", init=False, repr=False, compare=False)
    """Its id, once somebody has asked: hashing a thousand facts takes a tenth of a second."""

    def __post_init__(self) -> None:
        """Refuse what could never be evidence. Raises ValueError."""
        if not math.isfinite(self.value):
            msg = f"{self.metric}: {self.value} is not a figure; report it as not measured"
            raise ValueError(msg)
        if self.interval is not None and self.interval.fault is not None:
            msg = f"{self.metric}: {self.interval.fault} ({self.interval.method})"
            raise ValueError(msg)
        if self.n < 0:
            msg = f"{self.metric}: it cannot rest on {self.n} records"
            raise ValueError(msg)
        if (self.basis == "attested") != (self.person is not None):
            msg = f"{self.metric}: a person is named exactly when evidence is attested"
            raise ValueError(msg)
        for moment in (self.observed_at, self.valid_until):
            if moment is not None and moment.tzinfo is None:
                msg = f"{self.metric}: {moment} has no time zone"
                raise ValueError(msg)

    @property
    def id(self) -> str:
        """Content-derived id: equal facts have equal ids."""
        if not self._id:
            digest = hashlib.sha256(canonical_json(self.as_dict()).encode()).hexdigest()
            object.__setattr__(self, "_id", f"ev-{digest[:20]}")
        return self._id

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored and exported (without the derived id)."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.init}
        plain["subject"] = self.subject.as_dict()
        plain["interval"] = None if self.interval is None else _plain(self.interval)
        plain["check"] = _plain(self.check)
        plain["observed_at"] = self.observed_at.isoformat()
        plain["valid_until"] = None if self.valid_until is None else self.valid_until.isoformat()
        plain["inputs"] = dict(self.inputs)
        plain["details"] = dict(self.details)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild evidence from its plain form."""
        interval, valid_until = plain.get("interval"), plain.get("valid_until")
        return cls(
            **{
                **plain,
                "subject": Subject.of(**plain["subject"]),
                "interval": None if interval is None else Interval(**interval),
                "check": CheckRef(**plain["check"]),
                "observed_at": datetime.fromisoformat(plain["observed_at"]),
                "valid_until": None if valid_until is None else datetime.fromisoformat(valid_until),
            }
        )

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return replace(self, **changes)


def _plain(value: Interval | CheckRef) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in fields(value)}
