"""What a gateway goes by: charters, or a few options, read once into unchanging values. Pure.

Variables of the environment are passed in; what is secret is kept out of every `repr`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, System
from proveout.charter.schema.gateway import MANUAL, Gateway
from proveout.charter.schema.standard import Price
from proveout.errors import InputError
from proveout.runtime.budget import Policy, policy_from, policy_of
from proveout.runtime.by_hand import by_hand
from proveout.runtime.call import Caller, Protocol_
from proveout.runtime.gateway.addresses import Address, read_address
from proveout.runtime.places import log_of, store_of
from proveout.runtime.rollout.state import main_version
from proveout.systems.dialects.addresses import basic_authorization
from proveout.systems.dialects.opening import open_dialect, with_variables

MANUAL_TEXT = "The system is not in use now. Do it by hand, as before it was brought in."
"""What people are told where the charter names no manual process."""
AUTHORIZATION = b"authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """One version of the system, as it is reached."""

    version: str
    address: Address
    protocol: Protocol_
    headers: tuple[tuple[bytes, bytes], ...] = field(default=(), repr=False)
    """In the place of the client's own of the same names; keys among them."""
    system: System
    """As the charter has it."""

    @property
    def names(self) -> frozenset[bytes]:
        """Headers of the client that do not pass, since the system has its own."""
        return frozenset(name for name, _ in self.headers)

    def fails_with(self, status: int, *, client_drops: frozenset[bytes]) -> bool:
        """Tell whether a status is a failure of the system, and not of what it was asked.

        A key that is refused is: unless it is the client's own, no client can mend it.
        """
        if status in (401, 403):
            return AUTHORIZATION in client_drops or AUTHORIZATION in self.names
        return status >= 500 or status == 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Who answers when the system does not."""

    url: Address | None = None
    headers: tuple[tuple[bytes, bytes], ...] = field(default=(), repr=False)
    """Of the other service: user and password of its address. No other key goes there."""
    text: str | None = None
    status: int = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotSettings:
    """What holds for one pilot."""

    pilot: str
    charter: Charter
    folder: Path
    """Where relative paths start."""
    is_agreed: bool = True
    """There is a charter; False where options stand for one, and nobody said what answers are."""
    gateway: Gateway
    """As in the charter, or its defaults."""
    upstreams: Mapping[str, Upstream]
    """By version."""
    main: str
    """The charter's own system as a version."""
    clients: Mapping[str, Caller] = field(default_factory=dict, repr=False)
    """By the SHA-256 of their key, in hexadecimal digits; everybody may call where it is empty."""
    fallback: Answering | None = None
    store: str
    """File or address."""
    log_folder: Path
    archive: str | None = None
    """Where the log is archived, if elsewhere."""
    ledger: str | None = None
    """Where evidence of the pilot is, such as the threshold of confidence; None where none is."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    by_hand: str = MANUAL_TEXT
    """What people are to do where nobody else answers."""
    policy: Policy
    """What may be spent."""
    price: Price | None = None
    price_by_model: bool = False
    """Each request has the price of the model that it names."""
    currency: str | None = None

    @property
    def max_body(self) -> int:
        """The most bytes of a request."""
        return int(self.gateway.max_body_mb * 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a gateway goes by."""

    pilots: tuple[PilotSettings, ...]
    host: str
    port: int
    workers: int = 1
    header_timeout_s: float = 15.0
    """So long a client may take to send its headers, and between two parts of a body."""
    most_connections: int | None = None
    """Of clients, in each process; as many as its open files allow where it is None."""


def from_charters(
    loaded: Sequence[LoadedCharter],
    *,
    variables: Mapping[str, str] | None = None,
    listen: tuple[str, int] | None = None,
    workers: int = 1,
    ledgers: Sequence[str | None] = (),
) -> Settings:
    """Read charters. Raises InputError for what no gateway can stand in front of."""
    variables = os.environ if variables is None else variables
    pilots = tuple(
        of_charter(each.charter, each.folder, variables=variables, ledger=ledger)
        for each, ledger in zip(loaded, ledgers or [None] * len(loaded), strict=True)
    )
    names = [each.pilot for each in pilots]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(
            f"Two charters are of the pilot '{twice}'.",
            hint="Each pilot is reached under its own name; give one charter of each.",
        )
    host, port = listen or _listen(pilots)
    return Settings(pilots=pilots, host=host, port=port, workers=workers)


def of_charter(
    charter: Charter,
    folder: Path,
    *,
    variables: Mapping[str, str],
    ledger: str | None = None,
) -> PilotSettings:
    """Read one charter. Raises InputError."""
    gateway = charter.gateway or Gateway()
    if charter.system is None:
        raise InputError(
            f"The charter of '{charter.pilot}' names no system to stand in front of.",
            hint="Say how it is reached, for example: system: {chat: {url: …, model: …, user: …}}",
        )
    main = main_version(charter)
    systems = {main: charter.system}
    for version in gateway.versions:
        if version.name in systems or version.name == MANUAL:
            raise InputError(
                f"gateway.versions: '{version.name}' is the name of another version already.",
                hint="The system's own name is system.version, or 'current'.",
            )
        systems[version.name] = version.system
    log_folder, archive = log_of(charter, folder)
    return PilotSettings(
        pilot=charter.pilot,
        charter=charter,
        folder=folder,
        gateway=gateway,
        upstreams={name: _upstream(name, each, variables) for name, each in systems.items()},
        main=main,
        clients=_clients(gateway, variables),
        fallback=_fallback(gateway, by_hand(charter)),
        by_hand=by_hand(charter) or MANUAL_TEXT,
        store=store_of(charter, folder, variables),
        log_folder=log_folder,
        archive=archive,
        ledger=ledger,
        secrets=_secrets(charter, variables),
        policy=policy_of(charter.budget),
        price=None if charter.budget is None else charter.budget.price,
        currency=None if charter.budget is None else charter.budget.currency,
    )


