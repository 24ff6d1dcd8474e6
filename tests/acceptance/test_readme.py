"""What the README shows is what happens: its run, its figures, and every command in it."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
MEASURED_ANEW = re.compile(r"\d+\.\d s$")
"""Seconds that a check took."""
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the README as a shell there would."""
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Run the demo once; return where, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder, "proveout demo")
    assert done.returncode == 0, done.stdout
    return folder, done.stdout.splitlines()


@pytest.mark.slow
def test_the_run_at_the_top_is_real(demo: tuple[Path, list[str]]) -> None:
    """Every line that it shows is said, in that order, with the same figures.

    Another processor may round a trained model's figures otherwise in the last digit.
    """
    (shown,) = re.findall(r"```console\n\$ make demo\n(.*?)```", README, re.DOTALL)
    said = iter(demo[1])

    for line in shown.splitlines():
        if line != "…":
            assert any(is_same(line, other) for other in said), f"not said, or not in order: {line}"


def is_same(shown: str, said: str) -> bool:
    ours, theirs = (MEASURED_ANEW.sub("", line.rstrip()) for line in (shown, said))
    pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=False)
    return NUMBER.sub("#", ours) == NUMBER.sub("#", theirs) and all(
        math.isclose(number(a), number(b), rel_tol=0.02, abs_tol=0.1) for a, b in pairs
    )


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_make_demo_is_proveout_demo() -> None:
    """The Makefile adds nothing but the installation."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "demo: $(READY)\n\t$(BIN)/proveout demo\n" in makefile


@pytest.mark.slow
def test_the_figures_in_the_text_are_in_the_ledger(demo: tuple[Path, list[str]]) -> None:
    """The sentences below the run quote measurements."""
    folder = demo[0] / "proveout-demo"
    done = run(folder, "proveout ledger export --format jsonl --out ../facts.jsonl")
    assert done.returncode == 0, done.stdout
    lines = (demo[0] / "facts.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    facts = [entry["body"] for entry in entries if entry.get("kind") == "evidence"]

    def value(metric: str, scope: str) -> float:
        (found,) = (
            fact["value"]
            for fact in facts
            if (fact["metric"], fact["scope"], fact["subject"]) == (metric, scope, {})
        )
        return float(found)

    (worst,) = (fact for fact in facts if fact["metric"] == "quality.worst_slice")
    assert f"right {value('quality.accuracy', 'pilot'):.1%}".replace("%", " %") in README
    assert f"right {value('quality.accuracy', 'production'):.1%}".replace("%", " %") in README
    assert (worst["value"], worst["n"], worst["details"]["at"]) == (0, 8255, "dep_delay is missing")
    silent = value("stress.worst_silent_failure", "synthetic")
    assert f"{silent:.0%} of all its answers".replace("%", " %") in README


@pytest.mark.slow
def test_the_report_of_the_demo_needs_nothing_from_outside(demo: tuple[Path, list[str]]) -> None:
    """One file, no script, no address to fetch from; what the issue asks for stands in it."""
    (page,) = (demo[0] / "proveout-demo" / ".proveout" / "reports").glob("*.html")
    html = page.read_text(encoding="utf-8")

    assert re.findall(r"<script|<link|<iframe|@import|url\(|\bsrc=", html) == []
    for seen in ("2013-12", "LaGuardia", "dep_delay is missing", "sentinel values", "Lena Hoff"):
        assert seen in html, seen


@pytest.mark.slow
def test_the_gate_of_the_demo_needs_the_ledger_alone(demo: tuple[Path, list[str]]) -> None:
    """Without data and model the verdict is the same, exit code 1."""
    folder = demo[0] / "proveout-demo"
    bare = demo[0] / "bare"
    shutil.copytree(folder / ".proveout", bare / ".proveout")
    shutil.copyfile(folder / "pilot.yaml", bare / "pilot.yaml")

    done = run(bare, "proveout gate --stage production")

    assert done.returncode == 1
    assert done.stdout.splitlines()[:3] == demo[1][8:11]
    assert run(bare, "proveout ledger verify").returncode == 0


SESSION: tuple[tuple[str, int], ...] = (
    ("proveout init data/production/LGA.csv", 0),
    ("proveout audit data/production/LGA.csv", 0),
    ("proveout audit data/pilot.csv --cells suspects.csv", 0),
    ("proveout read data/production/*.csv -o clean", 0),
    ("proveout sample data/production --rows 2000 -o sample.csv", 0),
    ("proveout contract export pilot.yaml -o contract.yaml", 0),
    ("proveout compare data/pilot.csv data/production --label replan", 0),
    ('proveout seal --who "Maria Alvarez"', 0),
    ('proveout amend --who "Maria Alvarez" --why "The volume has doubled"', 0),
    ("proveout assess", 1),
    ("proveout check governance", 0),
    ("proveout gate --stage production --junit gate.xml", 1),
    (
        'proveout waive production.trained --who "Maria Alvarez" --why "Night shift follows" '
        "--until 2099-01-31",
        0,
    ),
    (
        "proveout attest governance.signoff yes --subject role=production-owner "
        '--who "Maria Alvarez" --note "Board of 3 May"',
        0,
    ),
    ("proveout status", 0),
    ("proveout board", 0),
    ("proveout board --portfolio", 0),
    ("proveout ledger verify", 0),
    ("proveout ledger export --out evidence.jsonl", 0),
    ("proveout metrics quality.silent_failure", 0),
    ("proveout schema --out pilot.schema.json", 0),
)
"""Every command of the README with its exit code, in the order in which one would use them."""
DASHBOARD = "proveout serve"


@pytest.mark.slow
def test_every_command_works_on_the_ten_line_charter(
    demo: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """A small pilot from charter to export, as the README tells it."""
    ten_lines_pilot(demo[0] / "proveout-demo", tmp_path)
    (charter,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)

    codes = []
    for command, _ in SESSION:
        if command.startswith("proveout seal"):
            (tmp_path / "pilot.yaml").write_text(charter, encoding="utf-8")
        if command.startswith("proveout amend"):
            more = charter + "load: {users: 80}\n"
            (tmp_path / "pilot.yaml").write_text(more, encoding="utf-8")
        done = run(tmp_path, command)
        assert "Traceback" not in done.stdout, done.stdout
        codes.append((command, done.returncode))

    assert codes == list(SESSION)
    assert (tmp_path / "gate.xml").read_text(encoding="utf-8").startswith("<?xml")
    for paper in ("replan-again-board.pdf", "portfolio-board.pdf"):
        assert (tmp_path / paper).read_bytes().startswith(b"%PDF-"), paper
    with serving(tmp_path, DASHBOARD) as url:
        answer = httpx.get(f"{url}/sign-in")
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/html; charset=utf-8",
    )


REHEARSAL: tuple[tuple[str, int], ...] = (
    ("proveout assess --stage production", 1),
    ("proveout load", 0),
    ("proveout cost show", 0),
    ("proveout cost export --out focus.csv", 0),
    ("proveout breaks --html breaks.html", 0),
    ("proveout drill scenarios", 0),
    ("proveout drill run weekend --minutes 0.5 --yes", 1),  # nobody here notices anything
)
"""The same for the example with a simulated language model."""
SIMULATE = "proveout simulate --config simulator.yaml"
PRODUCTION: tuple[tuple[str, int], ...] = (
    ("proveout power", 0),
    ("python send.py 90", 0),
    ("proveout log count --by outcome", 0),
    ("proveout budget show --by team", 0),
    ("proveout exceptions list", 0),
    ("proveout labels import data/booked.csv", 0),
    ("proveout monitor", 1),  # what a simulation answers is no pass
    ("proveout alarms list", 0),
    (
        'proveout rollback --who "Helen Marsh" --why "Totals are wrong since Monday"',
        0,
    ),
    ("proveout rollout show", 0),
)
"""The same once it is live, behind the gateway."""
GATEWAY = "proveout gateway"
WITHOUT_CHARTER = (
    "proveout gateway --upstream http://127.0.0.1:8600 --port 8801 --budget-requests 1000 "
    "--deadline 10s"
)


@pytest.mark.slow
def test_every_command_works_on_a_simulated_language_model(tmp_path: Path) -> None:
    """The invoice reader from its made data to a drill, as the README tells it."""
    example = tmp_path / "invoices"
    shutil.copytree(
        ROOT / "examples" / "invoices",
        example,
        ignore=shutil.ignore_patterns("data", ".proveout", "__pycache__"),
    )
    assert run(example, f"{sys.executable} make_data.py").returncode == 0
    with simulated(example) as url:
        charter = example / "pilot.yaml"
        text = charter.read_text(encoding="utf-8").replace("http://127.0.0.1:8600", url)
        text = text.replace("drill:\n", "drill:\n  listen: 127.0.0.1:0\n", 1)
        charter.write_text(text, encoding="utf-8")
        assert run(example, 'proveout seal --who "Helen Marsh"').returncode == 0

        codes = []
        for command, _ in REHEARSAL:
            done = run(example, command)
            assert "Traceback" not in done.stdout, done.stdout
            codes.append((command, done.returncode))

    assert codes == list(REHEARSAL)
    assert "What breaks first" in (example / "breaks.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_works_in_production(tmp_path: Path) -> None:
    """The invoice reader behind the gateway: traffic, budget, exceptions, monitor, rollback."""
    example = tmp_path / "invoices"
    shutil.copytree(
        ROOT / "examples" / "invoices",
        example,
        ignore=shutil.ignore_patterns("data", ".proveout", "__pycache__"),
    )
    assert run(example, f"{sys.executable} make_data.py").returncode == 0
    with simulated(example) as url:
        charter = example / "pilot.yaml"
        text = charter.read_text(encoding="utf-8").replace("http://127.0.0.1:8600", url)
        charter.write_text(text, encoding="utf-8")
        assert run(example, 'proveout seal --who "Helen Marsh"').returncode == 0
        with serving(example, GATEWAY) as gateway:
            script = (example / "send.py").read_text(encoding="utf-8")
            there = script.replace("http://127.0.0.1:8800", gateway)
            (example / "send.py").write_text(there, encoding="utf-8")
            codes = []
            for command, _ in PRODUCTION:
                done = run(example, command)
                assert "Traceback" not in done.stdout, done.stdout
                codes.append((command, done.returncode))
            asked = httpx.post(f"{gateway}/v1/chat/completions", json={"model": "simulated"})
        with serving(tmp_path, WITHOUT_CHARTER.replace("http://127.0.0.1:8600", url)) as gateway:
            plain = httpx.get(f"{gateway}/v1/models")

    assert codes == list(PRODUCTION)
    assert "Key the invoice by hand, as before." in asked.text
    assert plain.status_code == 200


BUSINESS: tuple[tuple[str, int], ...] = (
    ("proveout plan", 0),
    ("proveout check value", 0),
    ("proveout gate --stage scale", 1),  # what simulated people do is no pass
    ("proveout diagnose --answers ../cases/worked/thai-eye-clinics/case.yaml", 0),
    ("proveout diagnose --questions", 0),
    ("proveout diagnose", 0),
)
"""What the business has of it, and why pilots fail."""
KPIS = ("crew-wait", "replan-time", "replan-cost", "needless-moves")


@pytest.mark.slow
def test_every_command_tells_what_the_business_has_of_it(tmp_path: Path) -> None:
    """The flights with simulated planners, from the plan to the gate `scale`, and a diagnosis."""
    for name in ("flights", "replanning", "cases"):
        shutil.copytree(
            ROOT / "examples" / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("data", ".proveout", "__pycache__", "*.joblib"),
        )
    for folder, script in (
        ("flights", "prepare.py"), ("flights", "train.py"), ("replanning", "process.py"),
    ):  # fmt: skip
        assert run(tmp_path / folder, f"{sys.executable} {script}").returncode == 0
    example = tmp_path / "replanning"
    assert run(example, 'proveout seal --who "Maria Alvarez"').returncode == 0

    codes = []
    for command, _ in BUSINESS:
        done = run(example, command)
        assert "Traceback" not in done.stdout, done.stdout
        codes.append((command, done.returncode))
    told = run(example, "proveout gate --stage scale --json").stdout
    decided, _ = json.JSONDecoder().raw_decode(told)  # what follows is the next step

    assert codes == list(BUSINESS)
    kpis = {
        each["id"]: each["state"]
        for each in decided["report"]["verdict"]["rulings"]
        if each["metric"] == "value.kpi"
    }
    assert kpis == dict.fromkeys([f"scale.kpi-{name}" for name in KPIS], "missing"), (
        "what was simulated passes for measured"
    )


def simulated(folder: Path) -> AbstractContextManager[str]:
    """Run the README's simulator on a port that is free; give its address."""
    return serving(folder, SIMULATE)


