"""The pulse survey: who answered is kept apart from what was answered."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from proveout.desk.feedback.item import moment, storable
from proveout.desk.feedback.questions import FAVOURABLE_FROM, FEWEST, Question
from proveout.desk.port import Desk
from proveout.desk.tables.feedback import PULSE_COUNTS, PULSE_SURVEYS, PULSE_TAKEN, PULSE_WORDS
from proveout.errors import InputError, NotFoundError

MOST_SURVEYS = 24
"""Shown as history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One survey, as it was opened."""

    id: str
    pilot: str
    questions: tuple[Question, ...]
    open_question: str | None
    asked: int
    """How many people are asked."""
    opened_by: str
    opened_at: datetime
    ends_at: datetime
    ended_by: str | None = None
    """Who ended it early."""

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still takes answers."""
        return now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What the people of one team answered, or all of them."""

    name: str
    """Empty for all."""
    scores: Mapping[str, tuple[int, int, int, int, int]] = field(default_factory=dict)
    """By question: how many gave 1, 2, 3, 4 and 5."""

    def n(self, question: str) -> int:
        """Return how many answered it."""
        return sum(self.scores.get(question, ()))

    def favourable(self, question: str) -> int:
        """Return how many gave 4 or 5."""
        return sum(self.scores.get(question, ())[FAVOURABLE_FROM - 1 :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a survey showed."""

    survey: Survey
    n: int
    """How many answered."""
    whole: Group | None
    """None while it is open, and where fewer than FEWEST answered."""
    groups: tuple[Group, ...] = ()
    """Teams of at least FEWEST; none from which a smaller one could be told by subtraction."""
    n_hidden: int = 0
    """Answers that are in no group shown."""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pulse:
    """The surveys of one pilot."""

    desk: Desk
    pilot: str

    def open(
        self,
        *,
        questions: Sequence[Question],
        open_question: str | None,
        asked: int,
        who: str,
        now: datetime,
        ends_at: datetime,
        act: str,
    ) -> Survey:
        """Open one; the same act again opens no second. Raises InputError."""
        if not now < ends_at:
            raise InputError("The end of a survey lies ahead.", hint="Name a later day.")
        row = {
            "id": act, "pilot": self.pilot, "asked": asked, "opened_by": who,
            "questions": json.dumps([[each.key, each.text] for each in questions]),
            "open_question": storable(open_question), "opened_at": now.timestamp(),
            "ends_at": ends_at.timestamp(),
        }  # fmt: skip
        table = PULSE_SURVEYS.c
        with self.desk.writing() as connection:
            if self.desk.dialect == "postgresql":
                # Of two who open one at the same moment, the second waits, and sees the first.
                lock = func.pg_advisory_xact_lock(func.hashtext(f"pulse {self.pilot}"))
                connection.execute(select(lock))
            other = select(table.ends_at).where(
                table.pilot == self.pilot, table.ends_at > now.timestamp(), table.id != act
            )
            ends = moment(connection.execute(other.limit(1)).scalar())
            if ends is not None:
                raise InputError(
                    f"A survey runs until {ends:%Y-%m-%d}.", hint="End that one first."
                )
            connection.execute(
                self._insert(PULSE_SURVEYS)
                .values(row)
                .on_conflict_do_nothing(index_elements=["id"])
            )
        return self.get(act)

    def get(self, id_: str) -> Survey:
        """Return one. Raises NotFoundError."""
        table = PULSE_SURVEYS.c
        query = select(PULSE_SURVEYS).where(table.id == id_, table.pilot == self.pilot)
        with self.desk.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError("There is no such survey.", hint="See the surveys of the pilot.")
        return _survey(row)

    def surveys(self, most: int = MOST_SURVEYS) -> list[Survey]:
        """Return the surveys, the latest first."""
        table = PULSE_SURVEYS.c
        query = select(PULSE_SURVEYS).where(table.pilot == self.pilot)
        with self.desk.reading() as connection:
            rows = connection.execute(query.order_by(table.opened_at.desc()).limit(most))
            return [_survey(row) for row in rows.mappings()]

    def running(self, now: datetime) -> Survey | None:
        """Return the one that takes answers."""
        return next((each for each in self.surveys(2) if each.is_open(now)), None)

    def end(self, id_: str, *, who: str, now: datetime) -> Survey:
        """End one early; one that has ended stays as it is."""
        table = PULSE_SURVEYS.c
        with self.desk.writing() as connection:
            connection.execute(
                update(PULSE_SURVEYS)
                .where(table.id == id_, table.pilot == self.pilot)
                .where(table.ends_at > now.timestamp())
                .values(ends_at=now.timestamp(), ended_by=who)
            )
        return self.get(id_)

    def has_answered(self, survey: str, account: str) -> bool:
        """Tell whether somebody has."""
        table = PULSE_TAKEN.c
        query = select(table.survey).where(table.survey == survey, table.account == account)
        with self.desk.reading() as connection:
            return connection.execute(query).first() is not None

    def answer(
        self,
        survey: Survey,
        *,
        account: str,
        scores: Mapping[str, int],
        team: str | None,
        words: str | None,
        now: datetime,
    ) -> bool:
        """Count one person's answers; False where they had answered before. Raises InputError."""
        if not survey.is_open(now):
            raise InputError("This survey has ended.", hint="The next one is announced here.")
        lacking = [each.text for each in survey.questions if scores.get(each.key) is None]
        if lacking:
            raise InputError(f"One question has no answer: {lacking[0]}", hint="Choose 1 to 5.")
        if any(not 1 <= score <= 5 for score in scores.values()):
            raise InputError("Answers are from 1 to 5.", hint="Choose 1 to 5.")
        with self.desk.writing() as connection:
            taken = connection.execute(
                self._insert(PULSE_TAKEN)
                .values(survey=survey.id, account=account)
                .on_conflict_do_nothing(index_elements=["survey", "account"])
                .returning(PULSE_TAKEN.c.survey)
            )
            if taken.first() is None:
                return False
            for each in sorted(survey.questions, key=lambda question: question.key):
                connection.execute(
                    self._insert(PULSE_COUNTS)
                    .values(survey=survey.id, team=storable(team) or "", question=each.key,
                            score=scores[each.key], n=1)
                    .on_conflict_do_update(
                        index_elements=["survey", "team", "question", "score"],
                        set_={"n": PULSE_COUNTS.c.n + 1},
                    )
                )  # fmt: skip
            if words:
                connection.execute(
                    PULSE_WORDS.insert().values(
                        survey=survey.id, id=secrets.token_hex(8), words=storable(words)
                    )
                )
        return True

    def result(self, survey: Survey, now: datetime) -> Result:
        """Return what it showed, and nothing of groups too small to hide anybody."""
        with self.desk.reading() as connection:
            counts = PULSE_COUNTS.c
            rows = connection.execute(
                select(counts.team, counts.question, counts.score, counts.n).where(
                    counts.survey == survey.id
                )
            )
            table: dict[str, dict[str, list[int]]] = {}
            for team, question, score, n in rows:
                scores = table.setdefault(team, {}).setdefault(question, [0] * 5)
                scores[score - 1] += n
            taken = select(func.count()).select_from(PULSE_TAKEN)
            n_all = int(
                connection.execute(taken.where(PULSE_TAKEN.c.survey == survey.id)).scalar_one()
            )
            words = PULSE_WORDS.c
            said = list(
                connection.execute(
                    select(words.words).where(words.survey == survey.id).order_by(words.id)
                ).scalars()
            )
        return shown(survey, table, n=n_all, words=said, now=now)

    @property
    def _insert(self) -> Any:
        return sqlite.insert if self.desk.dialect == "sqlite" else postgresql.insert


