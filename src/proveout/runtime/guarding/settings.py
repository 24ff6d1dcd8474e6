"""What a guard goes by: a charter, or a few arguments that stand for one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.gateway import MANUAL
from proveout.errors import InputError
from proveout.runtime.by_hand import by_hand

if TYPE_CHECKING:
    import pandas as pd

    from proveout.charter.loaded import LoadedCharter
    from proveout.charter.schema import Charter, System
    from proveout.charter.schema.gateway import Gateway
    from proveout.runtime.budget import Policy

Ask = Callable[["pd.DataFrame"], Any]
"""Takes a batch, returns answers as any Python system does."""

LEDGER = Path(".proveout") / "ledger.db"
"""Where `assess` keeps it, beside the charter."""
FOR_FALLBACK = 0.25
"""Share of the deadline that is kept for the fallback to answer in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """Settled once, when the guard opens."""

    pilot: str
    charter: Charter
    folder: Path
    """Where relative paths start."""
    gateway: Gateway
    policy: Policy
    main: str
    asks: Mapping[str, Ask]
    """By version: callables of the caller's own process."""
    systems: Mapping[str, System] = field(default_factory=dict)
    """By version: callables that a charter names, each to run in a process of its own."""
    store: str
    log_folder: Path
    archive: str | None = None
    """Where the log is archived, if elsewhere."""
    ledger: str | None = None
    """What was measured before launch, where there is a charter."""
    deadline_s: float
    concurrency: int
    fallback: Ask | None = None
    tokens_per_row: tuple[int, int] = (0, 0)
    """The most that a row takes, input and output."""

    @property
    def versions(self) -> frozenset[str]:
        """Those that can be asked here."""
        return frozenset({*self.asks, *self.systems})

    @property
    def by_hand(self) -> str | None:
        """What people are to do where the system does not answer."""
        return by_hand(self.charter)


def settle(
    system: Ask | str | os.PathLike[str] | LoadedCharter,
    charter: str | os.PathLike[str] | LoadedCharter | None,
    *,
    pilot: str | None,
    store: str | os.PathLike[str] | None,
    log: str | os.PathLike[str] | None,
    ledger: str | os.PathLike[str] | None,
    budget: str | tuple[str, ...] | None,
    deadline_s: float | None,
    concurrency: int | None,
    fallback: Ask | None,
    versions: Mapping[str, Ask],
    tokens_per_row: tuple[int, int],
) -> GuardSettings:
    """Bring charter and arguments together; an argument goes before the charter.

    Raises InputError and CharterError.
    """
    from proveout.charter.schema.gateway import Gateway
    from proveout.runtime.budget import policy_from, policy_of
    from proveout.runtime.places import log_of, store_of
    from proveout.runtime.rollout import main_version

    if charter is not None and not callable(system):
        raise InputError(
            f"Two charters are given, '{system}' and '{charter}'.",
            hint="Give one of them, or a callable first: proveout.guard(predict, 'pilot.yaml')",
        )
    given = charter if callable(system) else system
    loaded = _loaded(given)
    name = pilot or _name_of(system)
    agreed, folder = loaded or (_plain(name), Path.cwd())
    gateway = agreed.gateway or Gateway()
    main = main_version(agreed)
    asks = ({main: system} if callable(system) else {}) | dict(versions)
    limit_s = _positive(deadline_s, "deadline_s") or gateway.deadline_s
    systems = _systems(agreed, gateway, main, without=asks, deadline_s=limit_s)
    if MANUAL in asks or MANUAL in systems:
        raise InputError(
            f"A version cannot be called '{MANUAL}': that is the manual process.",
            hint="Give it another name, for example: versions={'v2': predict}",
        )
    if min(tokens_per_row) < 0:
        raise InputError(
            f"tokens_per_row is {tokens_per_row}, and no row takes fewer tokens than none.",
            hint="Give the most, input and output: tokens_per_row=(2000, 500)",
        )
    limits = (budget,) if isinstance(budget, str) else budget
    place = store_of(agreed, folder, os.environ) if store is None else str(store)
    log_folder, archive = log_of(agreed, folder)
    return GuardSettings(
        pilot=agreed.pilot,
        charter=agreed,
        folder=folder,
        gateway=gateway,
        policy=policy_of(agreed.budget) if limits is None else policy_from(limits, None),
        main=main,
        asks=asks,
        systems=systems,
        store=place if "://" in place else str(folder / place),
        log_folder=log_folder if log is None else folder / log,
        archive=archive,
        ledger=None if loaded is None else str(ledger or folder / LEDGER),
        deadline_s=limit_s,
        concurrency=_positive(concurrency, "concurrency") or _concurrency(gateway, systems),
        fallback=fallback,
        tokens_per_row=tokens_per_row,
    )


def _loaded(
    given: str | os.PathLike[str] | LoadedCharter | None,
) -> tuple[Charter, Path] | None:
    from proveout.charter.loaded import LoadedCharter
    from proveout.charter.loading import load_charter

    if given is None:
        return None
    loaded = given if isinstance(given, LoadedCharter) else load_charter(Path(given))
    return loaded.charter, loaded.folder


def _plain(name: str) -> Charter:
    from proveout.charter.schema import Charter

    return Charter.model_validate({"pilot": name})


def _name_of(system: object) -> str:
    words = getattr(system, "__name__", type(system).__name__)
    return re.sub(r"[^a-z0-9]+", "-", str(words).lower()).strip("-") or "pilot"


def _systems(
    charter: Charter, gateway: Gateway, main: str, *, without: Mapping[str, Ask], deadline_s: float
) -> dict[str, System]:
    named = {each.name: each.system for each in gateway.versions}
    if charter.system is not None:
        named = {main: charter.system} | named
    elif main not in without:
        raise InputError(
            f"The charter of '{charter.pilot}' names no system to guard.",
            hint="Give the callable: proveout.guard(predict, 'pilot.yaml')",
        )
    found = {}
    for version, system in named.items():
        if version in without:
            continue
        if system.python is None:
            raise InputError(
                f"The version '{version}' of '{charter.pilot}' is no Python callable, and a guard "
                "asks those.",
                hint="In front of a service: proveout gateway pilot.yaml. For a callable of your "
                f"own: proveout.guard(predict, 'pilot.yaml', versions={{'{version}': …}})",
            )
        # Nobody waits for a batch beyond the deadline, and a process can be ended.
        limit_s = min(system.python.timeout_s, deadline_s)
        python = system.python.model_copy(update={"timeout_s": limit_s})
        found[version] = system.model_copy(update={"python": python})
    return found


def _concurrency(gateway: Gateway, systems: Mapping[str, System]) -> int:
    """A process for each batch at once, and no more of them than processors unless asked for."""
    if systems and "concurrency" not in gateway.model_fields_set:
        return min(gateway.concurrency, os.cpu_count() or 1)
    return gateway.concurrency


def _positive(number: Any, name: str) -> Any:
    if number is not None and not number > 0:
        raise InputError(
            f"{name} is {number!r}, and must be above 0.", hint=f"For example: {name}=10"
        )
    return number