def _upstream(version: str, system: System, variables: Mapping[str, str]) -> Upstream:
    web = system.web
    if web is None:
        raise InputError(
            f"The system '{version}' is reached by {_way(system)}, and a gateway stands in front "
            "of systems that are reached by HTTP.",
            hint="In Python use the same protection in process: proveout.guard(system).",
        )
    protocols: dict[str, Protocol_] = {
        "http": "json", "chat": "chat", "open_inference": "open_inference", "mlflow": "mlflow",
    }  # fmt: skip
    dialect = open_dialect(system, variables=variables)
    assert dialect is not None  # noqa: S101  # every way by HTTP has one
    given = {name.lower() for name in web.headers}
    headers = {name.lower(): value for name, value in dialect.headers.items()}
    for ours in ("content-type", "accept"):
        if ours not in given:
            headers.pop(ours, None)  # the client says those
    return Upstream(
        version=version,
        address=read_address(web.url, is_endpoint=system.http is not None),
        protocol=protocols[_way(system)],
        headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        system=system,
    )


def _way(system: System) -> str:
    return str(type(system.reached).model_fields["kind"].default)


def _clients(gateway: Gateway, variables: Mapping[str, str]) -> dict[str, Caller]:
    clients: dict[str, Caller] = {}
    for client in gateway.clients:
        key = _with_variables(
            client.key, variables, key=f"gateway.clients, '{client.name}'"
        ).strip()
        if len(key) < 8:
            raise InputError(
                f"gateway.clients: the key of '{client.name}' has fewer than 8 letters.",
                hint="Make one that nobody guesses: openssl rand -hex 32",
            )
        digest = hashlib.sha256(key.encode()).hexdigest()
        if digest in clients:
            raise InputError(
                f"gateway.clients: '{client.name}' has the same key as '{clients[digest].client}'.",
                hint="By its key a client is known; each needs one of its own.",
            )
        clients[digest] = Caller(
            client=client.name,
            key=digest[:12],
            team=client.team,
            groups=client.groups,
            priority=client.priority,
        )
    return clients


def _fallback(gateway: Gateway, text: str | None) -> Answering | None:
    if gateway.fallback is None:
        return None
    given = gateway.fallback
    basic = None if given.url is None else basic_authorization(given.url)
    return Answering(
        url=None if given.url is None else read_address(given.url),
        headers=() if basic is None else ((b"authorization", basic.encode()),),
        text=None if given.manual is None else text,
        status=given.status,
    )


def _with_variables(text: str, variables: Mapping[str, str], *, key: str) -> str:
    return with_variables({"": text}, variables, key=key)[""]


def _secrets(charter: Charter, variables: Mapping[str, str]) -> tuple[str, ...]:
    from proveout.systems.secrets import secrets_of

    gateway = charter.gateway or Gateway()
    systems = [charter.system, *(version.system for version in gateway.versions)]
    urls = [each.web.url for each in systems if each is not None and each.web is not None]
    if gateway.fallback is not None and gateway.fallback.url is not None:
        urls.append(gateway.fallback.url)
    found = {each for url in urls for each in secrets_of(charter, url=url, variables=variables)}
    return tuple(sorted(found, key=len, reverse=True))


def _listen(pilots: Sequence[PilotSettings]) -> tuple[str, int]:
    """Return the one address at which all of them are to listen."""
    wanted = {each.gateway.listen: each.pilot for each in pilots}
    if len(wanted) > 1:
        said = ", ".join(f"{name}: {listen}" for listen, name in wanted.items())
        raise InputError(
            f"The charters want to listen at different addresses ({said}).",
            hint="Say where all of them are reached: --host 127.0.0.1 --port 8800",
        )
    host, _, port = next(iter(wanted)).rpartition(":")
    return host.strip("[]"), int(port)


def of_options(
    *,
    upstream: str,
    folder: Path,
    host: str,
    port: int,
    workers: int = 1,
    budget: tuple[str, ...] = (),
    budget_requests: int | None = None,
    deadline_s: float | None = None,
    log: str | None = None,
    store: str | None = None,
    fallback: str | None = None,
    price: str | None = None,
) -> Settings:
    """Make the settings of a gateway without a charter, for a first try. Raises InputError."""
    from proveout.runtime.gateway.options import charter_of, read_price

    address = read_address(upstream)
    policy = policy_from(budget, budget_requests)
    charter = charter_of(
        upstream=upstream, deadline_s=deadline_s, log=log, store=store, fallback=fallback
    )
    pilot = of_charter(charter, folder, variables={})
    # The whole service is meant, not one endpoint of it.
    upstreams = {name: replace(each, address=address) for name, each in pilot.upstreams.items()}
    limits_money = any(rule.money is not None for rule in policy.rules)
    given = read_price(price, policy.currency, is_needed=limits_money)
    pilot = replace(
        pilot,
        is_agreed=False,
        upstreams=upstreams,
        policy=policy,
        price=given,
        price_by_model=given is None and limits_money,
        currency=policy.currency if given is not None or limits_money else None,
    )
    return Settings(pilots=(pilot,), host=host, port=port, workers=workers)


def shown_store(store: str) -> str:
    """Return the place of a store without a password."""
    if "://" not in store:
        return store
    parts = urlsplit(store)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
