"""The commands that write, seal and amend a charter: what they say, and how they exit."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from proveout.charter.json_schema import published_schema
from proveout.charter.loading import load_charter
from proveout.cli import amend_command, init_command, schema_command, seal_command
from proveout.cli.app import build_app, run_app
from proveout.evidence.ledger import NewEntry, open_ledger

Run = Callable[..., tuple[int, str, str]]

AGREED = """\
pilot: claims
acceptance: quality.accuracy >= 0.85
standard: {production.required-completeness: {threshold: 0.99, why: payment run}}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in an empty folder; returns exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    app = build_app(
        [
            command.register
            for command in (init_command, seal_command, amend_command, schema_command)
        ]
    )

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = run_app(app, arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_command


def edit(old: str, new: str) -> None:
    file = Path("pilot.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_seal_says_what_was_fixed_by_whom(run: Run) -> None:
    """And what to do next."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")
    sealed = load_charter(Path("pilot.yaml")).content_hash

    code, out, err = run("seal", "--who", "Ada Byron", "--json")

    assert code == 0
    told = json.loads(out)
    told.pop("at")
    assert told == {
        "ok": True,
        "pilot": "claims",
        "who": "Ada Byron",
        "content_hash": sealed,
        "sealed_before": False,
        "results_known": False,
    }
    assert err == "Next: proveout assess pilot.yaml\n"


def test_sealing_twice_says_so(run: Run) -> None:
    """Exit code 0: what was asked for is so."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")
    run("seal", "--who", "Ada Byron")

    code, out, _ = run("seal", "--who", "Bob")

    assert code == 0
    assert out.startswith("Sealed already, and unchanged: pilot 'claims', by Ada Byron on ")


def test_a_link_that_leads_to_itself_is_no_charter(run: Run) -> None:
    """It is told like any other file that cannot be read."""
    Path("pilot.yaml").symlink_to("pilot.yaml")

    code, _, err = run("seal", "--who", "Ada Byron")

    assert code == 2
    assert err.startswith("Error: pilot.yaml cannot be read: Too many levels of symbolic links.")


def test_a_seal_after_results_is_told_apart(run: Run) -> None:
    """It cannot show that the standard was there first."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")
    _evidence("quality.accuracy")

    code, _, err = run("seal", "--who", "Ada Byron")

    assert code == 0
    assert " ".join(err.split()).startswith(
        "Results were in the ledger before this seal: it does not show that the standard was "
        "fixed first."
    )


@pytest.mark.parametrize("command", [("seal",), ("amend", "--why", "typo")])
def test_a_standard_that_no_gate_can_read_is_never_recorded(
    command: tuple[str, ...], run: Run
) -> None:
    """A slip in the id of a criterion would stay for good."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")
    if command[0] == "amend":
        run("seal", "--who", "Ada Byron")
    edit("required-completeness", "required-completness")

    code, _, err = run(*command, "--who", "Bob")

    assert code == 2
    assert err.startswith(
        "Error: pilot.yaml has 1 mistake.\n"
        "pilot.yaml:3:12: standard.production.required-completness\n"
        "  No criterion has this id.\n"
        "  Did you mean 'production.required-completeness'?"
    )
    with open_ledger(".proveout/ledger.db") as ledger:
        assert ledger.head()[0] == (1 if command[0] == "amend" else 0)


