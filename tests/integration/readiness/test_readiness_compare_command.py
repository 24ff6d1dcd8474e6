"""`proveout compare` on files: what it says of each field."""

from collections.abc import Callable
from pathlib import Path

import pytest

from proveout.cli import compare_command
from proveout.cli.app import build_app, run_app

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Compare pilot.csv and all.csv in an empty folder; returns exit code and stdout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "90")

    def run(*options: str) -> tuple[int, str]:
        app = build_app([compare_command.register])
        code = run_app(app, ["compare", "pilot.csv", "all.csv", *options])
        return code, capsys.readouterr().out

    return run


def test_what_may_be_chance_is_not_listed_as_a_difference(compare: Run) -> None:
    """Of 12 records the pilot lacks most values of production, whatever it was drawn from."""
    pilot = [f"d{n},a" for n in range(12)]
    production = [f"d{n},b" for n in range(11, 41)]
    Path("pilot.csv").write_text("day,plant\n" + "\n".join(pilot), encoding="utf-8")
    Path("all.csv").write_text("day,plant\n" + "\n".join(production), encoding="utf-8")

    code, out = compare()

    rows = [line.split() for line in out.splitlines() if line.startswith(" plant")]
    assert code == 0
    assert [row[:2] for row in rows] == [["plant", "0.99,"]]
    assert " May differ by chance alone: day (" in out


def test_a_text_that_stands_for_no_value_can_be_named(compare: Run) -> None:
    """As in an audit; else '?' counts as a value that the pilot never saw."""
    Path("pilot.csv").write_text("work\n" + "a\nb\n" * 200, encoding="utf-8")
    Path("all.csv").write_text("work\n" + "a\nb\n?\n?\n" * 200, encoding="utf-8")

    _, as_value = compare()
    _, as_missing = compare("--null", "?")

    assert "1 value the pilot never saw" in as_value
    assert "empty in 50.0 % of production, never in the pilot" in as_missing
