"""A framework, its duties, and what is evidence for each."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.evidence.model import WHOLE, Subject

LEDGER = "ledger"
SEAL = "seal"
"""What Proveout itself keeps and no metric stands for: the audit trail, the sealed charter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing that is evidence: a metric, or what Proveout keeps."""

    metric: str
    """Name in the catalogue; LEDGER or SEAL."""
    subject: Subject = WHOLE
    """Narrows the metric; the whole stands for any subject."""
    what: str
    """What it shows, in a few words."""
    page: str
    """Where it is seen and done: the path after '/pilots/NAME'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty, told in our words."""

    number: str
    """As the framework numbers it."""
    title: str
    proofs: tuple[Proof, ...]
    beyond: str = ""
    """What the duty asks for besides and Proveout says nothing of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """One framework."""

    id: str
    name: str
    about: str
    """What it is, and for whom."""
    duties: tuple[Duty, ...]
    silent: tuple[str, ...]
    """Parts of it that Proveout says nothing about."""
