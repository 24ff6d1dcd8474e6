"""From a request as it came in production to the rows that the system was asked. Pure.

What the dialects write for a batch of test rows, clients write by themselves in production; a
monitor needs the columns back, to hold them against those of the pilot.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from proveout.asked import NotRowsError, Row, mlflow_rows, open_inference_rows, plain_rows
from proveout.asked.templates import row_in, rows_in, text_row_in
from proveout.charter import schema

TEXT = "text"
"""The column of what was asked in words, where no template tells columns apart."""


def rows_asked(system: schema.System, body: str, *, inputs: Sequence[str] = ()) -> list[Row]:
    """Read the rows of a request body; `inputs` names the columns of a matrix, in their order.

    Raises NotRowsError for a body that holds none.
    """
    asked = _decoded(body)
    if system.chat is not None:
        return [_chat_row(system.chat, asked)]
    if (tensors := system.open_inference) is not None:
        rows = open_inference_rows(asked)
        return rows if tensors.layout == "columns" else [_named(row, inputs) for row in rows]
    if system.mlflow is not None:
        return [_named(row, inputs) for row in mlflow_rows(asked)]
    if system.http is not None:
        return _templated(system.http.request_template, asked)
    return plain_rows(asked)


def _decoded(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotRowsError("The body is not JSON.") from None


def _templated(template: Any, asked: Any) -> list[Row]:
    if template is None:
        return plain_rows(asked)
    rows = rows_in(template, asked)
    if rows is None:
        row = row_in(template, asked)
        rows = [row] if row else None
    return plain_rows(asked) if rows is None else rows


def _named(row: Row, inputs: Sequence[str]) -> Row:
    """Name the columns of a matrix, which come as numbers, by the inputs of the charter."""
    if len(inputs) != len(row) or any(name in row for name in inputs):
        return row
    return dict(zip(inputs, row.values(), strict=True))


def _chat_row(chat: schema.ChatSystem, asked: Any) -> Row:
    messages = asked.get("messages") if isinstance(asked, dict) else None
    if not isinstance(messages, list):
        raise NotRowsError("The body has no 'messages'.")
    said = [_said(each) for each in messages if _role(each) == "user"]
    if not said:
        raise NotRowsError("No message of the body is a user's.")
    row = text_row_in(chat.user, said[-1]) if len(said) == 1 else None
    return row or {TEXT: said[-1]}


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _said(message: dict[str, Any]) -> str:
    """Return the words of a message, which may come in parts; pictures and sounds are left out."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))
