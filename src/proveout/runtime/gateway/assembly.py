"""Where the parts of the runtime are put together: the one place that knows all of them."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.gateway import MANUAL
from proveout.errors import InputError
from proveout.pricing.one import ByModel, CallPrice, call_price
from proveout.pricing.table import PriceTable
from proveout.runtime.budget import BudgetAdmission, Notice, book_the_dead
from proveout.runtime.exceptions.inspecting import open_inspector
from proveout.runtime.gateway.parts import Behind, Parts, Pricing
from proveout.runtime.gateway.pool import Pool
from proveout.runtime.gateway.words import Said, refusal
from proveout.runtime.log import Writer, new_owner, owner_lives, recover
from proveout.runtime.ports import LogFullError
from proveout.runtime.protection import Limits, Shield
from proveout.runtime.record import Record
from proveout.runtime.rollout.router import SwitchRouter
from proveout.runtime.rollout.state import initial
from proveout.runtime.settings import PilotSettings, Settings
from proveout.runtime.store.opening import open_store
from proveout.runtime.telemetry import Telemetry, TelemetrySettings

if TYPE_CHECKING:
    from proveout.runtime.gateway.app import Asked
    from proveout.runtime.store.port import Store

SEAL_EVERY_S = 5.0
TELL_EVERY_S = 1.0


@dataclass(slots=True)
class Assembled:
    """All that serves, in one process."""

    pilots: dict[str, Parts]
    telemetry: Telemetry
    _stores: ExitStack
    _background: list[asyncio.Task[None]] = field(default_factory=list)

    def standing(self, name: str) -> dict[str, Any]:
        """Say how a pilot stands."""
        parts = self.pilots[name]
        router, admission = parts.router, parts.admission
        told: dict[str, Any] = {"generation": router.generation, "versions": {}}
        for version, behind in parts.behind.items():
            assert isinstance(behind.protection, Shield)  # noqa: S101
            health = behind.protection.health()
            told["versions"][version] = {
                "system": behind.upstream.address.label,
                "breaker": health.breaker,
                "busy": health.busy,
                "waiting": health.waiting,
                "slots": health.slots,
            }
        if isinstance(router, SwitchRouter):
            told["current"] = router.state.current if router.state.is_on else MANUAL
        if isinstance(admission, BudgetAdmission):
            told["store"] = "away" if admission.is_away else "reached"
        return told

    async def feedback(self, asked: Asked) -> Said:
        """Take in that an answer was wrong."""
        del asked
        return refusal("json", "invalid_request_error", "No feedback is taken here.", status=404)

    async def close(self) -> None:
        """End what goes on beside, book, seal and leave."""
        for task in self._background:
            task.cancel()
        for parts in self.pilots.values():
            if parts.tasks:
                await asyncio.wait(parts.tasks, timeout=parts.settings.gateway.deadline_s)
            await parts.log.close()
            await parts.admission.close()
            if isinstance(parts.router, SwitchRouter):
                await parts.router.close()
            for behind in parts.behind.values():
                behind.pool.close()
            if parts.fallback is not None:
                parts.fallback.close()
        self.telemetry.close()
        self._stores.close()


async def assemble(settings: Settings, *, worker: int = 0, shared: Path | None = None) -> Assembled:
    """Open everything, and bring the store up to date from the log of whoever died.

    Raises InputError, StoreError, UnreachableError and MissingExtraError: what is wrong with the
    settings or with what they name.
    """
    secrets = tuple({each for pilot in settings.pilots for each in pilot.secrets})
    telemetry = Telemetry(TelemetrySettings(worker=str(worker), shared=shared, secrets=secrets))
    stores = ExitStack()
    opened: dict[str, Store] = {}
    pilots: dict[str, Parts] = {}
    owner = new_owner()
    try:
        for pilot in settings.pilots:
            if pilot.store not in opened:
                opened[pilot.store] = stores.enter_context(open_store(pilot.store))
            store = opened[pilot.store]
            pilots[pilot.pilot] = await _pilot(pilot, store, owner, telemetry)
    except BaseException:
        stores.close()
        raise
    assembled = Assembled(pilots=pilots, telemetry=telemetry, _stores=stores)
    loop = asyncio.get_running_loop()
    assembled._background.append(loop.create_task(_telling(telemetry), name="telling"))
    for parts in pilots.values():
        assembled._background.append(loop.create_task(_sealing(parts, telemetry), name="sealing"))
    return assembled


async def _pilot(pilot: PilotSettings, store: Store, owner: str, telemetry: Telemetry) -> Parts:
    charter, gateway = pilot.charter, pilot.gateway
    limits = Limits.from_charter(gateway)
    pricing = _pricing(pilot, limits)
    behind = {name: _behind(pilot, name, limits, telemetry) for name in pilot.upstreams}

    def on_notice(notice: Notice) -> None:
        telemetry.event(f"budget-{notice.kind}", level="warning", pilot=pilot.pilot,
                        text=notice.text)  # fmt: skip

    try:
        with recover(pilot.log_folder, pilot.pilot, archive=gateway.log.archive) as dead:
            now = time.time()
            booked = book_the_dead(
                store, pilot.policy, dead, pilot=pilot.pilot, now=now,
                log_folder=str(pilot.log_folder),
                lives=lambda owner: owner_lives(pilot.log_folder, pilot.pilot, owner),
            )  # fmt: skip
            if booked:
                on_notice(booked.notice(pilot.pilot, now))
        log = Writer(pilot.log_folder, pilot.pilot, owner=owner, durability=gateway.log.durability)
    except LogFullError as error:
        raise InputError(
            str(error), hint="Give a folder that can be written: gateway.log, or --log FOLDER."
        ) from error
    admission = BudgetAdmission(
        store, pilot.policy, pilot=pilot.pilot, owner=owner, log_folder=str(pilot.log_folder),
        notice=on_notice,
    )  # fmt: skip
    log.oldest_unhandled = admission.oldest_unbooked
    router = SwitchRouter(store, pilot.pilot, initial(charter), known=frozenset(behind))
    await router.start()

    def on_record(record: Record) -> None:
        telemetry.observe(record)

    return Parts(
        settings=pilot,
        admission=admission,
        log=log,
        router=router,
        behind=behind,
        pricing=pricing,
        fallback=None
        if pilot.fallback is None or pilot.fallback.url is None
        else Pool(pilot.fallback.url),
        on_record=on_record,
        charges_unfinished=pilot.policy.unfinished == "charge",
    )


def _behind(pilot: PilotSettings, name: str, limits: Limits, telemetry: Telemetry) -> Behind:
    upstream = pilot.upstreams[name]
    shield = Shield(limits, discard=lambda reply: reply.close())
    telemetry.watch(pilot.pilot, name, shield.health)
    inspector = open_inspector(pilot.charter, folder=pilot.folder, system=upstream.system)
    return Behind(
        upstream=upstream,
        pool=Pool(upstream.address),
        protection=shield,
        inspector=inspector,
        holds_whole=inspector.needs_whole_answer,
    )


def _pricing(pilot: PilotSettings, limits: Limits) -> Pricing:
    table = PriceTable(on=datetime.now(UTC))
    attempts = limits.attempts_at_most
    if pilot.price_by_model:
        return Pricing(one=None, by_model=ByModel(table).of, attempts_at_most=attempts)
    one: CallPrice = call_price(pilot.price, table, currency=pilot.currency or "XXX")
    return Pricing(one=one, by_model=lambda _: one, attempts_at_most=attempts)


async def _telling(telemetry: Telemetry) -> None:
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        with suppress(OSError):
            telemetry.flush()


async def _sealing(parts: Parts, telemetry: Telemetry) -> None:
    log = parts.log
    assert isinstance(log, Writer)  # noqa: S101
    while True:
        await asyncio.sleep(SEAL_EVERY_S)
        try:
            await asyncio.to_thread(log.seal_due)
        except LogFullError as error:
            telemetry.event("log-full", level="error", pilot=parts.settings.pilot, text=str(error))
