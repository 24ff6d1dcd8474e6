"""Which callers get the new version, and that they always do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proveout.charter.schema import Charter
from proveout.runtime.call import Call, Caller
from proveout.runtime.ports import Route
from proveout.runtime.rollout.routing import lay_out
from proveout.runtime.rollout.state import Coming, State, Step, agreed_steps, initial

VERSIONS = ("v1", "v2")
SHARES = st.floats(0, 1)
NAMES = st.none() | st.text(max_size=8)
CALLERS = st.builds(Caller, client=NAMES, key=NAMES, team=NAMES, user=NAMES)


def canary(*steps: Step, step: int | None = None) -> State:
    place = len(steps) - 1 if step is None else step
    return State(
        versions=VERSIONS,
        current="v1",
        coming=Coming(version="v2", steps=steps, step=place, began=0.0),
    )


def version(state: State, caller: Caller, call: str = "c1", pilot: str = "claims") -> str:
    request = Call(call, pilot, "json", caller, 0.0, 0.0, 30.0, b"")
    return lay_out(state, pilot, VERSIONS).of(request).version


@given(CALLERS, SHARES, SHARES)
def test_raising_the_share_only_adds_callers(caller: Caller, one: float, other: float) -> None:
    """Who has got the new version keeps it when more do."""
    few, many = (canary(Step(share=share)) for share in sorted((one, other)))

    assert not (version(few, caller) == "v2" and version(many, caller) == "v1")


@given(CALLERS.filter(lambda each: (each.user or each.client or each.key) is not None), SHARES)
def test_a_caller_goes_the_same_way_at_every_request(caller: Caller, share: float) -> None:
    """Neither the request nor the host has a say."""
    state = canary(Step(share=share))

    assert len({version(state, caller, call) for call in "abcdefgh"}) == 1


def test_the_share_is_the_share_of_callers() -> None:
    """Of 4,000 users a share of 0.25 brings in 1,000, within 4 standard errors."""
    state = canary(Step(share=0.25))
    n = sum(version(state, Caller(user=f"user-{i}")) == "v2" for i in range(4000))

    assert abs(n - 1000) < 4 * (4000 * 0.25 * 0.75) ** 0.5


def test_who_is_early_with_one_pilot_is_not_with_the_next() -> None:
    """The same people are not asked to try everything first."""
    state = canary(Step(share=0.5))
    users = [Caller(user=f"user-{i}") for i in range(1000)]
    same = sum(version(state, each) == version(state, each, pilot="refunds") for each in users)

    assert 400 < same < 600


def test_nobody_and_everybody() -> None:
    """A share of 0 brings in nobody, and of 1 everybody, known or not."""
    users = [Caller(), *(Caller(user=f"user-{i}") for i in range(500))]

    assert {version(canary(Step(share=0.0)), each) for each in users} == {"v1"}
    assert {version(canary(Step(share=1.0)), each) for each in users} == {"v2"}


def test_groups_and_teams_are_brought_in_whatever_the_share() -> None:
    """Volunteers first, then a team; those who have it keep it at later steps."""
    steps = (Step(groups=("volunteers",)), Step(groups=("claims",)))
    volunteer, colleague = Caller(user="a", groups=("volunteers",)), Caller(user="b", team="claims")
    stranger = Caller(user="c", team="sales", groups=("night",))
    seen = [
        [version(canary(*steps, step=step), each) for each in (volunteer, colleague, stranger)]
        for step in (0, 1)
    ]

    assert seen == [["v2", "v1", "v1"], ["v2", "v2", "v1"]]


def test_a_user_is_known_by_himself_before_his_client_and_key() -> None:
    """The same user goes the same way from every client."""
    state = canary(Step(share=0.5))
    ways = {version(state, Caller(user="a", client=f"c{i}", key=f"k{i}")) for i in range(20)}

    assert len(ways) == 1


def test_a_version_that_a_host_does_not_know_is_done_by_hand() -> None:
    """It is never replaced by another version in silence."""
    call = Call("c1", "p", "json", Caller(user="a"), 0.0, 0.0, 30.0, b"")
    state = canary(Step(share=1.0))
    shadow = State(
        versions=VERSIONS,
        current="v1",
        coming=Coming(version="v2", steps=(), step=None, began=0.0),
    )

    assert lay_out(state, "p", ("v1",)).of(call) == Route("manual")
    assert lay_out(state, "p", ("v2",)).of(call) == Route("v2")
    assert lay_out(shadow, "p", VERSIONS).of(call) == Route("v1", "v2")
    assert lay_out(shadow, "p", ("v1",)).of(call) == Route("v1")


def test_before_the_first_switch_the_system_answers_unless_it_is_what_is_brought_in() -> None:
    """A charter that brings in its only system begins with the manual process."""
    system = {"http": "http://x/", "version": "v1"}
    further = {"versions": [{"name": "v2", "system": "http://y/"}]}
    plain = Charter.model_validate({"pilot": "p", "system": {"http": "http://x/"}})
    next_one = Charter.model_validate(
        {
            "pilot": "p",
            "system": system,
            "gateway": further,
            "rollout": {"version": "v2", "steps": [{"groups": ["volunteers"]}, {"share": 0.1}]},
        }
    )
    first_one = Charter.model_validate(
        {"pilot": "p", "system": system, "rollout": {"version": "v1", "steps": [{"share": 0.1}]}}
    )

    assert initial(plain) == State(versions=("current",), current="current")
    assert initial(next_one) == State(versions=("v1", "v2"), current="v1")
    assert initial(first_one) == State(versions=("v1",), current="manual")
    assert agreed_steps(next_one) == (Step(groups=("volunteers",)), Step(share=0.1))
