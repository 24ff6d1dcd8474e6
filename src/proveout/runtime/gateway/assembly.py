"""Where the parts of the runtime are put together: the one place that knows all of them."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout import notices as calling
from proveout.charter.schema.gateway import MANUAL
from proveout.errors import InputError, ProveoutError
from proveout.evidence.model import Evidence
from proveout.pricing.one import ByModel, CallPrice, call_price
from proveout.pricing.table import PriceTable
from proveout.runtime.budget import BudgetAdmission, Notice
from proveout.runtime.call import Call
from proveout.runtime.exceptions import AnswerInspector, handling_of, open_inspector, queueing
from proveout.runtime.exceptions.escalating import Escalating
from proveout.runtime.exceptions.feedback import Feedback
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.gateway.parts import Behind, Parts, Pricing
from proveout.runtime.gateway.pool import Pool
from proveout.runtime.log import Writer, find, new_owner
from proveout.runtime.log.background import keep_archived
from proveout.runtime.log.compaction import Compacted
from proveout.runtime.ports import LogFullError
from proveout.runtime.protection import Limits, Shield
from proveout.runtime.record import Record
from proveout.runtime.rollout.router import SwitchRouter
from proveout.runtime.rollout.shadowing import Shadowing
from proveout.runtime.rollout.state import initial
from proveout.runtime.settings import PilotSettings, Settings
from proveout.runtime.starting import for_people, known_of, record_missing, take_over
from proveout.runtime.store.opening import open_store
from proveout.runtime.telemetry import Telemetry, TelemetrySettings

if TYPE_CHECKING:
    from proveout.runtime.store.port import Store

SEAL_EVERY_S = 5.0
TELL_EVERY_S = 1.0


@dataclass(slots=True)
class Assembled:
    """All that serves, in one process."""

    pilots: dict[str, Parts]
    telemetry: Telemetry
    _opened: ExitStack
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
        shadowing = parts.shadowing
        if shadowing.fired or shadowing.dropped:
            told["shadow"] = {
                "asked": shadowing.fired,
                "dropped": shadowing.dropped,
                "broken": shadowing.broken,
            }
        if isinstance(router, SwitchRouter):
            told["current"] = router.state.current if router.state.is_on else MANUAL
        if isinstance(admission, BudgetAdmission):
            told["store"] = "away" if admission.is_away else "reached"
        return told

    async def close(self) -> None:
        """End what goes on beside; book, queue, seal and leave, in this order."""
        for task in self._background:
            task.cancel()
        for parts in self.pilots.values():
            await parts.shadowing.close(parts.settings.gateway.deadline_s)
            await parts.admission.close()
            if isinstance(parts.router, SwitchRouter):
                await parts.router.close()
            await asyncio.to_thread(parts.queueing.close)
            await parts.log.close()
            for behind in parts.behind.values():
                behind.pool.close()
            if parts.fallback is not None:
                parts.fallback.close()
        self.telemetry.close()
        await asyncio.to_thread(self._opened.close)


async def assemble(settings: Settings, *, worker: int = 0, shared: Path | None = None) -> Assembled:
    """Open everything, and bring the store up to date from the log of whoever died.

    Raises InputError, StoreError, UnreachableError and MissingExtraError: what is wrong with the
    settings or with what they name.
    """
    secrets = tuple({each for pilot in settings.pilots for each in pilot.secrets})
    telemetry = Telemetry(TelemetrySettings(worker=str(worker), shared=shared, secrets=secrets))
    stack = ExitStack()
    opened: dict[str, Store] = {}
    pilots: dict[str, Parts] = {}
    owner = new_owner()
    try:
        for pilot in settings.pilots:
            if pilot.store not in opened:
                opened[pilot.store] = stack.enter_context(open_store(pilot.store))
            store = opened[pilot.store]
            pilots[pilot.pilot] = await _pilot(pilot, store, owner, telemetry, stack)
    except BaseException:
        stack.close()
        raise
    assembled = Assembled(pilots=pilots, telemetry=telemetry, _opened=stack)
    loop = asyncio.get_running_loop()
    assembled._background.append(loop.create_task(_telling(telemetry), name="telling"))
    for parts in pilots.values():
        assembled._background.append(loop.create_task(_sealing(parts, telemetry), name="sealing"))
        archiving = _archiving(parts.settings, telemetry)
        assembled._background.append(loop.create_task(archiving, name="archiving"))
    return assembled


async def _pilot(
    pilot: PilotSettings, store: Store, owner: str, telemetry: Telemetry, opened: ExitStack
) -> Parts:
    """Put one pilot together; what must be closed in order is left with `opened`."""
    charter, gateway = pilot.charter, pilot.gateway
    limits = Limits.from_charter(gateway)
    pricing = _pricing(pilot, limits)
    evidence = known_of(pilot.pilot, pilot.ledger)
    behind = {name: _behind(pilot, name, limits, evidence, telemetry) for name in pilot.upstreams}
    notices = opened.enter_context(calling.open_notices(charter))

    def on_notice(notice: Notice) -> None:
        telemetry.event(
            f"budget-{notice.kind}", level="warning", pilot=pilot.pilot, text=notice.text
        )
        notices.tell(for_people(notice))

    queue = ExceptionQueue(store, pilot.pilot, handling_of(charter))
    try:
        news = take_over(queue, pilot.policy, log_folder=pilot.log_folder, archive=pilot.archive)
        log = _log(pilot, owner)
    except LogFullError as error:
        raise InputError(
            str(error), hint="Give a folder that can be written: gateway.log, or --log FOLDER."
        ) from error
    if news is not None:
        on_notice(news)
    queued = opened.enter_context(
        queueing(
            queue,
            pilot=pilot.pilot,
            log_folder=pilot.log_folder,
            owner=owner,
            archive=pilot.archive,
            chore=Escalating(queue, notices, retention_days=gateway.log.retention_days),
        )
    )
    admission = BudgetAdmission(
        store, pilot.policy, pilot=pilot.pilot, owner=owner, log_folder=str(pilot.log_folder),
        notice=on_notice,
    )  # fmt: skip

    def oldest_unhandled() -> float | None:
        moments = (admission.oldest_unbooked(), queued.oldest_unhandled())
        return min((each for each in moments if each is not None), default=None)

    log.oldest_unhandled = oldest_unhandled
    router = SwitchRouter(store, pilot.pilot, initial(charter), known=frozenset(behind))
    await router.start()
    missing = await asyncio.to_thread(record_missing, store, pilot.pilot, pilot.ledger)
    if missing is not None:
        telemetry.event("switches-not-in-ledger", level="warning", pilot=pilot.pilot, text=missing)

    def on_record(record: Record, call: Call) -> None:
        queued.put(record)
        telemetry.observe(record, call.trace)

    def find_record(call: str) -> Record | None:
        found = find(pilot.log_folder, pilot.pilot, {call}, archive=pilot.archive)
        return found.get(call)

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
        queueing=queued,
        shadowing=Shadowing(on_dropped=partial(telemetry.shadow_dropped, pilot.pilot)),
        feedback=Feedback(queue, find=find_record).feedback,
        telemetry=telemetry,
        charges_unfinished=pilot.policy.unfinished == "charge",
    )


def _log(pilot: PilotSettings, owner: str) -> Writer:
    """Open a segment of our own."""
    log = pilot.gateway.log
    return Writer(
        pilot.log_folder, pilot.pilot, owner=owner, durability=log.durability, payload=log.payload
    )


def _behind(
    pilot: PilotSettings,
    name: str,
    limits: Limits,
    evidence: list[Evidence],
    telemetry: Telemetry,
) -> Behind:
    upstream = pilot.upstreams[name]
    shield = Shield(limits, discard=lambda reply: reply.close())
    telemetry.watch(pilot.pilot, name, shield.health)
    if pilot.is_agreed:
        inspector = open_inspector(
            pilot.charter, folder=pilot.folder, system=upstream.system, evidence=evidence
        )
    else:
        inspector = AnswerInspector(None)
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
    return Pricing(
        one=one,
        by_model=lambda _: one,
        attempts_at_most=attempts,
        pays_again=pilot.price is None or pilot.price.retries_are_billed,
    )


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


async def _archiving(pilot: PilotSettings, telemetry: Telemetry) -> None:
    def tell(what: Compacted | ProveoutError) -> None:
        if isinstance(what, ProveoutError):
            telemetry.event("archive-away", level="warning", pilot=pilot.pilot, text=what.message)
        else:
            telemetry.event("archived", pilot=pilot.pilot, requests=what.records,
                            deleted_by_retention=what.deleted_records)  # fmt: skip

    await keep_archived(
        pilot.log_folder,
        pilot.pilot,
        archive=pilot.archive,
        retention_days=pilot.gateway.log.retention_days,
        tell=tell,
    )
