"""Puts together what a guard needs: the same parts as a gateway, on a loop of its own."""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections.abc import Collection
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from proveout.errors import InputError, UnreachableError
from proveout.runtime.gateway.ids import Ids
from proveout.runtime.guarding.asking import Processes
from proveout.runtime.guarding.settings import Ask, GuardSettings
from proveout.runtime.ports import LogFullError
from proveout.runtime.protection import Limits, Shield
from proveout.runtime.rollout.shadowing import Shadowing

if TYPE_CHECKING:
    from proveout.evidence.model import Evidence
    from proveout.pricing.one import CallPrice
    from proveout.runtime.budget import BudgetAdmission, Notice
    from proveout.runtime.exceptions import AnswerInspector
    from proveout.runtime.exceptions.queueing import Queueing
    from proveout.runtime.log import Writer
    from proveout.runtime.rollout.router import SwitchRouter
    from proveout.runtime.store.port import Store
    from proveout.runtime.telemetry import Telemetry

SEAL_EVERY_S = 5.0
_LOGGER = logging.getLogger("proveout.guard")


@dataclass(slots=True)
class Behind:
    """One version of the system."""

    name: str
    ask: Ask
    shield: Shield
    inspector: AnswerInspector


@dataclass(slots=True)
class Parts:
    """A guard in service."""

    settings: GuardSettings
    log: Writer
    admission: BudgetAdmission
    router: SwitchRouter
    exceptions: Queueing
    behind: dict[str, Behind]
    price: CallPrice
    stack: ExitStack
    telemetry: Telemetry | None = None
    shadowing: Shadowing = field(default_factory=Shadowing)
    """Asks versions that nobody hears."""
    sealing: asyncio.Task[None] | None = None
    _ids: Ids = field(default_factory=Ids)
    _naming: threading.Lock = field(default_factory=threading.Lock)

    def next_id(self, at: float) -> str:
        """Return the id of a call that came at this moment; from any thread."""
        with self._naming:
            return self._ids.next(at)


async def open_parts(
    settings: GuardSettings,
    price_per_request: float | None,
    telemetry: Telemetry | None = None,
) -> Parts:
    """Open store and log, bring up to date what a dead process left, and start what is asked.

    Raises InputError, UnreachableError, StoreError, MissingExtraError.
    """
    with ExitStack() as stack:
        try:
            parts = await _opened(settings, price_per_request, stack)
        except LogFullError as error:
            raise UnreachableError(
                str(error), hint="Give another folder: proveout.guard(…, log='prediction-log')"
            ) from error
        parts.stack = stack.pop_all()
    parts.telemetry = telemetry
    if telemetry is not None:
        dropped = partial(telemetry.shadow_dropped, settings.pilot)
        parts.shadowing = Shadowing(on_dropped=dropped)
        for name, each in parts.behind.items():
            telemetry.watch(settings.pilot, name, each.shield.health)
    parts.sealing = asyncio.get_running_loop().create_task(_seal(parts.log))
    return parts


async def close_parts(parts: Parts) -> None:
    """Write, book and queue what is left; end what was started."""
    if parts.sealing is not None:
        parts.sealing.cancel()
    await parts.shadowing.close(parts.settings.deadline_s)
    with parts.stack:
        await parts.router.close()
        await parts.log.close()
        await parts.admission.close()


