"""What a person who mistypes, or asks for help, is told; and which command comes next."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from proveout import __version__
from proveout.cli.app import build_app, run_app
from proveout.cli.commands import REGISTRARS
from proveout.cli.ledger_command import gathered
from proveout.cli.paths import and_ledger

Run = Callable[..., tuple[int, str, str]]

CHARTER = """\
pilot: claims
people: {production_owner: Ada Byron}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with a small charter; returns exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PROVEOUT_LEDGER", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    Path("pilot.yaml").write_text(CHARTER, encoding="utf-8")

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = run_app(build_app(REGISTRARS), arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_command


def test_the_version_can_be_asked(run: Run) -> None:
    """A report of a fault begins with it."""
    assert run("--version") == (0, f"proveout {__version__}\n", "")


def test_without_a_command_help_is_shown_and_nothing_is_called_an_error(run: Run) -> None:
    """Nothing was done, so the exit code is 2."""
    code, out, err = run()

    assert (code, err) == (2, "")
    assert "Usage: proveout [OPTIONS] COMMAND" in out


def test_a_mistyped_command_line_points_at_the_help_of_that_command(run: Run) -> None:
    """Not at the list of all commands, which says nothing of it."""
    assert run("ledger", "check-export") == (
        2,
        "",
        "Error: Missing argument 'file'.\nSee: proveout ledger check-export --help\n",
    )


def test_a_day_in_another_form_is_told_how_to_be_written(run: Run) -> None:
    """As for every date in Proveout."""
    code, _, err = run("waive", "x", "--who", "Ada", "--why", "late", "--until", "31.12.2099")

    assert code == 2
    assert err == (
        "Error: Invalid value for '--until': '31.12.2099' is no date. Write it as YYYY-MM-DD, such "
        "as 2026-06-01.\nSee: proveout waive --help\n"
    )


def test_help_fills_the_terminal(run: Run) -> None:
    """Where the source breaks a line inside a paragraph, help does not."""
    _, out, _ = run("amend", "--help")

    assert " ".join(out.split()).count("with whether results were known.") == 1
    assert not any(line.strip() == "known." for line in out.splitlines())


def test_whoever_acts_can_be_named_by_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for every act that carries a name."""
    monkeypatch.setenv("PROVEOUT_WHO", "Ada Byron")

    code, out, _ = run(
        "attest", "governance.signoff", "yes", "--subject", "role=production-owner",
        "--note", "board of 3 May",
    )  # fmt: skip

    assert code == 0
    assert out == "Attested by Ada Byron: governance.signoff (role=production-owner) is yes.\n"


def test_the_next_command_names_the_same_ledger(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the environment names it, or it is an address, which may hold a password."""
    _, _, err = run("seal", "--who", "Ada Byron", "--ledger", "our ledger.db")
    monkeypatch.setenv("PROVEOUT_LEDGER", "shared.db")

    assert err == "Next: proveout assess pilot.yaml --ledger 'our ledger.db'\n"
    assert and_ledger("shared.db") == ""
    assert and_ledger("postgresql://ada:secret@db/proveout") == ""


def test_what_is_wrong_with_many_lines_is_told_once() -> None:
    """An export without a signature is one mistake, however long it is."""
    problems = [
        "line 1: it is not signed",
        "line 2: it is not signed",
        "line 3: it is not JSON",
        "line 5: it is not signed",
        "the file ends early",
    ]

    assert list(gathered(problems)) == [
        "lines 1 to 2: it is not signed",
        "line 3: it is not JSON",
        "line 5: it is not signed",
        "the file ends early",
    ]


def test_status_names_what_holds_each_pilot(run: Run) -> None:
    """A count of what is not met says nothing of what to do."""
    run("assess", "--only", "governance")

    code, out, _ = run("status")

    assert code == 0
    assert "claims: It may not go live yet:" in out
    assert "first of all “The charter is sealed”" in out


def test_every_result_as_json_has_the_same_envelope(run: Run) -> None:
    """The schema too: alone it is what an editor reads, with --json it is a result."""
    code, out, _ = run("schema", "--json")

    told = json.loads(out)
    assert (code, list(told)) == (0, ["ok", "schema"])
    assert json.loads(run("schema")[1]) == told["schema"]


def test_a_metric_in_a_unit_of_its_own_says_so(run: Run) -> None:
    """A '*' would send the reader to look for a footnote."""
    _, out, _ = run("metrics", "quality.mae")

    assert [line.split()[:4] for line in out.splitlines() if line.startswith("quality.mae")] == [
        ["quality.mae", "its", "own", "lower"]
    ]
