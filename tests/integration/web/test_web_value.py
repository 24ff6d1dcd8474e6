"""The value page, and the observations that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.dashboard import ENGINEER, NOW, PILOT, USER, Dashboard, dashboard
from fixtures.valued import COST, MINUTES, full_board, kpi_facts, record, technical_facts, use_facts
from proveout.assess.workspace import Workspace
from proveout.charter.loading import load_charter
from proveout.evidence.model import Subject
from proveout.intake import CharterData
from proveout.intake.session import Session

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
PAGE = f"/pilots/{PILOT}/value"
GIVEN = f"{PAGE}/observations"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    with dashboard(tmp_path, viewer=ENGINEER) as opened:
        yield opened


def shown(board: Dashboard) -> dict[str, Any]:
    answer = board.client.get(f"/api{PAGE}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def row(days: float = 1, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=days)).isoformat()
    return {"kpi": MINUTES, "at": at, "value": 2.5, **more}


def sent(board: Dashboard, content: str, **fields: str) -> Any:
    return board.client.post(
        f"{GIVEN}/file",
        data={"csrf": board.viewer.csrf, **fields},
        files={"file": ("cases.csv", content.encode())},
    )


def held(board: Dashboard) -> dict[str, Any]:
    return shown(board)["held"]


def test_an_empty_page_says_what_to_do_next(board: Dashboard) -> None:
    """No figure, no error: for each thing the next step."""
    page, text = shown(board), board.get(PAGE).text

    assert (page["state"], page["name"], page["causes"]) == ("unknown", "Not yet known", [])
    assert [each["state"] for each in page["kpis"]] == ["unknown", "unknown"]
    for step in (
        "Name the records in the charter (value.records), or give observations below and write "
        "value: {records: dashboard}.",
        "Write the business case into the charter: value.returns with worth, currency and costs.",
        "let a monitor look every week",
    ):
        assert step in text


def test_the_whole_page_shows_both_teams_each_figure_and_the_return(board: Dashboard) -> None:
    """The same in the document and on the page."""
    full_board(board)
    page, text = shown(board), board.get(PAGE).text

    assert [each["title"] for each in page["columns"]] == ["Technical", "Engineering", "Business"]
    assert [(each["kpi"], each["state_words"]) for each in page["kpis"]] == [
        (MINUTES, "reached"), (COST, "not decided yet"),
    ]  # fmt: skip
    assert [each["name"] for each in page["causes"]] == ["too-few-cases"]
    assert page["returns"]["lead"] == "It pays, even at the worse end of what we are sure of."
    origins = [each["origin"] for each in page["returns"]["origins"]]
    assert origins == ["measured", "from the charter"]
    assert page["lines"]["titles"] == [
        "Clerk's minutes for one invoice, corrections included",
        "Clerk's time and licences for one invoice", "Uses in a week",
    ]  # fmt: skip
    for said in (
        "With the system, a case takes 2.3 minutes on average; the manual way, 6.4 minutes.",
        "it is not for deciding",
        "It would break by this: clerks who hand difficult invoices on to the other group.",
        "22 rows: it ends before it begins",
        "rolled out",
        "Run cost of a month is 2,400 EUR a month now; above 5,800 EUR a month it becomes a loss.",
    ):
        assert said in text


def test_report_and_board_paper_say_how_both_teams_stand(board: Dashboard) -> None:
    """In the same words as the page; where nobody asked for value, neither says anything."""
    report, paper = f"/pilots/{PILOT}/report.html?stage=scale", f"/pilots/{PILOT}/board"
    before = board.get(report).text + board.get(paper).text
    full_board(board)
    told, sentence = board.get(report).text, shown(board)["summary"]

    assert "What the business has of it" not in before
    assert "Both teams" not in before
    assert sentence.partition(":")[0] in told
    assert "Both teams beside each other" in told
    assert "Both teams" in board.get(paper).text


def test_a_technical_success_without_result_is_named_with_its_cause(board: Dashboard) -> None:
    """Right, quick, and hardly used."""
    accuracy = technical_facts(board)
    fields = accuracy[0].evolve(metric="quality.field_accuracy", subject=Subject.of(field="total"))
    record(
        board,
        [
            *kpi_facts(board, MINUTES, unit="minutes", baseline=6.4, effect=-0.2, spread=0.15),
            *kpi_facts(board, COST, unit="EUR/invoice", baseline=4.1, effect=-0.1, spread=0.2),
            *accuracy, fields, *use_facts(board, share=0.38),
        ],
    )  # fmt: skip
    page = shown(board)

    assert page["name"] == "Technically a success, no business result"
    assert [each["name"] for each in page["causes"]] == ["adoption-low"]
    assert "Too few of those it was made for use it: 38 % (n = 42)" in board.get(PAGE).text


def test_the_same_observation_sent_twice_is_one(board: Dashboard) -> None:
    """By its id, by its place in a batch, by its case, or by what it says."""
    rows = [row(1, id="a"), row(2, case="INV-1"), row(3), row(3)]
    first = board.api(GIVEN, observations=rows)
    second = board.api(GIVEN, observations=rows)
    batch = [board.api(GIVEN, batch="b1", observations=[row(4)] * 2).json() for _ in range(2)]

    assert first.json() == {"new": 4, "known": 0, "refused": 0}
    assert second.json() == {"new": 0, "known": 4, "refused": 0}
    assert [each["new"] for each in batch] == [2, 0]
    assert held(board)["counts"] == [f"{MINUTES}: 6, of these 0 with the system"]


def test_a_case_that_was_open_is_completed_and_then_stays(board: Dashboard) -> None:
    """An end, once known, is not changed by what comes later."""
    begun = row(5, case="INV-1", value=None)
    for ended in (None, 3, 2):
        told = None if ended is None else (NOW - timedelta(days=ended)).isoformat()
        board.api(GIVEN, observations=[{**begun, "ended": told}])
    table = observed(board)

    assert [(each["case"], each["ended"]) for each in table] == [("INV-1", NOW - timedelta(days=3))]


def observed(
    board: Dashboard, charter: str = "value: {records: dashboard}"
) -> list[dict[str, Any]]:
    """Read what a check would be given."""
    pilot = board.book.file
    assert pilot is not None
    path = pilot.path.parent / "reading.yaml"
    path.write_text(pilot.path.read_text() + f"\n{charter}\n")
    loaded = load_charter(path)
    assert loaded.charter.value is not None
    assert loaded.charter.value.records is not None
    with Session() as session:
        data = CharterData(loaded, session)
        opened = data.open(loaded.charter.value.records.source)
        return opened.table.to_pyarrow().to_pylist()


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVEOUT_DATABASE", str(tmp_path / "desk.db"))


def test_a_charter_reads_them_with_its_own_names_and_traits(board: Dashboard) -> None:
    """Columns are called as the record says; further ones keep their names and types."""
    board.api(
        GIVEN,
        observations=[row(1, with_system=True, team="north", more={"pages": 3, "urgent": True,
                                                                   "kind": "credit note"})],
    )  # fmt: skip
    (only,) = observed(
        board, "value: {records: {source: dashboard, at: received, team: site, traits: [pages]}}"
    )

    assert only == {
        "kpi": MINUTES, "received": NOW - timedelta(days=1), "ended": None, "value": 2.5,
        "case": None, "site": "north", "person": None, "with_system": True, "assigned": None,
        "volunteer": None, "pages": 3.0, "urgent": True, "kind": "credit note",
    }  # fmt: skip


def test_a_file_is_read_and_what_cannot_be_is_shown(board: Dashboard) -> None:
    """Row by row with its reason; the same file again adds nothing."""
    content = (
        "at;value;with_system;kind\n"
        "2025-02-01 08:00;6,4;no;mail\n2025-02-02 08:00;2,5;yes;scan\n"
        "gestern;2,5;yes;scan\n2025-02-03 08:00;viel;yes;scan\n2025-02-04 08:00;2,5;maybe;scan\n"
    )
    first = sent(board, content, kpi=MINUTES)
    board.clock.move(hours=1)
    again = sent(board, content, kpi=MINUTES)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == f"{PAGE}#observations"
    found = held(board)
    assert found["counts"] == [f"{MINUTES}: 2, of these 1 with the system"]
    assert [(each["new"], each["known"], each["refused"]) for each in found["imports"]] == [
        (0, 2, 3), (2, 0, 3),
    ]  # fmt: skip
    assert found["imports"][0]["examples"] == [
        "case 3: 'gestern' is no moment",
        "case 4: 'viel' is no number",
        "case 5: with_system 'maybe' is neither yes nor no",
    ]
    assert sorted((each["value"], each["kind"]) for each in observed(board)) == [
        (2.5, "scan"), (6.4, "mail"),
    ]  # fmt: skip


def test_a_file_without_the_moment_is_told_what_to_call_it(board: Dashboard) -> None:
    """The charter's own names count where it reads the dashboard."""
    answer = sent(board, "opened;value\n2025-02-01 08:00;6,4\n", kpi=MINUTES)

    assert answer.status_code == 400
    assert "A charter that reads the dashboard may say what else it is called" in answer.text


