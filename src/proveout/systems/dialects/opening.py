"""From the charter's words to the protocol that a service speaks."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from proveout.charter import schema
from proveout.errors import InputError
from proveout.systems.dialects.addresses import basic_authorization
from proveout.systems.dialects.json_rows import JsonRows
from proveout.systems.dialects.mlflow import Mlflow
from proveout.systems.dialects.open_inference import OpenInference
from proveout.systems.dialects.openai_chat import OpenAIChat
from proveout.systems.exchange import Dialect

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def open_dialect(
    charter_system: schema.System, *, variables: Mapping[str, str] | None = None
) -> Dialect | None:
    """Return the protocol that the system speaks; None for one that is not reached by HTTP.

    The charter's ${VARIABLES} are put into the headers, from the environment when none are given.
    It can be made again in another process from `charter_system.model_dump_json()`.
    Raises InputError for a variable that is not set and for settings that contradict.
    """
    variables = os.environ if variables is None else variables
    task = charter_system.task
    if (http := charter_system.http) is not None:
        return JsonRows(charter=http, headers=_headers(http, variables))
    if (chat := charter_system.chat) is not None:
        return OpenAIChat(charter=chat, headers=_chat_headers(chat, variables), task=task)
    if (tensors := charter_system.open_inference) is not None:
        return OpenInference(charter=tensors, headers=_headers(tensors, variables))
    if (mlflow := charter_system.mlflow) is not None:
        return Mlflow(charter=mlflow, headers=_headers(mlflow, variables), task=task)
    return None


def with_variables(
    texts: Mapping[str, str], variables: Mapping[str, str], *, key: str
) -> dict[str, str]:
    """Put in the environment's values. Raises InputError naming what is not set."""
    wanted = {name for value in texts.values() for name in _VARIABLE.findall(value)}
    missing = sorted(wanted - variables.keys())
    if missing:
        raise InputError(
            f"{key}: the environment variable {missing[0]} is not set.",
            hint=f"Set it before the call: export {missing[0]}=…",
        )
    return {
        name: _VARIABLE.sub(lambda match: variables[match[1]], value)
        for name, value in texts.items()
    }


def _sendable(headers: Mapping[str, str], *, key: str) -> dict[str, str]:
    """Return headers as they can be sent; a line end behind a secret is no part of it.

    Raises InputError, without the value, for one that holds what no header may.
    """
    stripped = {name: value.strip() for name, value in headers.items()}
    for name, value in stripped.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise InputError(
                f"{key}: '{name}' cannot be sent: it holds a line break, or a letter that is not "
                "ASCII.",
                hint="Look at the value, and at the environment variable that it comes from.",
            )
    return stripped


def kind_of(web: schema.WebSystem) -> str:
    """Return the charter's key below 'system'."""
    return str(type(web).model_fields["kind"].default)


def _headers(
    web: schema.WebSystem, variables: Mapping[str, str], *, accept: str = "application/json"
) -> dict[str, str]:
    own = with_variables(web.headers, variables, key=f"system.{kind_of(web)}.headers")
    own = _sendable(own, key=f"system.{kind_of(web)}.headers")
    given = {name.lower() for name in own}
    ours = {"content-type": "application/json", "accept": accept}
    if (basic := basic_authorization(web.url)) is not None:
        ours["authorization"] = basic
    return {name: value for name, value in ours.items() if name not in given} | own


def _chat_headers(chat: schema.ChatSystem, variables: Mapping[str, str]) -> dict[str, str]:
    accept = "text/event-stream" if chat.stream else "application/json"
    headers = _headers(chat, variables, accept=accept)
    if chat.api_key is not None:
        key = with_variables({"": chat.api_key}, variables, key="system.chat.api_key")[""]
        headers |= _sendable({"authorization": f"Bearer {key}"}, key="system.chat.api_key")
    return headers
