"""What tells one cause of failure from another, and how much each piece weighs.

A signal is what one question asks, or what the ledger alone can tell. Each of its options speaks
for a cause (a weight above 0), against it (below 0) or is silent on it. Weights are log-odds and
add up (see `weighing`):

    0.25 to 0.5   a hint: many sound pilots look like that as well
    0.75 to 1.25  a clear sign
    1.5 to 2.5    strong: it is what the cause consists of
    above 2.5     it is all but the definition of the cause, asked outright

They are judgement, not estimates: set from what the cause means and from what is written on why
pilots fail, before any worked case was looked at. So that no cause wins by having more questions,
the strongest case that the questions can make is equally strong for each structural cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from proveout.diagnosis.failures import Failure
from proveout.diagnosis.questions import BY_ID

Weights = Mapping[str, float]
"""By option; an option that is not there is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that can be known of a pilot, and what it says of the causes."""

    id: str
    """That of its question, where one asks for it."""
    says: Mapping[str, str]
    """Option → what is then so, in a sentence."""
    weights: Mapping[Failure, Weights]
    why: str
    """Why it weighs what it weighs, and where that stands."""

    @property
    def is_asked(self) -> bool:
        """Whether a question asks for it; of others only a ledger tells, and its lack is mute."""
        return self.id in BY_ID

    def weight(self, failure: Failure, option: str) -> float:
        """Return what an option says of a cause."""
        return self.weights.get(failure, {}).get(option, 0.0)

    def span(self, failure: Failure) -> tuple[float, float]:
        """Return the least and the most that it can say of a cause."""
        said = [self.weight(failure, option) for option in self.says]
        return min(said), max(said)


_FRAMING: Final[Failure] = "experiment-framing"
_DATA: Final[Failure] = "data-gap"
_BRIDGE: Final[Failure] = "no-governance-bridge"
_CHANGE: Final[Failure] = "no-change-management"
_METRICS: Final[Failure] = "wrong-metrics"
_COST: Final[Failure] = "cost-latency"
_UPKEEP: Final[Failure] = "maintenance"
_TECHNOLOGY: Final[Failure] = "technology"
_OUTSIDE: Final[Failure] = "outside"

SIGNALS: Final[tuple[Signal, ...]] = (
    Signal(
        id="outcome",
        says={
            "measurable": "The business result it had to reach was written down, with a figure.",
            "vague": "Only a direction was written down, not a result with a figure.",
            "none": "No business result was written down; the technology came first.",
        },
        weights={
            _FRAMING: {"measurable": -1.0, "vague": 1.0, "none": 1.75},
            _METRICS: {"measurable": -0.75, "vague": 0.5, "none": 0.75},
        },
        why="A pilot without a result to reach can only show that something works (R101); without "
        "it, figures are chosen by what is easy to count (R102).",
    ),
    Signal(
        id="decision_rule",
        says={
            "before": "What would decide about going on was agreed before there were results.",
            "later": "What would decide was agreed late, or changed once results were known.",
            "never": "It was never agreed what would make them go on, change or stop.",
        },
        weights={
            _FRAMING: {"before": -0.75, "later": 0.5, "never": 1.0},
            _METRICS: {"before": -0.5, "later": 0.5, "never": 0.75},
        },
        why="An experiment with no decision behind it ends in another experiment (R104, R801).",
    ),
    Signal(
        id="production_plan",
        says={
            "full": "Running it in everyday work was planned from the start.",
            "partly": "Running it in everyday work was planned late or in part.",
            "none": "It was not planned how it would run in everyday work.",
        },
        weights={
            _FRAMING: {"full": -1.5, "partly": 0.75, "none": 2.25},
            _UPKEEP: {"full": -0.5, "none": 0.5},
        },
        why="That nothing leads from the trial into use is what experiment framing consists of "
        "(R106, R108).",
    ),
    Signal(
        id="run_by",
        says={
            "own": "Those who would run it later kept it running during the pilot.",
            "mixed": "They kept it running together with the specialists who built it.",
            "specialists": "The vendor, a laboratory or the project team kept it running.",
        },
        weights={
            _FRAMING: {"own": -0.75, "specialists": 1.0},
            _UPKEEP: {"own": -0.5, "specialists": 0.75},
        },
        why="What specialists hold upright by hand shows little of everyday work, and stands still "
        "when they leave (R505, R907).",
    ),
    Signal(
        id="trial_data",
        says={
            "everyday": "It was built and tried on everyday data, bad records included.",
            "cleaned": "It was built and tried on selected, cleaned or few data.",
            "elsewhere": "It was built and tried on made-up data, or data of another time, place "
            "or purpose.",
        },
        weights={
            _DATA: {"everyday": -1.5, "cleaned": 1.0, "elsewhere": 1.75},
            _TECHNOLOGY: {"everyday": 0.25, "elsewhere": -0.25},
        },
        why="What was judged on curated data was not judged for production (R201, R206); a test on "
        "real data that fails speaks of the technology rather than of the data.",
    ),
    Signal(
        id="live_data",
        says={
            "same": "The data it met in use were much the same.",
            "somewhat": "The data it met in use were somewhat worse or different.",
            "much": "The data it met in use were much worse or different.",
        },
        weights={
            _DATA: {"same": -1.5, "somewhat": 0.75, "much": 2.0},
            _UPKEEP: {"somewhat": 0.25, "much": 0.5},
        },
        why="The gap itself (R201, R206); data that move on are also what upkeep is for (R901).",
    ),
    Signal(
        id="unseen_cases",
        says={
            "hardly": "It met hardly any cases that the trial had not held.",
            "some": "It met some kinds of cases that the trial had hardly held.",
            "many": "It met many kinds of cases that the trial had hardly held, or the ones that "
            "mattered.",
        },
        weights={_DATA: {"hardly": -1.0, "some": 0.5, "many": 1.75}},
        why="Who and what was missing in the sample fails first in use (R204, R206, R303).",
    ),
    Signal(
        id="live_quality",
        says={
            "as_good": "Its answers were as good in use as in the trial.",
            "worse": "Its answers were clearly worse in use than in the trial.",
            "much_worse": "Its answers were much worse in use than in the trial.",
            "never_used": "It never came into real use.",
        },
        weights={
            _FRAMING: {"never_used": 0.75},
            _DATA: {"as_good": -1.0, "worse": 1.0, "much_worse": 1.5},
            _CHANGE: {"as_good": 0.25, "much_worse": -0.5},
            _METRICS: {"as_good": 0.5, "much_worse": -0.25},
            _UPKEEP: {"as_good": -0.5, "never_used": -1.0},
            _TECHNOLOGY: {"as_good": -1.5, "worse": 0.25, "much_worse": 0.75},
        },
        why="The drop from trial to use is the sandbox illusion in one figure (R302). Good answers "
        "that came to nothing point to people or to figures; people who leave bad answers alone "
        "are right to.",
    ),
    Signal(
        id="owner",
        says={
            "from_start": "One named person in the business answered for it from the start.",
            "late": "Who answers for it was named late, changed, or could not decide.",
            "nobody": "Nobody in the business answered for it in everyday use.",
        },
        weights={_BRIDGE: {"from_start": -1.25, "late": 0.75, "nobody": 1.75}},
        why="Without an owner in the business, nobody takes over what the project ends (R103).",
    ),
    Signal(
        id="wrong_answers",
        says={
            "settled": "What happens to a wrong or doubtful answer was settled, and done.",
            "on_paper": "What happens to a wrong answer was settled on paper, and often not done.",
            "nothing": "Nothing was settled for wrong or doubtful answers.",
        },
        weights={_BRIDGE: {"settled": -1.0, "on_paper": 0.75, "nothing": 1.75}},
        why="Exceptions need a way to a person, and a wrong answer a way back (R107, R501, R904).",
    ),
    Signal(
        id="oversight",
        says={
            "regular": "Somebody who could stop it looked at its output regularly.",
            "weak": "Its output was looked at now and then, or by people who could not act.",
            "nobody": "Nobody looked at its output regularly.",
        },
        weights={
            _BRIDGE: {"regular": -1.0, "weak": 0.75, "nobody": 1.75},
            _UPKEEP: {"regular": -0.25, "nobody": 0.25},
        },
        why="By reviews that are held an organisation keeps hold of what it runs (R503, R504).",
    ),
    Signal(
        id="warnings",
        says={
            "acted": "Warnings were heard, and something was changed in time.",
            "none": "There were no warnings.",
            "late": "Warnings were heard late, or little was changed.",
            "set_aside": "Warnings were set aside.",
        },
        weights={_BRIDGE: {"acted": -1.0, "late": 0.5, "set_aside": 1.5}},
        why="Where a warning goes nowhere, nobody was there to decide (R504, R607).",
    ),
    Signal(
        id="legal",
        says={
            "settled": "Law, compliance and safety had signed before it was used.",
            "late": "Law, compliance or safety came late, or left questions open.",
            "never": "Law, compliance and safety were not settled before it was used.",
        },
        weights={_BRIDGE: {"settled": -0.5, "late": 0.5, "never": 0.75}},
        why="An approval that comes in the launch week comes too late (R112).",
    ),
    Signal(
        id="involved",
        says={
            "yes_say": "Those whose work it changed had a say from early on.",
            "heard": "Those whose work it changed were heard, late or in part.",
            "not_asked": "Those whose work it changed had no say.",
        },
        weights={_CHANGE: {"yes_say": -1.0, "heard": 0.5, "not_asked": 1.5}},
        why="Who had no say in what counts as good does not take it for good (R601).",
    ),
    Signal(
        id="prepared",
        says={
            "prepared": "They were told what changes, and trained on their own cases.",
            "partly": "They were told, and hardly trained.",
            "not_prepared": "They were neither told nor trained.",
        },
        weights={_CHANGE: {"prepared": -1.0, "partly": 0.5, "not_prepared": 1.5}},
        why="Training on cases of one's own work is what turns a tool into a habit (R602, R604).",
    ),
    Signal(
        id="fit",
        says={
            "fits": "It fitted their work and what they are measured by.",
            "mixed": "It fitted the work of some, or with extra effort.",
            "against": "It stood across their work or their interest.",
        },
        weights={_CHANGE: {"fits": -1.0, "mixed": 0.75, "against": 1.75}},
        why="Rules that reward the old way win against any announcement (R105, R606).",
    ),
    Signal(
        id="used",
        says={
            "most": "Most of those it was made for used it and went by it.",
            "some": "Many overruled it or went back to the old way.",
            "few": "Few used it; it was worked around or refused.",
            "never_offered": "It never reached those it was made for.",
        },
        weights={
            _FRAMING: {"most": -0.5, "never_offered": 0.5},
            _CHANGE: {"most": -1.5, "some": 1.0, "few": 2.5},
        },
        why="The reject rate (R605). What never reached anybody says nothing of the people, and "
        "something of the plan.",
    ),
    Signal(
        id="judged_by",
        says={
            "business": "Success was told by a business result against a comparison.",
            "both": "Success was told by business results without a comparison.",
            "technical": "Success was told by technical figures, demonstrations or impressions.",
        },
        weights={_METRICS: {"business": -1.0, "both": 0.5, "technical": 1.5}},
        why="Stage 1 passed is not stage 2 passed (R701, R703).",
    ),
    Signal(
        id="right_figure",
        says={
            "yes_same": "The figure it was built to improve stood for what was needed.",
            "partly": "The figure it was built to improve stood only in part for what was needed.",
            "stand_in": "The figure it was built to improve was a stand-in for something else.",
        },
        weights={_METRICS: {"yes_same": -1.5, "partly": 0.75, "stand_in": 2.5}},
        why="That the measure is not the aim is what wrong metrics consists of (R102, R110).",
    ),
    Signal(
        id="business_result",
        says={
            "reached": "The business result was reached.",
            "some": "Some of the business result was reached.",
            "none": "There was no business result, or it got worse.",
            "never_measured": "The business result was never measured.",
        },
        weights={
            _FRAMING: {"reached": -0.75, "never_measured": 0.25},
            _DATA: {"reached": -0.5},
            _BRIDGE: {"reached": -0.5},
            _CHANGE: {"reached": -0.5},
            _METRICS: {"reached": -1.25, "none": 0.25, "never_measured": 1.5},
            _TECHNOLOGY: {"reached": -0.75},
        },
        why="What was never measured cannot have been managed (R701); a result that was reached "
        "speaks against every cause.",
    ),
    Signal(
        id="cost",
        says={
            "within": "It cost about as much as expected.",
            "more": "It cost clearly more than expected.",
            "too_much": "It cost so much more that it was cut back or given up.",
        },
        weights={_COST: {"within": -1.0, "more": 1.25, "too_much": 3.25}},
        why="The cost trap: what is cheap for fifty is not for ten thousand (R404).",
    ),
    Signal(
        id="speed",
        says={
            "enough": "It was quick and reliable enough in full use.",
            "at_times": "It was not always quick and reliable enough.",
            "not_enough": "It was too slow, too small or too often down.",
        },
        weights={_COST: {"enough": -1.0, "at_times": 1.0, "not_enough": 3.25}},
        why="Users who wait do not come back (R403, R903).",
    ),
    Signal(
        id="upkeep",
        says={
            "kept": "Keeping it right was provided for, and done.",
            "irregular": "Keeping it right was done late or now and then.",
            "nobody": "Nobody kept it right, and it got worse with time.",
        },
        weights={_UPKEEP: {"kept": -1.5, "irregular": 1.25, "nobody": 3.0}},
        why="The maintenance nightmare (R506, R907).",
    ),
    Signal(
        id="capability",
        says={
            "can": "Under good conditions it could do the task.",
            "nearly": "Under good conditions it could nearly do the task, or a part of it.",
            "cannot": "Even under good conditions it could not do the task.",
        },
        weights={
            _DATA: {"can": 0.5, "cannot": -0.5},
            _TECHNOLOGY: {"can": -2.0, "nearly": 1.0, "cannot": 3.5},
        },
        why="What could do it in the trial and not in use points to the data; what never could "
        "points to itself (R301).",
    ),
    Signal(
        id="outside",
        says={
            "nothing": "Nothing outside ended it.",
            "partly": "Something outside had a part in its end.",
            "mainly": "Something that had nothing to do with it ended it.",
        },
        weights={_OUTSIDE: {"nothing": -1.5, "partly": 1.0, "mainly": 3.5}},
        why="Not every end is a lesson about the pilot.",
    ),
    Signal(
        id="participants",
        says={
            "everybody": "Everybody, or people drawn at random, took part in the pilot.",
            "selected": "The project chose who took part in the pilot.",
            "volunteers": "Volunteers took part in the pilot.",
        },
        weights={
            _FRAMING: {"everybody": -0.25, "volunteers": 0.25},
            _CHANGE: {"everybody": -0.25, "selected": 0.25, "volunteers": 0.5},
        },
        why="Who comes forward would use anything; the others are the test (R111, R605).",
    ),
)

BY_SIGNAL: Final[Mapping[str, Signal]] = {signal.id: signal for signal in SIGNALS}
