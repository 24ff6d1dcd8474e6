"""The interview: 25 questions at most, each answered by one option or by "don't know".

What an answer weighs stands in `signals`, not here: a question is about what happened, and whoever
answers it should not have to think of what it will be taken for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

UNKNOWN: Final = "unknown"
"""The option that every question has besides its own: don't know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One possible answer."""

    id: str
    """Stable: answer files and the ledger hold it."""
    text: str
    """As it is read out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about a pilot that failed, stalled or went well."""

    id: str
    """Stable: answer files and the ledger hold it."""
    part: str
    """Under which heading it is asked."""
    text: str
    hint: str
    """What is meant, in one sentence, for whoever hesitates."""
    options: tuple[Option, ...]
    """Without "don't know", which is always allowed."""

    def option(self, option: str) -> Option | None:
        """Return one of its options, or None."""
        return next((each for each in self.options if each.id == option), None)

    @property
    def allowed(self) -> tuple[str, ...]:
        """Return the ids that an answer may be, "unknown" last."""
        return (*(each.id for each in self.options), UNKNOWN)


def _question(part: str, name: str, text: str, hint: str, **options: str) -> Question:
    return Question(
        id=name,
        part=part,
        text=text,
        hint=hint,
        options=tuple(Option(id=key, text=value) for key, value in options.items()),
    )


_AIM, _DATA, _WHO, _PEOPLE, _RESULT, _USE = (
    "What it was for",
    "The data",
    "Who answered for it",
    "The people who were to use it",
    "How success was told",
    "In full use",
)

