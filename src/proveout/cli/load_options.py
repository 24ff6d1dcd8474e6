"""What the options of `proveout load` mean: how much is sent, by whom, and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.schema import System
    from proveout.charter.schema.standard import Load
    from proveout.checks.load.spec import LoadSpec

SEED = 20260101


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Options that say how much is sent; None where they were left out."""

    users: int | None
    to: int | None
    seconds: float | None
    is_open: bool
    think: float | None
    patience: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Who sends."""

    workers: int
    listen: tuple[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Options that say what is asked, without a charter."""

    url: str
    chat: str | None
    prompt: str | None
    body: Path | None
    headers: Sequence[str]


def address(text: str, option: str) -> tuple[str, int]:
    """Read HOST:PORT. Raises InputError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise InputError(
            f"{option} {text} is no address.", hint=f"Write host and port: {option} 10.0.0.5:5557"
        )
    return host, int(port)


def changed(load: Load, given: Given) -> Load:
    """Return what the charter says, with what the options say otherwise. Raises InputError."""
    if given.to is not None and given.to > load.users:
        raise InputError(
            f"--to {given.to:,} is more than full size, which the charter says is {load.users:,}.",
            hint="Say in the charter how many there will be: load.users",
        )
    update: dict[str, Any] = {}
    if given.users is not None:
        update |= {"pilot_users": given.users, "levels": ()}
    if given.to is not None:
        update["measure_up_to"] = given.to
    if given.seconds is not None:
        update["seconds"] = given.seconds
    if given.is_open:
        update["arrivals"] = "open"
    if given.think is not None or given.patience is not None:
        raise InputError(
            "How often users ask, and how long they wait, is agreed in the charter.",
            hint="Change it there: load.requests_per_user_per_day, load.give_up_after_s",
        )
    return load.model_copy(update=update)


def load_of(given: Given) -> Load:
    from proveout.charter.schema.standard import Load
    from proveout.checks.load.schedule import PEAK_SHARE

    users = given.users or 50
    most = given.to or 10 * users
    plain: dict[str, Any] = {
        "pilot_users": min(users, most),
        "users": most,
        "arrivals": "open" if given.is_open else "closed",
    }
    if given.seconds is not None:
        plain["seconds"] = given.seconds
    if given.think is not None:
        plain["requests_per_user_per_day"] = 3600 / given.think / PEAK_SHARE
    if given.patience is not None:
        plain["give_up_after_s"] = given.patience
    return Load.model_validate(plain)


def spec_of(asked: Asked) -> LoadSpec:
    """Return what is sent. Raises InputError."""
    from proveout.checks.load.spec import LoadSpec, RawTarget

    headers = dict(_header(text) for text in asked.headers)
    if asked.chat is not None:
        system = _chat(asked, headers)
        return LoadSpec(
            seed=SEED,
            system=system.model_dump(mode="json", exclude_none=True),
            rows=({"prompt": asked.prompt},),
        )
    if asked.prompt is not None:
        raise InputError("--prompt is for a language model.", hint="Name the model: --chat MODEL")
    body = ""
    if asked.body is not None:
        try:
            body = asked.body.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{asked.body} cannot be read: {error}.") from error
        headers = {"Content-Type": "application/json", **headers}
    method = "GET" if asked.body is None else "POST"
    return LoadSpec(
        seed=SEED, raw=RawTarget(url=asked.url, method=method, headers=headers, body=body)
    )


def _chat(asked: Asked, headers: dict[str, str]) -> System:
    from proveout.charter.schema import System

    if asked.prompt is None:
        raise InputError("--chat needs something to ask.", hint="Add: --prompt 'TEXT'")
    chat = {
        "url": asked.url,
        "model": asked.chat,
        "user": "{prompt}",
        "stream": True,
        "headers": headers,
    }
    return System.model_validate({"chat": chat, "task": "text"})


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise InputError(f"--header '{text}' is no header.", hint="Write 'Name: value'.")
    return name.strip(), value.strip()
