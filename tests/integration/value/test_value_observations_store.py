"""Observations in the dashboard's database, and back out of it as the records of a check."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from proveout.charter.schema.value import CaseRecord
from proveout.desk import Desk, open_desk
from proveout.desk.imports import Import, Shelf
from proveout.desk.observations import (
    Observation,
    add_observations,
    counted_observations,
    kept_observations,
)
from proveout.desk.tables.observations import OBSERVATION_IMPORTS, OBSERVATIONS
from proveout.errors import InputError
from proveout.intake.dashboard import of_kpi, open_dashboard_observations
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


def case(number: int, **more: Any) -> Observation:
    at = NOW - timedelta(hours=number)
    return Observation(**{"id": f"o{number}", "at": at, "kpi": "time", "value": 5.0, **more})


def add(desk: Desk, *given: Observation, pilot: str = "claims", act: str = "a1") -> Import:
    return add_observations(desk, pilot, given, act_id=act, by="Ada", source="API", now=NOW)


def rows(
    place: str, *kpis: str, record: str | dict[str, Any] = "dashboard"
) -> list[dict[str, Any]]:
    with Session() as session:
        opened = open_dashboard_observations(
            CaseRecord.model_validate(record), pilot="claims", session=session, location=place
        )
        table = of_kpi(opened.table, *kpis) if kpis else opened.table
        return list(table.to_pyarrow().to_pylist())


def test_each_observation_is_kept_once_and_counted_by_kpi(desk: Desk) -> None:
    """Whatever is sent again, and in whichever pilot."""
    first = add(desk, case(1, with_system=True), case(2), case(2), case(3, kpi="cost"))
    second = add(desk, case(3, kpi="cost"), case(4, kpi=None), act="a2")
    add(desk, case(1), pilot="others")

    assert (first.n_new, first.n_known, second.n_new, second.n_known) == (3, 1, 1, 1)
    assert kept_observations(desk, "claims").n == 4
    counts = {each.kpi: (each.n, each.n_with) for each in counted_observations(desk, "claims")}
    assert counts == {"time": (2, 1), "cost": (1, 0), None: (1, 0)}


def test_an_open_case_is_completed_once(desk: Desk, place: str) -> None:
    """With all that is known of it then; what is complete stays as it is."""
    add(desk, case(5, value=None, with_system=False))
    add(desk, case(5, value=None, ended=NOW, with_system=True, more={"pages": 2}), act="a2")
    add(desk, case(5, value=9.0), act="a3")

    (only,) = rows(place)
    assert (only["value"], only["ended"], only["with_system"], only["pages"]) == (
        None, NOW, True, 2.0
    )  # fmt: skip
    assert kept_observations(desk, "claims").n == 1


def test_the_end_of_a_case_is_kept_in_whatever_order_it_comes(desk: Desk, place: str) -> None:
    """Also in one request: a row of the open case behind it takes nothing back."""
    add(desk, case(5, value=None, ended=NOW), case(5, value=None))

    assert [each["ended"] for each in rows(place)] == [NOW]


class _Late(Shelf):
    """Looks before somebody else adds the same rows, and adds its own afterwards."""

    def _known(self, connection: object, pilot: str, ids: Sequence[str]) -> set[str]:
        return set()


def test_the_end_of_a_case_is_kept_though_another_was_quicker(desk: Desk, place: str) -> None:
    """Of two who send a case at once, one open and one ended, the end counts."""
    add(desk, case(5, value=None))
    ended = {
        "pilot": "claims", "id": "o5", "kpi": "time", "at": NOW.timestamp(),
        "ended": NOW.timestamp(), "value": None, "case_id": None, "team": None, "person": None,
        "with_system": None, "assigned": None, "volunteer": None, "more": None,
    }  # fmt: skip
    late = _Late(rows=OBSERVATIONS, imports=OBSERVATION_IMPORTS, completed_by=("ended", "value"))
    done = late.add(desk, "claims", {"o5": ended}, 1, act_id="a2", by="Eva", source="API", now=NOW)

    assert (done.n_new, done.n_known) == (0, 1)
    assert [each["ended"] for each in rows(place)] == [NOW]


def test_a_kpi_has_its_own_rows_and_those_of_several(desk: Desk, place: str) -> None:
    """By any of its names; another pilot's are not there."""
    add(desk, case(1), case(2, kpi="zeit"), case(3, kpi="cost"), case(4, kpi=None))
    add(desk, case(9), pilot="others")

    assert len(rows(place)) == 4
    assert [each["kpi"] for each in rows(place, "time", "zeit")] == [None, "zeit", "time"]


def test_columns_are_called_as_the_record_says(desk: Desk, place: str) -> None:
    """Further ones keep their names, and give way to those that are taken."""
    more = {"pages": 3.0, "kind": "scan", "urgent": False, "Value": "no", "site": "x"}
    add(desk, case(1, team="north", more=more), case(2, more={"pages": None, "kind": 7.0}))
    first = rows(place, record={"source": "dashboard", "team": "site", "at": "begun"})[1]

    assert first == {
        "kpi": "time", "begun": NOW - timedelta(hours=1), "ended": None, "value": 5.0,
        "case": None, "site": "north", "person": None, "with_system": None, "assigned": None,
        "volunteer": None, "pages": 3.0, "kind": "scan", "urgent": False,
    }  # fmt: skip


def test_the_tables_are_those_that_the_migration_makes(desk: Desk) -> None:
    """Column by column, with what may be missing and what is the key."""
    with desk.reading() as connection:
        seen = inspect(connection)
        for table in (OBSERVATIONS, OBSERVATION_IMPORTS):
            made = {each["name"]: each["nullable"] for each in seen.get_columns(table.name)}
            assert made == {each.name: each.nullable for each in table.columns}
            key = seen.get_pk_constraint(table.name)["constrained_columns"]
            assert key == [each.name for each in table.primary_key.columns]
            indexes = {each["name"]: each["column_names"] for each in seen.get_indexes(table.name)}
            wanted = {each.name: [column.name for column in each.columns] for each in table.indexes}
            assert indexes == wanted


def test_a_database_of_before_is_brought_up_with_all_that_it_holds(tmp_path: Path) -> None:
    """A dashboard that knew no observations goes on with them."""
    place = tmp_path / "desk.db"
    with open_desk(str(place)):
        pass
    with closing(sqlite3.connect(place)) as database:
        database.executescript(
            "DROP TABLE kpi_observations; DROP TABLE kpi_observation_imports;"
            "UPDATE desk_schema SET version_num = '0006';"
            "INSERT INTO usage_events (pilot, id, person, at) VALUES ('claims', 'u1', 'ada', 1);"
        )
    with open_desk(str(place)) as desk:
        add(desk, case(1))
        assert kept_observations(desk, "claims").n == 1
    with closing(sqlite3.connect(place)) as database:
        assert database.execute("SELECT person FROM usage_events").fetchall() == [("ada",)]


def test_without_a_database_it_is_said_where_it_was_looked_for(tmp_path: Path) -> None:
    """With what to do."""
    place = tmp_path / "nowhere.db"
    with pytest.raises(InputError) as refused:
        rows(str(place))

    assert refused.value.message == (
        f"The charter reads observations from the dashboard, but its database is not at {place}."
    )
