"""The pulse survey: a few questions to those affected, and what they answered (R605, R906)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from proveout.checks.feedback.finite import wilson_of_few
from proveout.desk.feedback import OPEN_QUESTION, QUESTIONS, Group, Pulse, Question, Result, Survey
from proveout.desk.feedback.questions import FEWEST
from proveout.errors import InputError
from proveout.evidence.figures import figure, span
from proveout.statistics import wilson
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.feedback_words import Asks, Line, end_of
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

OWN = "own"
"""Key of the one question that whoever opens a survey may add."""


class QuestionLine(BaseModel):
    """One statement."""

    key: str
    text: str


class ShareLine(BaseModel):
    """How many agree with one statement."""

    text: str
    favourable: int
    """Answers of 4 or 5."""
    n: int
    share: float
    low: float
    high: float
    said: str
    """'72 % (58 to 83 %)'."""
    counts: list[int]
    """How many gave 1, 2, 3, 4 and 5."""


class GroupLine(BaseModel):
    """What one team answered to the first statement."""

    team: str
    lead: ShareLine


class SurveyLine(BaseModel):
    """One survey, and what it showed."""

    id: str
    opened_by: str
    opened_at: datetime
    ends_at: datetime
    is_open: bool
    asked: int
    n: int
    """How many have answered."""
    questions: list[QuestionLine]
    open_question: str | None
    is_shown: bool
    """False while it is open, and where fewer than five have answered."""
    shares: list[ShareLine]
    groups: list[GroupLine]
    n_hidden: int
    """Answers of teams that are too small to be shown by themselves."""
    words: list[str]


class PulsePage(BaseModel):
    """The surveys of a pilot."""

    may_open: bool
    may_say: bool
    running: SurveyLine | None
    has_answered: bool
    ended: list[SurveyLine]
    """The latest first."""
    asked_by_default: int | None
    fewest: int = FEWEST
    statements: list[str]
    open_question: str = OPEN_QUESTION


def pulse(asked: Asked, _: Nothing) -> PulsePage:
    """Show what is asked now, and what was answered before."""
    surveys = Pulse(asked.parts.desk, asked.book.pilot)
    found = [_line(surveys.result(each, asked.now), asked.now) for each in surveys.surveys()]
    running = next((each for each in found if each.is_open), None)
    account = asked.viewer.account
    heads = [each.headcount or 0 for each in asked.book.charter.change.roles]
    return PulsePage(
        may_open=asked.may(Permission.prepare),
        may_say=asked.may(Permission.say),
        running=running,
        has_answered=bool(running and account and surveys.has_answered(running.id, account)),
        ended=[each for each in found if not each.is_open],
        asked_by_default=sum(heads) or None,
        statements=[each.text for each in QUESTIONS],
    )


class OpenForm(Asks):
    """A survey to open."""

    ends_on: date
    asked: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many people are asked."""
    own_statement: Line | None = None
    open_question: Line | None = None


class PulseResult(BaseModel):
    """The survey."""

    id: str


def open_survey(asked: Asked, given: OpenForm) -> Done:
    """Ask those affected, until the end of a day."""
    own = () if given.own_statement is None else (Question(key=OWN, text=given.own_statement),)
    survey = Pulse(asked.parts.desk, asked.book.pilot).open(
        questions=(*QUESTIONS, *own),
        open_question=given.open_question or OPEN_QUESTION,
        asked=given.asked,
        who=asked.who,
        now=asked.now,
        ends_at=end_of(given.ends_on),
        act=asked.act_id,
    )
    return _done(asked, survey, f"Open until {given.ends_on}. Tell those who are asked.")


Score = Annotated[int, Field(ge=1, le=5)]


class AnswerForm(Asks):
    """One person's answers, 1 (not at all) to 5 (fully)."""

    better: Score | None = None
    trust: Score | None = None
    wrong: Score | None = None
    heard: Score | None = None
    own: Score | None = None
    team: Line | None = None
    words: str | None = Field(default=None, max_length=4_000)


def answer_survey(asked: Asked, given: AnswerForm) -> Done:
    """Answer the survey, once; nobody sees who answered what."""
    surveys = Pulse(asked.parts.desk, asked.book.pilot)
    survey, account = surveys.get(asked.path["survey"]), asked.viewer.account
    if account is None:
        raise InputError("Only people with an account can answer.", hint="Sign in first.")
    told = given.model_dump(include={each.key for each in survey.questions})
    scores = {key: int(score) for key, score in told.items() if score is not None}
    words = (given.words or "").strip() or None
    is_first = surveys.answer(
        survey, account=account, scores=scores, team=given.team, words=words, now=asked.now
    )
    says = "Thank you. Your answers are counted without your name."
    return _done(asked, survey, says if is_first else "You had answered; that stays as it was.")


def end_survey(asked: Asked, _: Nothing) -> Done:
    """End it early."""
    survey = Pulse(asked.parts.desk, asked.book.pilot).end(
        asked.path["survey"], who=asked.who, now=asked.now
    )
    return _done(asked, survey, "Ended: it takes no more answers.")


def _line(result: Result, now: datetime) -> SurveyLine:
    survey, whole = result.survey, result.whole
    lead = survey.questions[0]
    return SurveyLine(
        id=survey.id,
        opened_by=survey.opened_by,
        opened_at=survey.opened_at,
        ends_at=survey.ends_at,
        is_open=survey.is_open(now),
        asked=survey.asked,
        n=result.n,
        questions=[QuestionLine(key=each.key, text=each.text) for each in survey.questions],
        open_question=survey.open_question,
        is_shown=whole is not None,
        shares=[] if whole is None else [
            _share(whole, each, survey) for each in survey.questions
        ],
        groups=[GroupLine(team=each.name, lead=_share(each, lead, None)) for each in result.groups],
        n_hidden=result.n_hidden,
        words=list(result.words),
    )  # fmt: skip


def _share(group: Group, question: Question, survey: Survey | None) -> ShareLine:
    k, n = group.favourable(question.key), group.n(question.key)
    interval = wilson(k, n) if survey is None else wilson_of_few(k, n, max(n, survey.asked))
    return ShareLine(
        text=question.text,
        favourable=k,
        n=n,
        share=k / n,
        low=interval.low,
        high=interval.high,
        said=f"{figure(k / n, 'fraction', interval)} ({span(interval, 'fraction')})",
        counts=list(group.scores[question.key]),
    )


def _done(asked: Asked, survey: Survey, says: str) -> Done:
    path = path_to(asked.book.pilot, "/pulse")
    return Done(says=says, goes_to=path, result=PulseResult(id=survey.id))


_BASE = "/pilots/{pilot}/pulse"
PAGES = (
    Page(
        path=_BASE, title="Pulse survey", template="pulse.html.j2", needs=Permission.see,
        view=pulse, shows=PulsePage,
    ),
)  # fmt: skip
DEEDS = (
    Deed(
        path=_BASE, needs=Permission.prepare, takes=OpenForm, do=open_survey, gives=PulseResult
    ),
    Deed(
        path=f"{_BASE}/{{survey}}/answer", needs=Permission.say, takes=AnswerForm,
        do=answer_survey, gives=PulseResult,
    ),
    Deed(
        path=f"{_BASE}/{{survey}}/end", needs=Permission.prepare, takes=Nothing, do=end_survey,
        gives=PulseResult,
    ),
)  # fmt: skip