def test_a_file_says_yes_and_no_in_the_words_of_the_records(board: Dashboard) -> None:
    """What the charter's own records may say, a file of observations may say as well."""
    content = (
        "at;value;with_system\n2025-02-01 08:00;6,4;nein\n2025-02-02 08:00;2,5;ja\n"
        "2025-02-03 08:00;2,5;\n"
    )
    sent(board, content, kpi=MINUTES)

    assert [each["with_system"] for each in observed(board)] == [False, True, None]


def test_an_unknown_kpi_is_refused_with_those_there_are(board: Dashboard) -> None:
    """Nothing of the request is kept."""
    answer = board.api(GIVEN, observations=[row(kpi="speed"), row()])

    assert answer.status_code == 400
    assert answer.json()["message"] == (
        f"The charter has no KPI 'speed'. It has: {COST}, {MINUTES}."
    )
    assert held(board)["observations"] == 0


@pytest.mark.parametrize(
    "rows",
    [
        [],  # nothing
        [{"kpi": MINUTES, "value": 1.0}],  # no moment
        [row(at="2025-01-01T00:00:00")],  # a moment without zone
        [row(value="NaN")],  # no figure
        [row(1, ended=(NOW - timedelta(days=2)).isoformat())],  # ends before it begins
        [row(more={str(number): 1 for number in range(31)})],  # too much
    ],
)
def test_what_is_no_observation_is_refused_whole(board: Dashboard, rows: list[Any]) -> None:
    """With what is wrong, and nothing kept."""
    assert board.api(GIVEN, observations=rows).status_code == 422
    assert held(board)["observations"] == 0


