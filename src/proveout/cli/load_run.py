"""What `proveout load` does: with a charter, against an address, or for another who leads."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import typer
from rich.console import Group
from rich.markup import escape
from rich.text import Text

from proveout.cli.load_options import (
    SEED,
    Asked,
    Given,
    Sharing,
    address,
    changed,
    load_of,
    spec_of,
)
from proveout.cli.output import Output
from proveout.cli.paths import and_ledger, ledger_location, state_folder
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.schema.standard import Load
    from proveout.checks.load.running import LevelRun
    from proveout.checks.load.spec import LevelPlan, LoadSpec


def as_worker(master: str | None) -> int:
    """Send for another who leads, until that one is done."""
    if master is None:
        raise InputError(
            "A worker must know who leads.", hint="Name it: proveout load worker --master HOST:PORT"
        )
    host, port = address(master, "--master")
    command = [
        sys.executable,
        "-P",
        "-m",
        "proveout.checks.load.engine",
        "worker",
        f"{host}:{port}",
    ]
    # The pipe, not the process, is what ends it: it is closed when we are killed, too.
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603
        return 0 if process.wait() == 0 else 3


def with_charter(
    output: Output, charter: Path, given: Given, sharing: Sharing, *, yes: bool, ledger: str | None
) -> int:
    """Run the check and record what it finds."""
    from proveout.assess import open_workspace
    from proveout.assess.events import CheckEnded, Event, EvidenceFound
    from proveout.checks.load.check import LoadCheck, is_loopback
    from proveout.checks.load.plan import level_plans
    from proveout.cli import load_view
    from proveout.cli.watching import watching
    from proveout.evidence.model import Evidence
    from proveout.evidence.outcome import CheckOutcome
    from proveout.systems.dialects.addresses import without_secrets

    runs: list[LevelRun] = []
    outcomes: list[CheckOutcome] = []
    found: list[Evidence] = []
    check = LoadCheck(workers=sharing.workers, listen=sharing.listen, heard=runs.append)
    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter)) as workspace:
        agreed = workspace.loaded.charter
        system = agreed.system
        load = None if agreed.load is None else changed(agreed.load, given)
        if system is not None and system.web is not None and not is_loopback(system.web.url):
            _ask(output, system.web.url, yes=yes)
        agreed = agreed.model_copy(update={"load": load})
        loaded = replace(workspace.loaded, charter=agreed)
        if load is not None and system is not None and not check.needs(agreed):
            web = system.web
            where = "a door of its own" if web is None else without_secrets(web.url)
            predicts = load.measure_up_to is not None and load.measure_up_to < load.users
            plans = level_plans(load)
            output.say(Text(load_view.announcement(where, plans, predicts=predicts)))
        checks = tuple(
            check if each.name == check.name else each for each in workspace.registry.checks
        )
        with_load = replace(
            workspace, loaded=loaded, registry=replace(workspace.registry, checks=checks)
        )
        with watching(output, None) as watch:

            def keep(event: Event) -> None:
                watch(event)
                if isinstance(event, EvidenceFound):
                    found.append(event.evidence)
                elif isinstance(event, CheckEnded):
                    outcomes.append(event.outcome)

            run = with_load.run([check.name], seed=SEED, watch=keep)
    outcome = outcomes[-1]
    if load is None or outcome.status != "done":
        output.show(Text(""), {"run": run, "levels": [], "outcome": outcome.as_dict()})
        return 3
    evidence = [{"id": fact.id, **fact.as_dict()} for fact in found]
    lines = [*load_view.predicted(found), *load_view.left_open(outcome)]
    more = {"run": run, "outcome": outcome.as_dict(), "evidence": evidence}
    _show(output, runs, load, lines, more)
    output.say(f"Next: proveout gate {escape(str(charter))}{and_ledger(ledger)}")
    return 0 if found else 3


def without_charter(
    output: Output, asked: Asked, given: Given, sharing: Sharing, *, yes: bool
) -> int:
    """Send load to an address; nothing is recorded."""
    from proveout.checks.load.check import is_loopback
    from proveout.checks.load.plan import left_out, level_plans
    from proveout.cli import load_view
    from proveout.systems.dialects.addresses import without_secrets

    if not asked.url.startswith(("http://", "https://")):
        raise InputError(
            f"--url {asked.url} is no address.", hint="It begins with http:// or https://."
        )
    if given.users is not None and given.to is not None and given.to < given.users:
        raise InputError(
            f"--to {given.to:,} is less than --users {given.users:,}.",
            hint="Users grow from --users to --to.",
        )
    load = load_of(given)
    spec = replace(
        spec_of(asked),
        asked_s=load.p95_latency_s or 0.0,
        workers=sharing.workers,
        listen=sharing.listen,
    )
    if not is_loopback(asked.url):
        _ask(output, asked.url, yes=yes)
    plans = level_plans(load)
    output.say(Text(load_view.announcement(without_secrets(asked.url), plans)))
    runs = _run(output, spec, plans)
    for users in left_out(load):
        output.say(
            f"{users:,} users were not sent: too few requests fall due in {load.seconds:g} s. "
            "Measure longer (--seconds), or let them think less (--think)."
        )
    return 0 if _show(output, runs, load, [], {}) else 3


def _run(output: Output, spec: LoadSpec, plans: Sequence[LevelPlan]) -> list[LevelRun]:
    from rich.progress import BarColumn, Progress, TextColumn

    from proveout.checks.load.running import LevelRun, run_load

    runs: list[LevelRun] = []
    columns = (TextColumn("{task.description}"), BarColumn())
    progress = Progress(
        *columns, console=output.stderr, transient=True, disable=not output.shows_progress
    )
    with progress, tempfile.TemporaryDirectory() as folder:
        task = progress.add_task("reaching the service", total=None)
        for event in run_load(spec, plans, Path(folder)):
            if isinstance(event, LevelRun):
                runs.append(event)
                continue
            whole_s = event.plan.warm_up_s + event.plan.seconds
            words = f"{event.plan.users:,} users ({len(runs) + 1} of {len(plans)})"
            elapsed = min(event.elapsed_s, whole_s)
            progress.update(task, description=words, completed=elapsed, total=whole_s)
    return runs


def _show(
    output: Output,
    runs: Sequence[LevelRun],
    load: Load,
    further: Sequence[str],
    more: dict[str, Any],
) -> bool:
    """Show what was found; tell whether anything was."""
    from proveout.checks.load.breaking import breaking
    from proveout.checks.load.plan import limits_of
    from proveout.checks.load.telling import sound_levels
    from proveout.cli import load_view

    limits = limits_of(load)
    sound = sound_levels(runs, load)
    broke = breaking(sound, limits)
    said = load_view.sentence(broke, sound, limits, load_view.why_it_ended(runs))
    doubts = load_view.doubts(runs)
    lines = [Text(line) for line in ("", said, *doubts, *further)]
    plain = {
        "levels": [load_view.level_as_dict(run) for run in runs],
        "breaks_at_users": None if broke is None else broke.users,
        "held_at_users": None if broke is None else broke.held_at,
        "limits_missed": [] if broke is None else list(broke.limits),
        "said": said,
        "not_trusted": doubts,
        **more,
    }
    table = [load_view.table(runs)] if runs else []
    output.show(Group(*table, *lines), plain)
    return bool(sound)


def _ask(output: Output, url: str, *, yes: bool) -> None:
    host = urlsplit(url).hostname or url
    if yes:
        return
    if output.as_json or not sys.stdin.isatty():
        raise InputError(
            f"{host} is not this machine, and load is sent to others only when somebody says so.",
            hint="If it is meant, and agreed with who runs it: --yes",
        )
    typer.confirm(f"Send load to {host}? Is that agreed with who runs it?", abort=True, err=True)
