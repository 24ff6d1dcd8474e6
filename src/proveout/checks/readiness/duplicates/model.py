"""What is found out about near duplicates: the fields compared, the pairs, and the clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["name", "text", "code", "date", "number", "category"]
"""How a field is compared: by spelling, by likeness of longer text, as an identifier with at most
a slip of the pen, by distance in days, by relative difference, or as it is."""

NAMING: tuple[Role, ...] = ("name", "text", "code")
"""Roles of fields that name things; only with them can records be recognised."""

Likeness = Literal["agrees", "exchanged", "nearly", "partly", "differs", "empty"]
"""How one field of two records compares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column that is compared."""

    position: int
    """Its place among all columns; 'c3' in the engine."""
    name: str
    role: Role
    filled: float
    """Share of records with a value, 0 to 1."""
    chance: float
    """How often two records taken at random agree in it."""
    has_digits: bool = False
    """Its texts hold figures, which a slip of spelling leaves as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A column that is not compared, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Likened:
    """How one field of two records compares, with what stands in it."""

    field: str
    likeness: Likeness
    one: str | None
    other: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records that the model takes for the same."""

    one: int
    other: int
    """Numbers of the records over all sources, from 0."""
    probability: float
    weight: float
    """Match weight: log2 of how much the evidence speaks for one thing, prior included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One record of a cluster."""

    record: int
    """Number over all sources, from 0."""
    source: str
    row: int
    """Number of the record in its source, from 0 over data rows."""
    probability: float
    """Of its best link within the cluster."""
    weight: float | None = None
    """Match weight of that link in bits, prior included; None of a copy."""
    evidence: tuple[Likened, ...]
    """How it compares with the record that it is best linked to."""
    values: Mapping[str, str | None]
    """All of its columns as they stand."""
    copy_of: int | None = None
    """Row of the same source that it repeats in every column; None where it repeats none."""
    linked_to: int | None = None
    """Number of the record that it is best linked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Records that are probably about one thing."""

    number: int
    """From 1, the surest first."""
    members: tuple[Member, ...]
    probability: float
    """Of the weakest link that holds it together."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that it reaches over, each once."""
        return tuple(dict.fromkeys(member.source for member in self.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingKey:
    """A reason to compare two records: they are equal in this."""

    fields: tuple[str, ...]
    what: str
    """In words: 'first letters of last_name and born'."""
    n_pairs: int
    n_too_frequent: int
    """Records whose value so many others have that it was not compared by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Near duplicates that cannot be told, and why."""

    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Near duplicates of one or several sources taken together."""

    n_records: Mapping[str, int]
    """Records by source."""
    n_copies: Mapping[str, int]
    """Records by source that repeat another one of it in every column; not near duplicates."""
    untold: Mapping[str, Untold]
    """By source: why near duplicates cannot be told in it."""
    clusters: tuple[Cluster, ...] = ()
    threshold: float = 0.0
    """Probability from which two records are taken for one."""
    fields: tuple[Field, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    keys: tuple[BlockingKey, ...] = ()
    """By what pairs were chosen; empty where every record was compared with every other."""
    n_pairs: int = 0
    """Pairs compared; one that several keys give is counted by each."""
    n_unreached: int = 0
    """Records compared with no other, for all they could be chosen by is empty or too frequent."""
    naming: tuple[str, ...] = ()
    """Columns by which a person recognises a record."""
    distinguishing: tuple[str, ...] = ()
    """Names in which records that agree in all else mostly differ; they must at least be alike."""

    def in_excess(self, source: str) -> int:
        """Count the records of a source beyond the first of each cluster, copies left out.

        Of a cluster over several sources, each source's own records count among themselves.
        """
        total = 0
        for cluster in self.clusters:
            mine = [m for m in cluster.members if m.source == source and m.copy_of is None]
            total += max(len(mine) - 1, 0)
        return total
