"""The dashboard takes usage in, the check counts it, and the page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.dashboard import ENGINEER, NOW, PILOT, USER, Dashboard, dashboard
from proveout.assess.workspace import Workspace

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
USAGE = f"/pilots/{PILOT}/usage"
PAGE = f"/pilots/{PILOT}/adoption"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    with dashboard(tmp_path, viewer=ENGINEER) as opened:
        yield opened


def event(number: int, person: str, days: float = 1, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=days)).isoformat()
    return {"id": f"u{number}", "person": person, "at": at, "outcome": "kept", **more}


def test_the_same_use_sent_twice_is_one_use(board: Dashboard) -> None:
    """By its id, whether in one request or in two."""
    first = board.api(USAGE, events=[event(1, "ada"), event(2, "ben"), event(2, "ben")])
    second = board.api(USAGE, events=[event(2, "ben"), event(3, "cy")])

    assert first.json() == {"new": 2, "known": 1, "refused": 0}
    assert second.json() == {"new": 1, "known": 1, "refused": 0}
    held = board.client.get(f"/api{PAGE}").json()["held"]
    assert (held["events"], len(held["imports"]), held["is_used"]) == (3, 2, False)


def test_whoever_may_not_run_checks_may_not_give_usage(board: Dashboard) -> None:
    """An end user sees the page without the form."""
    answer = board.as_(USER).api(USAGE, events=[event(1, "ada")])

    assert answer.status_code == 403
    assert "usage/file" not in board.get(PAGE).text


@pytest.mark.parametrize(
    "events",
    [
        [],  # nothing
        [{"id": "1", "person": "", "at": "2025-01-01T00:00:00Z"}],  # nobody
        [{"id": "1", "person": "ada", "at": "2025-01-01T00:00:00"}],  # a moment without zone
        [{"id": "1", "person": "ada", "at": "9999-12-31T23:59:59-14:00"}],  # no moment of use
        [{"id": "1", "person": "\x00", "at": "2025-01-01T00:00:00Z"}],  # nobody after all
        [event(number, "ada") for number in range(10_001)],  # too many
    ],
)
def test_what_makes_no_use_is_refused_whole(board: Dashboard, events: list[Any]) -> None:
    """Nothing of the request is kept."""
    assert board.api(USAGE, events=events).status_code == 422
    assert board.client.get(f"/api{PAGE}").json()["held"]["events"] == 0


def sent(board: Dashboard, name: str, content: bytes) -> Any:
    return board.client.post(
        f"{USAGE}/file", data={"csrf": board.viewer.csrf}, files={"file": (name, content)}
    )


MESSY = (
    "person;at;outcome;team\n"
    "ada;03.02.2025 09:12:00;kept;north\n"
    "ada;03.02.2025 09:12:00;kept;north\n"
    ";04.02.2025 10:00:00;kept;north\n"
    "Müller;04.02.2025 11:00:00;overruled;south\n"
).encode("cp1252")


def test_a_messy_file_is_read_and_what_cannot_be_is_shown(board: Dashboard) -> None:
    """Semicolons, an old encoding, two equal rows; and the same file again adds nothing."""
    first = sent(board, "usage.csv", MESSY)
    board.clock.move(hours=1)
    again = sent(board, "usage.csv", MESSY)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == f"{PAGE}#import"
    held = board.client.get(f"/api{PAGE}").json()["held"]
    assert held["events"] == 3
    assert [(each["new"], each["known"], each["refused"]) for each in held["imports"]] == [
        (0, 3, 1), (3, 0, 1)
    ]  # fmt: skip
    assert held["imports"][0]["examples"] == ["use 3: nobody is named"]
    assert "use 3: nobody is named" in board.get(PAGE).text


def test_moments_that_make_no_sense_are_refused_row_by_row(board: Dashboard) -> None:
    """The others are kept; days with points are day, month, year."""
    content = b"person,at\nada,gestern\nben,03.02.2025\ncy,2025-02-04 10:00\ndan,0001-01-01\n"
    sent(board, "u.csv", content)

    held = board.client.get(f"/api{PAGE}").json()["held"]
    assert (held["events"], held["imports"][0]["refused"]) == (2, 2)
    assert held["first_at"] == "2025-02-03T00:00:00Z"
    assert held["imports"][0]["examples"] == [
        "use 1: 'gestern' is no moment", "use 4: '0001-01-01' is no moment"
    ]  # fmt: skip


def test_a_file_that_is_no_table_is_refused_with_what_it_is(board: Dashboard) -> None:
    """By its content, under the name that the sender knows."""
    answer = sent(board, "<b>usage</b>.csv", b"\x89PNG\r\n\x1a\n" + b"0" * 100)

    assert answer.status_code == 400
    assert "is a PNG picture" in answer.text
    assert "<b>usage" not in answer.text


def test_the_charter_can_read_what_the_dashboard_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the API to the check to the page: funnel, weeks, teams, and who is missing by number."""
    monkeypatch.setenv("PROVEOUT_DATABASE", str(tmp_path / "desk.db"))
    with dashboard(tmp_path, viewer=ENGINEER, is_sealed=False) as board:
        folder = tmp_path / "pilot"
        names = [f"person{number}" for number in range(20)]
        roster = ["person,team,volunteer,eligible_from"]
        roster += [
            f"{name},{('south', 'north')[number % 2]},{'yes' if number < 8 else 'no'},2024-12-01"
            for number, name in enumerate(names)
        ]
        (folder / "staff.csv").write_text("\n".join(roster))
        charter = folder / "pilot.yaml"
        charter.write_text(
            charter.read_text()
            + "\nadoption: {people: staff.csv, usage: {source: dashboard, person: employee}}\n"
        )
        board.api(
            USAGE,
            events=[
                event(100 * week + number, name, days=7 * week + 1)
                for week in range(8)
                for number, name in enumerate(names[: 14 - week])
            ],
        )
        run_the_check(board, charter, tmp_path)

        page = board.client.get(f"/api{PAGE}").json()
        html = board.get(PAGE).text

    assert [(each["name"], each["people"]) for each in page["steps"]] == [
        ("Eligible", 20), ("Activated", 14), ("Active", 14), ("Retained", 10)
    ]  # fmt: skip
    assert [week["people"] for week in page["weeks"]] == [7, 8, 9, 10, 11, 12, 13, 14]
    assert {each["name"]: each["never_began"] for each in page["groups"]} == {
        "north": 3, "south": 3, "yes": 0, "no": 6
    }  # fmt: skip
    assert page["prediction"]["is_known"] is True
    assert page["held"]["is_used"] is True
    assert "person1" not in html
    assert "of those who did not come forward can be expected not to take it up" in html


def run_the_check(board: Dashboard, charter: Path, folder: Path) -> None:
    """Run the check adoption on the charter as it is now, and have the dashboard know it."""
    from proveout.charter.loading import load_charter

    workspace = Workspace(
        loaded=load_charter(charter),
        registry=board.parts.registry,
        ledger=board.parts.library.places[0].ledger,
        folder=folder,
        clock=board.clock,
    )
    assert "adoption" in {each.name for each in workspace.checks()}
    workspace.run(["adoption"], seed=1, watch=lambda event: None)