async def _opened(
    settings: GuardSettings, price_per_request: float | None, stack: ExitStack
) -> Parts:
    from proveout.notices import open_notices
    from proveout.runtime.budget import BudgetAdmission
    from proveout.runtime.exceptions.entry import handling_of
    from proveout.runtime.exceptions.escalating import Escalating
    from proveout.runtime.exceptions.queue import ExceptionQueue
    from proveout.runtime.exceptions.queueing import queueing
    from proveout.runtime.log import Writer, new_owner
    from proveout.runtime.starting import for_people, known_of, record_missing, take_over
    from proveout.runtime.store.opening import open_store

    charter, pilot, log = settings.charter, settings.pilot, settings.gateway.log
    price = _price(settings, price_per_request)
    behind = _all_behind(settings, known_of(pilot, settings.ledger), stack)
    notices = stack.enter_context(open_notices(charter))

    def tell(notice: Notice) -> None:
        _LOGGER.warning("%s", notice.text)
        notices.tell(for_people(notice))

    store = stack.enter_context(open_store(settings.store))
    queue = ExceptionQueue(store, pilot, handling_of(charter))
    folder, archive = settings.log_folder, settings.archive
    news = take_over(queue, settings.policy, log_folder=folder, archive=archive)
    if news is not None:
        tell(news)
    owner = new_owner()
    exceptions = stack.enter_context(
        queueing(
            queue,
            pilot=pilot,
            log_folder=folder,
            owner=owner,
            archive=archive,
            chore=Escalating(queue, notices, retention_days=log.retention_days),
        )
    )
    router = await _router(settings, store, behind)
    missing = await asyncio.to_thread(record_missing, store, pilot, settings.ledger)
    if missing is not None:
        _LOGGER.warning("Switches are not in the ledger yet: %s", missing)
    writer = Writer(folder, pilot, owner=owner, durability=log.durability, payload=log.payload)
    admission = BudgetAdmission(
        store,
        settings.policy,
        pilot=pilot,
        owner=owner,
        log_folder=str(folder),
        notice=tell,
    )

    def oldest_unhandled() -> float | None:
        moments = (admission.oldest_unbooked(), exceptions.oldest_unhandled())
        return min((each for each in moments if each is not None), default=None)

    writer.oldest_unhandled = oldest_unhandled
    return Parts(
        settings=settings,
        log=writer,
        admission=admission,
        router=router,
        exceptions=exceptions,
        behind=behind,
        price=price,
        stack=stack,
    )


async def _router(settings: GuardSettings, store: Store, behind: Collection[str]) -> SwitchRouter:
    from proveout.runtime.rollout import initial
    from proveout.runtime.rollout.router import SwitchRouter

    first = initial(settings.charter)
    more = tuple(name for name in behind if name not in first.versions)
    first = replace(first, versions=(*first.versions, *more))
    router = SwitchRouter(store, settings.pilot, first, known=settings.versions)
    await router.start()
    return router


def _all_behind(
    settings: GuardSettings, known: list[Evidence], stack: ExitStack
) -> dict[str, Behind]:
    asks = dict(settings.asks)
    for name, system in settings.systems.items():
        asks[name] = processes = Processes(system, folder=settings.folder)
        stack.callback(processes.close)
        processes.start()
    return {name: _behind(settings, name, ask, known) for name, ask in asks.items()}


def _behind(settings: GuardSettings, name: str, ask: Ask, known: list[Evidence]) -> Behind:
    from proveout.runtime.exceptions.inspecting import open_inspector

    limits = replace(
        Limits.from_charter(settings.gateway),
        concurrency=settings.concurrency,
        hedge_after_s=None,  # a thread cannot be stopped, so that a second one would only add
    )
    system = settings.systems.get(name)
    inspector = open_inspector(
        settings.charter, folder=settings.folder, system=system, evidence=known
    )
    return Behind(name=name, ask=ask, shield=Shield(limits), inspector=inspector)


def _price(settings: GuardSettings, per_request: float | None) -> CallPrice:
    """Return what a call costs. Raises InputError where a limit could then not be held."""
    from datetime import UTC, datetime

    from proveout.charter.schema.standard import Price
    from proveout.pricing.one import call_price
    from proveout.pricing.table import PriceTable

    budget, policy = settings.charter.budget, settings.policy
    given = None if budget is None else budget.price
    if per_request is not None:
        if not 0 <= per_request < math.inf:
            raise InputError(
                f"price is {per_request!r}, and must be 0 or above.",
                hint="For example: price=0.002",
            )
        given = Price(per_request=per_request)
    price = call_price(given, PriceTable(on=datetime.now(UTC)), currency=policy.currency)
    kinds = {kind for rule in policy.rules for kind, _ in rule.limits()}
    if "money" in kinds and given is None:
        raise InputError(
            "A budget in money holds, and what a call costs is not known.",
            hint="Say it: budget.price in the charter, or proveout.guard(…, price=0.002)",
        )
    if (price.is_by_token or "tokens" in kinds) and settings.tokens_per_row == (0, 0):
        raise InputError(
            "Tokens are paid for or limited, and how many a row may take is not known.",
            hint="Give the most, input and output: proveout.guard(…, tokens_per_row=(2000, 500))",
        )
    return price


async def _seal(log: Writer) -> None:
    """Seal what is full, every few seconds; a log that cannot be written is told of by a call."""
    while True:
        await asyncio.sleep(SEAL_EVERY_S)
        with suppress(LogFullError):
            await asyncio.to_thread(log.seal_due)
