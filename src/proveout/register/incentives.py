"""Rules that reward the old way, and who changes them by when (R606)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest, folded
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT
from proveout.register.act import Act, Fact
from proveout.register.saying import Told, day_of, latest, needed, said_at, text_of

Way = Literal["old", "new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A rule that was found after the charter was written, or what is planned for one of it."""

    rule: str
    rewards: Way
    changed_by: str | None
    by: date | None
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Somebody's word that a rule was changed, or that it was not after all."""

    is_done: bool
    evidence: str
    """How one can tell, or why it is open again."""
    link: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Somebody's word that all rules were looked at."""

    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incentives:
    """What the section comes to; both by rule."""

    added: Mapping[str, Added] = field(default_factory=dict)
    changed: Mapping[str, Changed] = field(default_factory=dict)
    looked: Looked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, as charter and register have it together."""

    rule: str
    rewards: Way
    changed_by: str | None
    by: date | None
    is_done: bool
    word: Changed | None
    """Who said so; None where the charter alone does, or nobody."""
    is_in_charter: bool

    def is_overdue(self, today: date) -> bool:
        """Tell whether it still rewards the old way past its day."""
        is_open = self.rewards == "old" and not self.is_done
        return is_open and self.by is not None and self.by < today


@dataclass(frozen=True, slots=True)
class IncentivesSection:
    """The section.

    Acts: 'incentive.added' {rule, rewards, changed_by, by} (of a rule of the charter: who changes
    it by when), 'incentive.changed' {rule, evidence, link}, 'incentive.reopened' {rule, evidence},
    'incentive.looked' {note}: no other rule rewards the old way.
    """

    name: str = "incentive"

    def empty(self) -> Incentives:
        """Nobody said anything."""
        return Incentives()

    def taken(self, state: Incentives, act: Act) -> Incentives:
        """Keep the latest word on each rule."""
        if act.kind == "incentive.looked":
            looked = Looked(who=act.who, at=act.at, note=text_of(act, "note"))
            return replace(state, looked=looked)
        key = folded(text_of(act, "rule"))
        match act.kind:
            case "incentive.added":
                added = Added(
                    rule=text_of(act, "rule"),
                    rewards="new" if act.says["rewards"] == "new" else "old",
                    changed_by=text_of(act, "changed_by") or None,
                    by=day_of(act, "by"),
                    who=act.who,
                    at=act.at,
                )
                return replace(state, added={**state.added, key: added})
            case "incentive.changed" | "incentive.reopened":
                word = Changed(
                    is_done=act.kind == "incentive.changed",
                    evidence=text_of(act, "evidence"),
                    link=text_of(act, "link"),
                    who=act.who,
                    at=act.at,
                )
                return replace(state, changed={**state.changed, key: word})
        return state

    def refuse(self, state: Incentives, act: Act, charter: Charter) -> None:
        """Refuse rules that nobody named, and changes without evidence."""
        if act.kind == "incentive.looked":
            needed(act, "note", what="What was looked at", hint="Name the rules that were read.")
            return
        rule = needed(act, "rule", what="The rule", hint="Such as: Bonus for invoices per day.")
        if act.kind == "incentive.added":
            if act.says.get("rewards") not in ("old", "new"):
                raise InputError(
                    "A rule rewards the old way or the new one.", hint="Choose 'old' or 'new'."
                )
            day_of(act, "by")
            return
        if act.kind not in ("incentive.changed", "incentive.reopened"):
            raise InputError(f"There is no such act: '{act.kind}'.")
        known = {folded(each.rule): each for each in rules(state, charter)}
        found = known.get(folded(rule))
        if found is None:
            raise InputError(f"No such rule is known: '{rule}'.", hint="Add it first.")
        if act.kind == "incentive.reopened" and not found.is_done:
            raise InputError(f"'{found.rule}' is open already.")
        needed(
            act, "evidence", what="How one can tell",
            hint="Say what shows it: the new wording, a decision, who announced it.",
        )  # fmt: skip

    def facts(self, state: Incentives, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield the share that was changed, once anybody has looked."""
        told: list[Told] = [*state.added.values(), *state.changed.values()]
        if state.looked is not None:
            told.append(state.looked)
        last = latest(told)
        if last is None:
            return
        known = rules(state, charter)
        old = [rule for rule in known if rule.rewards == "old"]
        open_ = [rule.rule for rule in old if not rule.is_done]
        yield Fact(
            metric="people.incentives_changed",
            value=(len(old) - len(open_)) / len(old) if old else 1.0,
            n=len(old) or len(known) or 1,
            person=last.who,
            inputs={f"{PART_INPUT}incentives": digest("incentives", charter)},
            details={**({"missing": open_} if open_ else {}), **said_at(last)},
        )


def rules(state: Incentives, charter: Charter) -> list[Rule]:
    """Return all rules, those of the charter first; the register knows the later word."""
    found: dict[str, Rule] = {}
    for each in charter.change.incentives:
        key = folded(each.rule)
        found[key] = Rule(
            rule=each.rule,
            rewards=each.rewards,
            changed_by=each.changed_by,
            by=each.by,
            is_done=each.done,
            word=None,
            is_in_charter=True,
        )
    for key, added in sorted(state.added.items(), key=lambda item: (item[1].at, item[0])):
        before = found.get(key)
        found[key] = Rule(
            rule=added.rule if before is None else before.rule,
            rewards=added.rewards,
            changed_by=added.changed_by or (None if before is None else before.changed_by),
            by=added.by or (None if before is None else before.by),
            is_done=before is not None and before.is_done,
            word=None,
            is_in_charter=before is not None,
        )
    for key, word in state.changed.items():
        if key in found:
            found[key] = replace(found[key], is_done=word.is_done, word=word)
    return list(found.values())


INCENTIVES = IncentivesSection()