def shown(
    survey: Survey,
    table: Mapping[str, Mapping[str, Sequence[int]]],
    *,
    n: int,
    words: Sequence[str],
    now: datetime,
) -> Result:
    """Return what may be shown of counts by team and question. Pure.

    Nothing before the end: two looks, before and after one answer, would tell that answer. Where
    the teams that are too small have fewer than FEWEST answers together, subtraction would tell
    them; then the smallest team that is not is left out as well.
    """
    if survey.is_open(now) or n < FEWEST:
        return Result(survey=survey, n=n, whole=None, n_hidden=n)
    lead = survey.questions[0].key
    groups = {
        team: Group(name=team, scores={key: _five(found) for key, found in scores.items()})
        for team, scores in table.items()
    }
    large = sorted(
        (each for team, each in groups.items() if team and each.n(lead) >= FEWEST),
        key=lambda each: each.n(lead),
    )
    hidden = n - sum(each.n(lead) for each in large)
    while large and 0 < hidden < FEWEST:
        hidden += large.pop(0).n(lead)
    whole = Group(
        name="",
        scores={
            question.key: _five(
                [
                    sum(scores.get(question.key, [0] * 5)[place] for scores in table.values())
                    for place in range(5)
                ]
            )
            for question in survey.questions
        },
    )
    return Result(
        survey=survey,
        n=n,
        whole=whole,
        groups=tuple(sorted(large, key=lambda each: each.name)),
        n_hidden=hidden,
        words=tuple(words) if len(words) >= FEWEST else (),
    )


def _five(counts: Sequence[int]) -> tuple[int, int, int, int, int]:
    one, two, three, four, five = counts
    return one, two, three, four, five


def _survey(row: RowMapping) -> Survey:
    opened, ends = moment(row["opened_at"]), moment(row["ends_at"])
    assert opened is not None  # noqa: S101  # not nullable
    assert ends is not None  # noqa: S101
    questions = tuple(Question(key=key, text=said) for key, said in json.loads(row["questions"]))
    return Survey(**{**row, "questions": questions, "opened_at": opened, "ends_at": ends})