def test_whoever_may_not_run_checks_may_not_give_observations(board: Dashboard) -> None:
    """An end user sees the page without the form."""
    assert board.as_(USER).api(GIVEN, observations=[row()]).status_code == 403
    assert "observations/file" not in board.get(PAGE).text


def test_no_name_is_kept_where_the_charter_wants_pseudonyms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with usage: the same name is the same pseudonym."""
    monkeypatch.setenv("PROVEOUT_PERSON_SALT", "s" * 32)
    with dashboard(tmp_path, viewer=ENGINEER, is_sealed=False) as board:
        charter = tmp_path / "pilot" / "pilot.yaml"
        charter.write_text(charter.read_text() + "\nadoption: {hash: true}\n")
        board.api(GIVEN, observations=[row(1, person="Ada"), row(2, person="ada ")])
        people = {each["person"] for each in observed(board)}

    assert len(people) == 1
    assert not {each.casefold() for each in people} & {"ada", "ada "}


def test_no_column_may_bring_names_in_where_the_charter_wants_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of further columns those are kept that the charter names; of unreadable rows no text."""
    monkeypatch.setenv("PROVEOUT_PERSON_SALT", "s" * 32)
    with dashboard(tmp_path, viewer=ENGINEER, is_sealed=False) as board:
        charter = tmp_path / "pilot" / "pilot.yaml"
        charter.write_text(
            charter.read_text() + "\nadoption: {hash: true}\n"
            "value: {records: {source: dashboard, traits: [Pages]}}\n"
        )
        done = sent(
            board,
            "kpi,at,value,pages,clerk\n"
            f"{MINUTES},2025-03-01T08:00:00Z,2.5,3,Ada Byron\n"
            f'{MINUTES},2025-03-01T09:00:00Z,2.5,4,"Eva",extra,Grace Hopper\n',
        )
        more = [each.get("pages") for each in observed(board, "")]
        text = done.text + board.get(PAGE).text + str(held(board))

    assert more == [3.0]
    assert "Ada Byron" not in text
    assert "Grace Hopper" not in text
    assert "Not kept: clerk." in text


def test_observations_go_from_the_api_to_the_check_to_the_page(tmp_path: Path) -> None:
    """Each KPI by its own rows; drawn by lot, so that a lower figure with it is its effect."""
    with dashboard(tmp_path, viewer=ENGINEER, is_sealed=False) as board:
        charter = tmp_path / "pilot" / "pilot.yaml"
        begins = (NOW - timedelta(days=20)).date()
        charter.write_text(
            charter.read_text()
            + f"\nvalue: {{records: dashboard, design: randomised, rolled_out: {begins}}}\n"
        )
        given = [
            {
                "kpi": kpi, "case": f"INV-{number}", "team": f"team{number % 5}",
                "at": (NOW - timedelta(hours=2 + number * 1.7)).isoformat(),
                "value": round(level + 0.3 * ((number * 37) % 11 - 5) / 5, 3),
                **({} if number >= 280 else {"with_system": drawn, "assigned": drawn}),
            }
            for number in range(600)
            for drawn in (number * 7919 % 13 < 6,)
            for kpi, level in (
                (MINUTES, 2.0 if drawn and number < 280 else 6.4),
                (COST, 4.1),
            )
        ]  # fmt: skip
        assert board.api(GIVEN, observations=given).json()["new"] == 1200
        workspace = Workspace(
            loaded=load_charter(charter),
            registry=board.parts.registry,
            ledger=board.parts.library.places[0].ledger,
            folder=tmp_path,
            clock=board.clock,
        )
        workspace.run(["value"], seed=1, watch=lambda event: None)
        page, text = shown(board), board.get(PAGE).text

    minutes, cost = page["kpis"]
    assert (minutes["state"], cost["state"]) == ("met", "missed"), (minutes, cost)
    assert minutes["n"] == cost["n"]
    assert page["held"]["is_used"] is True
    assert "The system itself takes off 4." in text
    assert minutes["how"]
    assert minutes["statements"]
