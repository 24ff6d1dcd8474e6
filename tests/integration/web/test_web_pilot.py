"""The pilot's page: the verdict as of now, what decides, who acts by when, and holding the gate."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fixtures.dashboard import (
    ADMINISTRATOR,
    ENGINEER,
    OWNER,
    PILOT,
    REVIEWER,
    SPONSOR,
    USER,
    Dashboard,
    dashboard,
)
from fixtures.found_in_pilot import found
from proveout.evidence.alarm import Alarm
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import WHOLE

PATH = f"/pilots/{PILOT}"
ACCURACY = "production.quality.accuracy"


def see(board: Dashboard, stage: str = "production") -> dict:
    answer = board.client.get(f"/api{PATH}?stage={stage}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_verdict_comes_first_with_what_holds_it(tmp_path: Path) -> None:
    """One sentence, the heaviest criteria with their owners, and one scorecard of all families."""
    with dashboard(tmp_path) as board:
        page, told = board.get(f"{PATH}?stage=production"), see(board)

        assert told["decision"] == "hold"
        assert told["summary"] in page.text.replace("&#34;", '"')
        assert told["holding"][0]["owner"] == "Farid Haddad (engineer)"
        assert told["holding"][0]["fix"]
        assert [each["title"] for each in told["scores"]] == [
            "Technical", "Engineering", "Business", "Organisation",
        ]  # fmt: skip
        assert told["recorded"] is None
        assert "This gate was never held." in page.text


def test_before_the_first_assessment_the_page_says_what_comes_first(tmp_path: Path) -> None:
    """That all is missing is no fault of those who would act: nothing was measured yet."""
    with dashboard(tmp_path, viewer=ENGINEER) as board:
        before, told = board.get(f"{PATH}?stage=production").text, see(board)
        assert told["is_measured"] is False
        assert "Nothing has been measured for this gate yet" in before
        assert f'<a href="{PATH}/assess?stage=production">Start the assessment</a>' in before
        assert "First somebody starts the assessment" in board.as_(USER).get(PATH).text


def test_the_gate_before_which_the_pilot_stands_is_shown(tmp_path: Path) -> None:
    """Nobody has to know the gates by name; a gate that was held moves the page on to itself."""
    with dashboard(tmp_path) as board:
        assert board.get(f"/api{PATH}").json()["stage"] == "design"
        board.send(PATH + "/gate", stage="production")
        told = board.get(f"/api{PATH}").json()
        assert (told["stage"], told["standing"]) == ("production", "In pilot")


def test_the_gate_is_held_once_however_often_the_form_is_sent(tmp_path: Path) -> None:
    """The verdict stands in the ledger with who held it; ten times at once is still once."""
    with dashboard(tmp_path) as board:
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(
                    lambda _: board.send(PATH + "/gate", act="held-0001", stage="production"),
                    range(8),
                )
            )
        assert {each.status_code for each in answers} == {303}
        verdicts = list(board.book.ledger.entries(pilot=PILOT, kinds=("verdict",)))
        assert [each.body["held_by"] for each in verdicts] == ["Helen Marsh"]
        assert board.send(PATH + "/gate", stage="production").status_code == 303
        assert len(board.book.history) == 2


def test_what_changed_since_the_recorded_verdict_is_told(tmp_path: Path) -> None:
    """The recorded one stands beside the one of now, with each criterion that moved and why."""
    with dashboard(tmp_path) as board:
        found(board, accuracy=0.93)
        board.send(PATH + "/gate", stage="production")
        assert not see(board)["recorded"]["differs"]

        found(board, run="run-2", accuracy=0.7)
        recorded = see(board)["recorded"]
        assert recorded["differs"]
        assert [
            (each["criterion"], each["was"], each["is_now"]) for each in recorded["changed"]
        ] == [(ACCURACY, "passed", "failed")]


def test_a_fix_has_a_person_and_a_day_and_is_overdue_afterwards(tmp_path: Path) -> None:
    """Who does it by when stands beside what is to be done."""
    with dashboard(tmp_path) as board:
        criterion = see(board)["holding"][0]["criterion"]
        planned = board.send(
            PATH + "/fixes", criterion=criterion, owner="Farid Haddad", due="2025-03-10",
            note="new parser", stage="production",
        )  # fmt: skip
        assert planned.status_code == 303
        assert see(board)["holding"][0]["plan"] == {
            "owner": "Farid Haddad",
            "due": "2025-03-10",
            "is_overdue": False,
            "note": "new parser",
            "planned_by": "Helen Marsh",
        }
        board.clock.move(days=8)
        assert see(board)["overdue"] == 1
        assert "2025-03-10, overdue" in board.get(f"{PATH}?stage=production").text

        unknown = board.send(PATH + "/fixes", criterion="no.such", owner="A", due="2025-04-01")
        assert unknown.status_code == 400
        assert "The standard has no criterion &#39;no.such&#39;." in unknown.text


def test_who_may_not_is_not_shown_how(tmp_path: Path) -> None:
    """An engineer plans nothing and holds no gate; the route refuses as well."""
    with dashboard(tmp_path, viewer=ENGINEER) as board:
        page = board.get(f"{PATH}?stage=production").text
        assert "Hold the gate now" not in page
        assert "Plan it" not in page
        assert "Measure anew" in page
        assert board.send(PATH + "/gate", stage="production").status_code == 403
        for viewer in (REVIEWER, SPONSOR, OWNER):
            assert "Hold the gate now" in board.as_(viewer).get(PATH).text
        for viewer in (USER, ADMINISTRATOR):
            assert "Hold the gate now" not in board.as_(viewer).get(PATH).text


def test_an_alarm_is_resolved_by_name_with_a_reason(tmp_path: Path) -> None:
    """Until then it stands on the page, with who acts; resolved twice is told."""
    with dashboard(tmp_path, viewer=REVIEWER) as board:
        alarm = Alarm(
            pilot=PILOT, metric="drift.psi", subject=WHOLE, what="<b>Suppliers</b> changed.",
            who_acts="Josef Lang", evidence="ev-1", raised_at=board.clock(),
        )  # fmt: skip
        board.book.ledger.append([NewEntry(pilot=PILOT, kind="alarm", body=alarm.as_dict())])
        assert "&lt;b&gt;Suppliers&lt;/b&gt; changed." in board.get(PATH).text

        done = board.send(PATH + "/alarms", alarm=alarm.id, why="A new supplier, told.")
        assert done.status_code == 303
        assert see(board)["alarms"] == []
        again = board.send(PATH + "/alarms", alarm=alarm.id, why="Again.")
        assert again.status_code == 400
        assert "No unresolved alarm begins" in again.text


def test_the_whole_report_is_taken_away(tmp_path: Path) -> None:
    """As the page that the command writes, and for machines."""
    with dashboard(tmp_path) as board:
        page = board.get(f"{PATH}/report.html?stage=production")
        assert page.headers["content-disposition"].endswith("invoice-reader-production.html")
        assert "What decides" in page.text
        plain = board.get(f"/api{PATH}/report.json?stage=production").json()
        assert plain["verdict"]["stage"] == "production"
        assert board.get(f"{PATH}?stage=sideways").status_code == 422
