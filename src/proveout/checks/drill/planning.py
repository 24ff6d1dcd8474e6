"""From the charter to a drill that can begin; everything that could be wrong is found before."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from proveout.charter.loaded import LoadedCharter
from proveout.checks.drill.check import CHECK
from proveout.checks.drill.plan import Plan
from proveout.checks.drill.reading import read_scenario
from proveout.checks.drill.state import DrillFolder
from proveout.errors import InputError, MissingExtraError
from proveout.intake import CharterData, Session
from proveout.intake.inputs import production_inputs
from proveout.notices import Channels
from proveout.systems import open_system
from proveout.systems.dialects import open_dialect, records

ROWS = 300
"""Production rows that users ask about."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def plan_drill(
    loaded: LoadedCharter,
    folder: DrillFolder,
    *,
    scenario: str | None,
    minutes: float | None,
    listen: str | None,
    may_be_reached: bool,
    is_silent: bool,
    seed: int,
    linger_s: float,
    say: Callable[[str], None],
    tick: Callable[[str], None] = lambda _: None,
    how_to_take_part: str = "",
) -> Plan:
    """Make a plan of the charter and what was asked for. Raises InputError, MissingExtraError."""
    for package, extra in (("h11", "drill"), ("httpx", "http")):
        if find_spec(package) is None:
            raise MissingExtraError(extra=extra, wanted_for="A drill")
    charter = loaded.charter
    lacking = CHECK.needs(charter)
    if lacking:
        steps = " ".join(f"{need.next_step.rstrip('.')}." for need in lacking)
        raise InputError(
            f"A drill cannot be held: {'; '.join(need.what for need in lacking)}.", hint=steps
        )
    drill, system = charter.drill, charter.system
    assert drill is not None and system is not None  # noqa: S101, PT018  # needs() has seen to it
    _refuse_elsewhere(drill.fallback)
    dialect = open_dialect(system)
    assert dialect is not None  # noqa: S101  # it is reached by HTTP
    # What is typed is meant from here; what the charter says, from its folder.
    read = (
        read_scenario(drill.scenario, folder=loaded.folder)
        if scenario is None
        else read_scenario(scenario, folder=Path.cwd())
    )
    address = listening_address(listen or drill.listen, may_be_reached=may_be_reached)
    channels = Channels(() if is_silent else drill.notify, key="drill.notify", extra="drill")
    with Session() as session:
        opened = CharterData(loaded, session).production()
        drawn = production_inputs(charter, opened, rows=ROWS, seed=seed)
    fingerprint = open_system(system, folder=loaded.folder).fingerprint
    return Plan(
        charter=charter,
        scenario=read,
        seconds=(minutes or drill.minutes) * 60,
        listen=address,
        dialect=dialect,
        rows=records(drawn.frame),
        inputs={**drawn.fingerprints, "system": fingerprint},
        folder=folder,
        channels=channels,
        seed=seed,
        linger_s=linger_s,
        say=say,
        tick=tick,
        how_to_take_part=how_to_take_part,
    )


def listening_address(text: str, *, may_be_reached: bool) -> tuple[str, int]:
    """Read HOST:PORT. Raises InputError for one that other machines reach, unless they may."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not port.isdigit() or not host or int(port) > 65535:
        raise InputError(
            f"'{text}' is no address to listen on.", hint="Write it as 127.0.0.1:8601."
        )
    if host not in LOOPBACK and not may_be_reached:
        raise InputError(
            f"Other machines could reach the proxy on {text}, and through it the system.",
            hint="Listen on 127.0.0.1, or say that this is meant: --yes",
        )
    return ("127.0.0.1" if host == "localhost" else host), int(port)


def drill_folder(state_folder: Path) -> DrillFolder:
    """Return the folder for a charter's drills."""
    folder = DrillFolder(state_folder)
    folder.prepare()
    return folder


def _refuse_elsewhere(fallback: str | None) -> None:
    if fallback is not None and not fallback.startswith(("http://", "https://")):
        raise InputError(
            f"drill.fallback: '{fallback}' is no address that users could go to.",
            hint="Write a URL that answers as the system does, or leave it out where people work "
            "by hand.",
        )
