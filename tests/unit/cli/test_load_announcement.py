"""What is said before load is sent."""

from proveout.checks.load.spec import LevelPlan
from proveout.cli.load_view import announcement


def plan(users: int, rate_per_s: float) -> LevelPlan:
    return LevelPlan(
        users=users, arrivals="closed", rate_per_s=rate_per_s, think_s=1.0, seconds=60.0,
        warm_up_s=10.0, give_up_after_s=10.0,
    )  # fmt: skip


def test_it_is_said_where_load_goes_how_much_how_long_and_how_to_stop() -> None:
    """Whoever reads it can still stop it."""
    told = announcement("https://a.example/v1", [plan(50, 4.0), plan(5_000, 41.7)], predicts=True)

    assert told == (
        "Load goes to https://a.example/v1: 50, 5,000 users one after the other, up to 41.7 "
        "requests a second, about 3 min in all. Then few users who do not pause show how much it "
        "works on at a time, to predict full size; that takes some minutes more. A level at which "
        "most requests fail is the last. Ctrl-C stops it."
    )


def test_a_single_short_level_is_no_more_than_that() -> None:
    """No list of one, and no minutes of seconds."""
    short = LevelPlan(
        users=20, arrivals="open", rate_per_s=20.0, think_s=1.0, seconds=6.0, warm_up_s=2.0,
        give_up_after_s=10.0,
    )  # fmt: skip

    assert announcement("a door of its own", [short]).startswith(
        "Load goes to a door of its own: 20 users, up to 20 requests a second, under a minute in "
        "all. A level"
    )