@contextmanager
def serving(folder: Path, line: str) -> Iterator[str]:
    """Run a command of the README that serves, on a port that is free; give its address."""
    command = [str(BIN / "proveout"), *line.split()[1:], "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield str(json.loads(process.stdout.readline())["url"]).removesuffix("/v1")
        finally:
            process.terminate()


def ten_lines_pilot(demo: Path, folder: Path) -> None:
    """Lay out the model with a part of the data."""
    (folder / "data" / "production").mkdir(parents=True)
    for name in ("pilot.csv", "production/LGA.csv", "production/EWR.csv"):
        with (demo / "data" / name).open(encoding="utf-8") as whole:
            part = "".join(islice(whole, 2_000))
        (folder / "data" / name).write_text(part, encoding="utf-8")
    for name in ("model.py", "model.joblib"):
        shutil.copyfile(demo / name, folder / name)


def test_every_command_is_run_here() -> None:
    """No command stands in the README that this file does not run."""
    shown = set(re.findall(r"`(proveout [a-z][^`]*)`", README))

    ran = {command for command, _ in (*SESSION, *REHEARSAL, *PRODUCTION, *BUSINESS)}
    assert shown == {
        DASHBOARD,
        SIMULATE,
        GATEWAY,
        WITHOUT_CHARTER,
        *(command for command in ran if command.startswith("proveout")),
    }


def test_every_file_that_it_links_to_is_there() -> None:
    """No link leads nowhere."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]

    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert dead == []
