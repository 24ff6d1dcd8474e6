"""Usage in the dashboard's database, and back out of it as a source of the check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proveout.charter.schema import Source
from proveout.desk import Desk, open_desk
from proveout.desk.usage import Use, add_usage, kept_usage
from proveout.errors import InputError
from proveout.intake.dashboard import dashboard_location, open_dashboard_usage
from proveout.intake.session import Session

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return str(tmp_path / "desk.db")


@pytest.fixture
def desk(place: str) -> Iterator[Desk]:
    with open_desk(place) as opened:
        yield opened


def uses(*numbers: int) -> list[Use]:
    return [
        Use(id=f"u{n}", person=f"p{n % 3}", at=NOW - timedelta(hours=n), outcome="kept",
            case=f"c{n}", volunteer=n % 2 == 0)
        for n in numbers
    ]  # fmt: skip


def test_each_use_is_kept_once(desk: Desk) -> None:
    """Whatever is sent again, and by whichever import."""
    first = add_usage(
        desk, "claims", uses(1, 2, 2, 3), act_id="a1", by="Ada", source="API", now=NOW
    )
    later = NOW + timedelta(hours=1)
    second = add_usage(desk, "claims", uses(3, 4), act_id="a2", by="Ada", source="f.csv", now=later)

    assert (first.n_new, first.n_known, second.n_new, second.n_known) == (3, 1, 1, 1)
    kept = kept_usage(desk, "claims")
    assert (kept.n, kept.first_at, kept.last_at) == (
        4, NOW - timedelta(hours=4), NOW - timedelta(hours=1)
    )  # fmt: skip
    assert [each.source for each in kept.imports] == ["f.csv", "API"]
    assert kept_usage(desk, "other").n == 0


def test_more_than_is_asked_for_at_once_is_kept_too(desk: Desk) -> None:
    """Ids are looked up in pieces."""
    done = add_usage(
        desk, "claims", uses(*range(1201)), act_id="a1", by="Ada", source="API", now=NOW
    )

    assert (done.n_new, kept_usage(desk, "claims").n) == (1201, 1201)


def test_the_check_reads_the_uses_of_its_own_pilot_alone(desk: Desk, place: str) -> None:
    """From SQLite and from PostgreSQL, with the columns of any usage."""
    add_usage(desk, "claims", uses(1, 2), act_id="a1", by="Ada", source="API", now=NOW)
    add_usage(desk, "other", uses(7, 8, 9), act_id="a2", by="Ada", source="API", now=NOW)
    with Session() as session:
        opened = open_dashboard_usage(
            Source(path="dashboard"), pilot="claims", session=session, location=place
        )
        rows = sorted(opened.table.to_pyarrow().to_pylist(), key=lambda row: row["person"])

    assert [(row["person"], row["case"], row["volunteer"]) for row in rows] == [
        ("p1", "c1", False), ("p2", "c2", True)
    ]  # fmt: skip
    assert rows[0]["at"] == (NOW - timedelta(hours=1)).timestamp()


def test_without_a_dashboard_it_is_said_where_one_was_looked_for(tmp_path: Path) -> None:
    """And how to name another place."""
    missing = tmp_path / "none.db"
    with Session() as session, pytest.raises(InputError) as refused:
        open_dashboard_usage(
            Source(path="dashboard"), pilot="claims", session=session, location=str(missing)
        )

    assert refused.value.message == (
        f"The charter reads usage from the dashboard, but its database is not at {missing}."
    )
    assert refused.value.hint == (
        "Start it once (proveout serve), or say where it is: export PROVEOUT_DATABASE=FILE"
    )
    assert dashboard_location({"PROVEOUT_DATABASE": "x.db"}) == "x.db"
