"""`proveout check`: one check, and what it found."""

from pathlib import Path

import pytest

from proveout.cli import check_command
from proveout.cli.app import build_app, run_app
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.running import running

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


def test_a_check_says_of_which_records_each_figure_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sample and production have figures of the same name; no name is cut."""
    monkeypatch.chdir(tmp_path)
    charter = "pilot: p\ndata: {pilot: a.csv, production: b.csv, label: y}\n"
    Path("pilot.yaml").write_text(
        charter + "system: {recorded: {answer: said}}\n", encoding="utf-8"
    )
    Path("a.csv").write_text("y,said\n" + "a,a\nb,b\n" * 20, encoding="utf-8")
    Path("b.csv").write_text("y,said\n" + "a,a\nb,a\n" * 20, encoding="utf-8")

    code = run_app(build_app([check_command.register]), ["check", "quality"])
    out, err = capsys.readouterr()

    lines = [line.split()[:4] for line in out.splitlines() if line.startswith("quality.accuracy")]
    assert code == 0
    assert lines == [
        ["quality.accuracy", "pilot", "100", "%"],
        ["quality.accuracy", "production", "50", "%"],
    ]
    assert "…" not in out
    # What could not be measured is followed by what to do about it.
    assert "To measure quality.worst_slice: Name columns to break down by:" in err


def test_a_check_says_of_which_figures_a_simulation_gave_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody takes a rehearsal for a measurement because it stands in the same table."""
    monkeypatch.chdir(tmp_path)
    with running(Behaviour(service=ServiceTime(mean_s=0))) as service:
        Path("pilot.yaml").write_text(
            "pilot: p\ndata: {production: b.csv, label: y, inputs: [x]}\n"
            f"system: {{http: '{service.url}', task: classification}}\n",
            encoding="utf-8",
        )
        Path("b.csv").write_text("x,y\n" + "1,yes\n2,no\n" * 20, encoding="utf-8")
        run_app(build_app([check_command.register]), ["check", "quality"])

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    (accuracy,) = [line for line in lines if line[0] == "quality.accuracy"]
    assert accuracy[1:3] == ["production,", "simulated"]


def test_a_check_says_which_rows_got_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As an assessment does: 0 % right, without the reason, sends people after the model."""
    monkeypatch.chdir(tmp_path)
    charter = "pilot: p\ndata: {production: b.csv, label: y}\n"
    Path("pilot.yaml").write_text(
        charter + "system: {recorded: {answer: said}}\n", encoding="utf-8"
    )
    Path("b.csv").write_text("y,said\n" + "a,a\nb,\n" * 20, encoding="utf-8")

    run_app(build_app([check_command.register]), ["check", "quality"])

    assert capsys.readouterr().err.splitlines()[1:3] == [
        "No usable answer for 20 of 40 rows of production; the first fault of each kind:",
        "  20 were refused",
    ]


def test_a_reason_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a dozen rows it would hide the one that differs."""
    monkeypatch.chdir(tmp_path)
    kpi = "{name: cost, unit: EUR, direction: lower, threshold: 9, measured: {value: cost}}"
    Path("pilot.yaml").write_text(
        f"pilot: p\nkpis: [{kpi}]\nvalue: {{records: {{source: b.csv, at: began}}}}\n",
        encoding="utf-8",
    )
    Path("b.csv").write_text("begun,cost\n2026-01-01,3\n", encoding="utf-8")

    run_app(build_app([check_command.register]), ["check", "value"])

    lines = " ".join(capsys.readouterr().out.split())
    assert lines.count("has no column 'began'") == 1
    assert "value.effect kpi=cost not measured: as above" in lines