def test_amend_shows_the_difference_and_its_effect(run: Run) -> None:
    """Against the default standard too, which the charter adjusts."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")
    run("seal", "--who", "Ada Byron")
    _evidence("quality.accuracy")
    edit("0.85", "0.8")
    edit("0.99", "0.9")

    code, out, err = run("amend", "--who", "Bob", "--why", "too [hard] for the clerks")

    assert code == 0
    assert out == (
        "acceptance[quality.accuracy].threshold: 0.85 → 0.8 (looser; results were known)\n"
        "standard[production.required-completeness].threshold: 0.99 → 0.9 (looser)\n"
        "Amended: pilot 'claims', by Bob: too [hard] for the clerks\n"
    )
    assert err == (
        "2 changes make the standard easier to meet; every verdict will say so.\n"
        "Next: proveout gate pilot.yaml\n"
    )


def test_amend_as_json_gives_every_change(run: Run) -> None:
    """For a pull request that shows what was agreed to."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")
    run("seal", "--who", "Ada Byron")
    edit("0.85", "0.9")

    code, out, _ = run("amend", "--who", "Bob", "--why", "better", "--json")

    assert code == 0
    assert json.loads(out)["changes"] == [
        {
            "path": "acceptance[quality.accuracy].threshold",
            "before": 0.85,
            "after": 0.9,
            "effect": "tighter",
            "concerns": ["quality.accuracy"],
            "results_known": False,
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        # Nothing was sealed.
        (
            ("amend", "--who", "Bob", "--why", "x"),
            "Error: The charter of pilot 'claims' is not sealed, so there is nothing to amend.",
        ),
        # Nobody is named.
        (("seal", "--who", " "), "Error: Nobody is named."),
        # There is no such file.
        (("seal", "other.yaml", "--who", "Bob"), "Error: There is no charter at other.yaml."),
        # A charter is there already.
        (("init",), "Error: pilot.yaml is there already."),
        # No folder to write to.
        (
            ("schema", "--out", "nowhere/s.json"),
            "Error: nowhere/s.json cannot be written: No such file or directory.",
        ),
        # No data to look at.
        (("init", "none.csv", "--out", "new.yaml"), "Error: There is no "),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_code_2(
    arguments: tuple[str, ...], told: str, run: Run
) -> None:
    """In one sentence, without a traceback."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")

    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith(told)


# Ibis 12 calls what DuckDB 2 has renamed.
@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_init_writes_a_charter_from_a_data_file(run: Run) -> None:
    """What the file shows is filled in; the rest is explained."""
    rows = [
        f"{n},2026-03-{n % 28 + 1:02d} 10:00,{'north' if n % 2 else 'south'},{n * 1.5},{n % 2}"
        for n in range(60)
    ]
    Path("data").mkdir()
    Path("data/claims.csv").write_text(
        "claim_id,received,branch,amount,approved\n" + "\n".join(rows), encoding="utf-8"
    )

    code, out, err = run("init", "data/claims.csv", "--out", "work/pilot.yaml", "--pilot", "claims")

    assert code == 0
    assert out == (
        "Wrote work/pilot.yaml\n"
        "  pilot: claims\n"
        "  data.production: ../data/claims.csv\n"
        "  data.label: approved\n"
        "  data.key: claim_id\n"
        "  data.timestamp: received\n"
        "  data.site_column: branch\n"
    )
    assert err == (
        "Take away the '# ' before what you can say; when it is agreed: "
        "proveout seal work/pilot.yaml --who NAME\n"
    )
    assert load_charter(Path("work/pilot.yaml")).charter.data.label == "approved"


def test_init_names_the_pilot_after_its_folder(run: Run, tmp_path: Path) -> None:
    """Spaces and signs become dashes."""
    (tmp_path / "Claims (2026)").mkdir()

    code, out, _ = run("init", "--out", "Claims (2026)/pilot.yaml", "--json")

    assert code == 0
    assert json.loads(out) == {
        "ok": True,
        "file": "Claims (2026)/pilot.yaml",
        "found": {"pilot": "Claims-2026"},
    }


def test_init_replaces_a_charter_only_when_told(run: Run) -> None:
    """What people agreed on is not to be lost by a slip."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")

    assert run("init")[0] == 2
    assert Path("pilot.yaml").read_text(encoding="utf-8") == AGREED
    assert run("init", "--force")[0] == 0


def test_schema_gives_the_schema(run: Run) -> None:
    """On stdout, or to a file."""
    assert run("schema") == (0, published_schema(), "")

    code, out, err = run("schema", "--out", "s.json")

    assert (code, out) == (0, "Wrote s.json\n")
    assert err == "Begin the charter with: # yaml-language-server: $schema=s.json\n"
    assert Path("s.json").read_text(encoding="utf-8") == published_schema()


def test_schema_gives_that_of_the_report_too(run: Run) -> None:
    """Whoever reads `gate --json` in CI can check what comes."""
    code, out, err = run("schema", "--of", "report", "--out", "r.json")

    published = files("proveout.report").joinpath("report.schema.json").read_text("utf-8")
    assert (code, out, err) == (0, "Wrote r.json\n", "")
    assert Path("r.json").read_text(encoding="utf-8") == published


def _evidence(metric: str) -> None:
    with open_ledger(".proveout/ledger.db") as ledger:
        ledger.append([NewEntry(pilot="claims", kind="evidence", body={"metric": metric})])


@pytest.mark.parametrize(
    ("added", "again"),
    [
        # a threshold is judged on what is known already
        ("", "gate"),
        # what the charter declares is read from it again
        ("rollback: {procedure: The lead switches back}\n", "check governance"),
        # another system, or other data, is measured again
        ("data: {label: approved}\n", "assess"),
    ],
)
def test_amend_offers_what_has_to_run_again(run: Run, added: str, again: str) -> None:
    """Else the next verdict would still speak of the charter as it was."""
    Path("pilot.yaml").write_text(AGREED, encoding="utf-8")
    run("seal", "--who", "Ada Byron")
    edit("0.85", "0.9")
    Path("pilot.yaml").write_text(
        Path("pilot.yaml").read_text(encoding="utf-8") + added, encoding="utf-8"
    )

    _, _, err = run("amend", "--who", "Ada Byron", "--why", "agreed since")

    assert err == f"Next: proveout {again} pilot.yaml\n"