QUESTIONS: Final[tuple[Question, ...]] = (
    _question(
        _AIM, "outcome",
        "Before it began: was it written down which business result it had to reach?",
        "A result is something like 'invoices are paid in 4 days instead of 9', not 'try out AI'.",
        measurable="yes, with a figure",
        vague="only a direction: explore, modernise, save costs",
        none="no; the technology came first",
    ),
    _question(
        _AIM, "decision_rule",
        "Was it agreed beforehand what would make you go on, change it, or stop?",
        "Agreed means: written down, with who decides, before there were any results.",
        before="yes, before it began",
        later="only later, or changed once results were known",
        never="no",
    ),
    _question(
        _AIM, "production_plan",
        "Was it planned from the start how it would run in everyday work?",
        "Who runs it, in which systems people use anyway, with what money, at what volume.",
        full="yes, beside the pilot from the start",
        partly="in part, or only towards the end",
        none="no; it was a trial of its own",
    ),
    _question(
        _AIM, "run_by",
        "Who kept it running during the pilot?",
        "Think of who was called when it stood still or gave a strange answer.",
        own="the people who would run it later",
        mixed="both they and the specialists who built it",
        specialists="the vendor, a laboratory or the project team alone",
    ),
    _question(
        _DATA, "trial_data",
        "On which data was it built and tried out before it was used?",
        "Everyday data has the broken, missing and odd records in it.",
        everyday="everyday data as it comes, bad records included",
        cleaned="selected or cleaned data, or small amounts",
        elsewhere="made-up data, or data of another time, place or purpose",
    ),
    _question(
        _DATA, "live_data",
        "How was the data that it met in use, compared with that?",
        "Missing fields, other formats, late deliveries, wrong entries, things that had changed.",
        same="much the same",
        somewhat="somewhat worse or different",
        much="much worse or different",
    ),
    _question(
        _DATA, "unseen_cases",
        "Did it meet people, places or kinds of cases that the trial had hardly held?",
        "Other sites, customers, languages, seasons, behaviour.",
        hardly="hardly any",
        some="some",
        many="many, or the very ones that mattered",
    ),
    _question(
        _DATA, "live_quality",
        "Were its answers as good in use as they had been in the trial?",
        "Right answers, by whatever they were checked against later.",
        as_good="as good, or nearly",
        worse="clearly worse",
        much_worse="much worse, or not fit for use",
        never_used="it never came into real use",
    ),
    _question(
        _WHO, "owner",
        "Was one named person in the business answerable for it in everyday use?",
        "Somebody who has the result, can decide, and is not the project's leader.",
        from_start="yes, from the start",
        late="named late, changed often, or without the power to decide",
        nobody="nobody, or the project team or vendor itself",
    ),
    _question(
        _WHO, "wrong_answers",
        "What was to happen when it gave a wrong or doubtful answer?",
        "Who looks at it, how fast, how somebody concerned can object, how it is undone.",
        settled="settled, and done so",
        on_paper="settled on paper or in part; often not done",
        nothing="nothing was settled",
    ),
    _question(
        _WHO, "oversight",
        "Did anybody regularly look at what it put out, with the power to change or stop it?",
        "Reviews that were held, by people who saw the results in use.",
        regular="yes, regularly",
        weak="now and then, or without the power to act",
        nobody="nobody did",
    ),
    _question(
        _WHO, "warnings",
        "Were there doubts or warnings, and what became of them?",
        "From users, experts, tests, the press: before the end was in sight.",
        acted="they were heard, and something was changed in time",
        none="there were none",
        late="they were heard late, or little was changed",
        set_aside="they were set aside",
    ),
    _question(
        _WHO, "legal",
        "Had law, compliance or safety been settled before it was used on real cases?",
        "Whoever has to approve such a thing in your field.",
        settled="yes, and signed",
        late="late, in part, or questions stayed open",
        never="no",
    ),
    _question(
        _PEOPLE, "involved",
        "Had those whose work it changed, or whom it was about, a say in what it should do?",
        "In what counts as good, in how it fits their day; not only a presentation.",
        yes_say="yes, from early on",
        heard="heard, late or in part",
        not_asked="no",
    ),
    _question(
        _PEOPLE, "prepared",
        "Were they told what changes for them, and trained on cases of their own work?",
        "What it does and does not do, whom to ask, what becomes of their job.",
        prepared="yes",
        partly="told, hardly trained",
        not_prepared="neither",
    ),
    _question(
        _PEOPLE, "fit",
        "Did it fit how they work, and what they are measured and paid by?",
        "Extra steps, false alarms, targets that reward the old way.",
        fits="it fitted, or made work easier",
        mixed="for some, or with extra effort",
        against="it stood across their work or their interest",
    ),
    _question(
        _PEOPLE, "used",
        "Did the people it was made for use it and go by it?",
        "For customers: did they come, and come back.",
        most="most did",
        some="some did; many overruled it or went back to the old way",
        few="few did, or it was worked around or refused",
        never_offered="it never reached them",
    ),
    _question(
        _RESULT, "judged_by",
        "By what was it told, at the time, that it went well?",
        "What stood in the reports and presentations.",
        business="a business result, compared with before or with a control group",
        both="business results without a comparison, beside technical figures",
        technical="technical figures, demonstrations, numbers of users, impressions",
    ),
    _question(
        _RESULT, "right_figure",
        "Did the figure that it was built to improve stand for what was really needed?",
        "A stand-in can go up while the real thing goes down.",
        yes_same="yes",
        partly="in part",
        stand_in="no; it was a stand-in for something else, or left out what mattered",
    ),
    _question(
        _RESULT, "business_result",
        "What became of the business result in the end?",
        "Counted in money, time, errors or outcomes for the people concerned.",
        reached="it was reached",
        some="some of it",
        none="none, or it got worse",
        never_measured="it was never measured",
    ),
    _question(
        _USE, "cost",
        "What did it cost at full size, or would it have, against what was expected?",
        "Per case and per month, with the people who check and correct.",
        within="about as expected",
        more="clearly more",
        too_much="so much more that it was cut back or given up",
    ),
    _question(
        _USE, "speed",
        "Did it answer quickly and reliably enough when all used it?",
        "Waiting times, outages, capacity.",
        enough="yes",
        at_times="not always",
        not_enough="no; it was too slow, too small or often down",
    ),
    _question(
        _USE, "upkeep",
        "Who kept it right when data, rules or the world changed?",
        "Updating, retraining, noticing that it gets worse.",
        kept="that was provided for and done",
        irregular="it was done late or now and then",
        nobody="nobody; it got worse with time, or its builders had gone",
    ),
    _question(
        _USE, "capability",
        "Under the best conditions, could the technology do the task at all?",
        "With good data, time and an expert beside it.",
        can="yes, as well as before or better",
        nearly="nearly, or a part of the task",
        cannot="no",
    ),
    _question(
        _USE, "outside",
        "Did something end it, or hold it up, that had nothing to do with it?",
        "Money cut for all, a merger, a new law, a vendor gone, a crisis.",
        nothing="no",
        partly="in part",
        mainly="yes, mainly that",
    ),
)  # fmt: skip
"""In the order in which they are asked; no result depends on it."""

BY_ID: Final[Mapping[str, Question]] = {question.id: question for question in QUESTIONS}
