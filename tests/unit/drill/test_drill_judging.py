"""When a fault counts as noticed, and from when on users count as served again."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest

from proveout.checks.drill.judging import judge, words_of
from proveout.checks.drill.record import Asked, FaultOn, HeldDrill, Said, ServedBy
from proveout.checks.drill.scenario import Scenario

SCENARIO = Scenario.model_validate(
    {
        "name": "s",
        "title": "S",
        "hours": 1,
        "faults": [{"name": "down", "from_hour": 0.1, "to_hour": 0.2, "fault": {"kind": "outage"}}],
    }
)


def fault(name: str = "down", began_s: float = 100, ended_s: float = 200) -> FaultOn:
    """A fault as it was on."""
    return FaultOn(
        name=name,
        kind="outage",
        share=1,
        sign="Silence.",
        when="",
        began_s=began_s,
        ended_s=ended_s,
    )


def ack(at_s: float, who: str = "Ana", *, is_vendor: bool = False) -> Said:
    """An acknowledgement."""
    return Said(at_s=at_s, deed="ack", who=who, is_vendor=is_vendor)


def requests(*stretches: tuple[float, float, ServedBy | None]) -> Iterator[Asked]:
    """One request a second in each stretch, ended half a second after it was due."""
    for begin, end, served_by in stretches:
        for second in range(int(begin), int(end)):
            yield Asked(due_s=second, done_s=second + 0.5, served_by=served_by)


def held(*faults: FaultOn, said: tuple[Said, ...] = (), asked: Iterable[Asked] = ()) -> HeldDrill:
    """A drill with these things in it."""
    return HeldDrill(
        scenario=SCENARIO,
        began_at=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=400,
        faults=faults,
        said=said,
        asked=tuple(asked),
        steps=("Tell", "Switch"),
        participants=("Ana",),
        vendor=("Vic",),
        users=1,
        give_up_after_s=10,
        fallback=False,
        notified=False,
        simulated=False,
        inputs={},
    )


SERVED_AROUND = ((0, 100, "system"), (100, 200, None), (200, 400, "system"))


def test_users_are_served_again_with_the_first_answer_that_lasts() -> None:
    """The end of the first answered request after which nothing is wrong any more."""
    (seen,) = judge(
        held(fault(), said=(ack(160),), asked=requests(*SERVED_AROUND)), recover_within_s=3600
    ).faults

    assert (seen.notice_s, seen.recover_s, seen.was_felt) == (60, 100.5, True)
    assert (seen.n_served, seen.n_due) == (0, 100)


def test_the_fallback_serves_users_while_the_fault_is_still_on() -> None:
    """What serves them does not matter; that they are served does."""
    asked = requests(
        (0, 100, "system"), (100, 130, None), (130, 200, "fallback"), (200, 400, "system")
    )
    (seen,) = judge(held(fault(), asked=asked), recover_within_s=3600).faults

    assert seen.recover_s == 30.5


def test_a_lucky_stretch_is_no_recovery() -> None:
    """Twenty answers in a row do not count where users go on failing until the fault ends."""
    failing = ((100, 130, None), (130, 155, "system"), (155, 200, None))
    asked = requests((0, 100, "system"), *failing, (200, 400, "system"))
    (seen,) = judge(held(fault(), asked=asked), recover_within_s=3600).faults

    assert seen.recover_s == 100.5


def test_nobody_answers_for_the_next_fault() -> None:
    """Ten seconds in which all are served show recovery, though the next fault begins then."""
    faults = (fault(), fault("again", began_s=210, ended_s=220))
    asked = requests(
        *SERVED_AROUND[:2], (200, 210, "system"), (210, 220, None), (220, 400, "system")
    )

    first, second = judge(held(*faults, asked=asked), recover_within_s=3600).faults

    assert (first.recover_s, second.recover_s) == (100.5, 10.5)


def test_a_fault_that_users_do_not_feel_needs_no_recovery() -> None:
    """Served throughout is 0 s, and is told as such."""
    (seen,) = judge(held(fault(), asked=requests((0, 400, "system"))), recover_within_s=3600).faults

    assert (seen.recover_s, seen.was_felt) == (0, False)


def test_a_system_that_errs_now_and_then_is_held_to_what_it_usually_does() -> None:
    """One answer in ten was of no use before any fault: that is not what has to be recovered."""
    asked = [
        Asked(
            due_s=s, done_s=s + 0.5, served_by=None if s % 10 == 0 or 100 <= s < 200 else "system"
        )
        for s in range(400)
    ]
    (seen,) = judge(held(fault(), asked=asked), recover_within_s=3600).faults

    assert seen.recover_s == pytest.approx(101.5, abs=1)


def test_without_requests_afterwards_recovery_is_not_seen() -> None:
    """Missing evidence is never a pass."""
    judgement = judge(
        held(fault(), said=(ack(110),), asked=requests((0, 100, "system"), (100, 203, None))),
        recover_within_s=3600,
    )

    assert judgement.faults[0].recover_s is None
    assert judgement.shortcomings == ("Users were not seen to be served again after down.",)


def test_an_acknowledgement_counts_for_all_that_is_on_and_for_nothing_else() -> None:
    """Two faults at once are one alarm; one that is over is not noticed by the way."""
    early, one, two = fault("early", 10, 20), fault("one", 100, 200), fault("two", 110, 200)
    judgement = judge(held(early, one, two, said=(ack(150),)), recover_within_s=3600)

    assert [seen.notice_s for seen in judgement.faults] == [None, 50, 40]


def test_a_fault_may_be_noticed_when_it_is_over() -> None:
    """Where nothing is on, an acknowledgement is of the last one that nobody noticed."""
    judgement = judge(
        held(fault("a", 10, 20), fault("b", 30, 40), said=(ack(90), ack(95), ack(99))),
        recover_within_s=3600,
    )

    assert [seen.notice_s for seen in judgement.faults] == [85, 60]
    assert judgement.false_alarms == (ack(99),)


def test_an_acknowledgement_before_any_fault_is_a_false_alarm() -> None:
    """It notices nothing that is yet to come."""
    judgement = judge(held(fault(), said=(ack(50),)), recover_within_s=3600)

    assert judgement.faults[0].noticed is None
    assert judgement.false_alarms == (ack(50),)


def test_what_the_vendor_does_is_not_the_companys() -> None:
    """Neither noticing nor steps; that somebody of the vendor took part is a shortcoming."""
    said = (
        ack(110, "Vic", is_vendor=True),
        Said(at_s=120, deed="step", who="Vic", is_vendor=True, step=1),
        Said(at_s=130, deed="step", who="Ana", step=2),
        Said(at_s=140, deed="vendor", who="Ana", text="only they have the key"),
    )
    judgement = judge(
        held(fault(), said=said, asked=requests(*SERVED_AROUND)), recover_within_s=3600
    )

    assert judgement.steps_done == (2,)
    assert judgement.shortcomings == (
        "Nobody of the company noticed down.",
        "Vic of the vendor took part.",
        "Vic of the vendor took part.",
        "The vendor was needed: only they have the key",
    )


def test_limits_are_held_in_real_seconds() -> None:
    """A quarter of an hour to notice, and the rollback's own time to recover."""
    judgement = judge(
        held(fault(), said=(ack(1001),), asked=requests(*SERVED_AROUND)), recover_within_s=60
    )

    assert judgement.shortcomings == (
        "down was noticed after 15 min 1 s.",
        "After down users were served again after 1 min 40 s.",
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2.44, "2.4 s"), (59.6, "1 min"), (59.4, "59 s"), (250, "4 min 10 s"), (7260, "2 h 1 min")],
)
def test_durations_are_written_as_they_are_said(seconds: float, words: str) -> None:
    """No more of it than people say."""
    assert words_of(seconds) == words
