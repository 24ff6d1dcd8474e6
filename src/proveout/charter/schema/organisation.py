"""The organisation around the system: governance, change, legal (R111, R112, R5xx, R6xx)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from proveout.charter.schema.base import Part, Share, SignOff, Text


class ExceptionProtocol(Part):
    """Where an uncertain or wrong answer goes (R501, R504, R904)."""

    goes_to: Text
    due_hours: PositiveFloat
    escalates_to: Text | None = None
    escalates_after_hours: PositiveFloat | None = None
    channel: Text | None = None
    steps: tuple[Text, ...] = ()


class Refresh(Part):
    """When and how data and logic are updated (R506)."""

    every_days: PositiveFloat
    done_by: Text
    how: Text | None = None
    last_practised: date | None = None
    """When the internal team last did the retraining run itself."""


class Reviews(Part):
    """Regular performance reviews (R504, R607)."""

    every_days: PositiveFloat
    attended_by: tuple[Text, ...] = Field(min_length=1)
    next_on: date | None = None


class OutputAudit(Part):
    """How outputs are audited, before any decision relies on them (R503)."""

    how: Text
    share: Share | None = None
    """Share of answers that a person looks at."""
    done_by: Text | None = None


class Handoff(Part):
    """The receiving team accepts ownership explicitly (R505)."""

    to: Text
    accepted: SignOff | None = None


class InventoryItem(Part):
    """One AI tool in use: who owns it and its outputs (R502)."""

    tool: Text
    owner: Text
    outputs_used_for: Text | None = None
    monitored_by: Text | None = None


class Governance(Part):
    """Who watches, who decides, how often."""

    exceptions: ExceptionProtocol | None = None
    refresh: Refresh | None = None
    reviews: Reviews | None = None
    output_audit: OutputAudit | None = None
    handoff: Handoff | None = None
    inventory: tuple[InventoryItem, ...] = ()


class AffectedRole(Part):
    """A role whose work changes (R601)."""

    role: Text
    headcount: PositiveInt | None = None
    what_changes: Text
    why: Text | None = None
    representative: Text | None = None
    """Who spoke for them when the acceptance criteria were set."""


class Training(Part):
    """Hands-on training on cases from the team's own work (R602)."""

    who: Text
    scenarios: Text
    by: date | None = None
    completed: int = Field(default=0, ge=0)
    invited: PositiveInt | None = None

    @model_validator(mode="after")
    def _no_more_than_invited(self) -> Training:
        if self.invited is not None and self.completed > self.invited:
            msg = (
                f"'completed' ({self.completed}) is above 'invited' ({self.invited}); count "
                "everybody who was to be trained under 'invited'"
            )
            raise ValueError(msg)
        return self


class Incentive(Part):
    """A rule that rewards the old behaviour, and who changes it (R606)."""

    rule: Text
    rewards: Literal["old", "new"]
    changed_by: Text | None = None
    by: date | None = None
    done: bool = False


class Participants(Part):
    """Who takes part in the pilot, and how they were chosen (R111)."""

    count: PositiveInt
    population: PositiveInt | None = None
    """How many people will use it in production."""
    chosen: Literal["volunteers", "selected", "random", "everybody"]
    how: Text | None = None

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> Participants:
        if self.population is not None and self.count > self.population:
            msg = (
                f"'count' ({self.count}) is above 'population' ({self.population}); "
                "'population' is how many people will use the system in production, participants "
                "included"
            )
            raise ValueError(msg)
        return self


class Leadership(Part):
    """Visible, continuing engagement (R607)."""

    commitments: tuple[Text, ...] = ()
    managers_equipped_by: Text | None = None


class Change(Part):
    """What it means for people."""

    roles: tuple[AffectedRole, ...] = ()
    training: tuple[Training, ...] = ()
    incentives: tuple[Incentive, ...] = ()
    participants: Participants | None = None
    will_do: tuple[Text, ...] = ()
    """What the system will do, as told to the people who use it (R604)."""
    will_not_do: tuple[Text, ...] = ()
    contact: Text | None = None
    """Whom to ask when one disagrees (R604)."""
    feedback: Text | None = None
    """How feedback is given and answered (R603)."""
    leadership: Leadership | None = None


class LegalQuestion(Part):
    """A question of legal or compliance, its answer, and who signed it (R112)."""

    question: Text
    asked_of: Text | None = None
    answer: Text | None = None
    signed: SignOff | None = None
