"""The columns in which the prediction log is archived and read: one row per request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def schema() -> pa.Schema:
    """Return the Arrow schema of the archived records, `Record` field by field.

    `at` and `ended_at` are timestamps in UTC, `cost` a decimal in the currency, `reasons` and
    `notes` lists of text; the rest is as in `Record`.
    """
    import pyarrow as pa

    moment = pa.timestamp("us", tz="UTC")
    text, number, whole = pa.string(), pa.float64(), pa.int64()
    return pa.schema(
        [
            ("id", text), ("pilot", text), ("protocol", text), ("at", moment), ("ended_at", moment),
            ("seconds", number), ("outcome", text), ("status", pa.int32()), ("version", text),
            ("system_status", pa.int32()), ("fallback", pa.bool_()), ("shadow_of", text),
            ("client", text), ("key", text), ("team", text), ("user", text), ("model", text),
            ("rows", whole), ("attempts", pa.int32()), ("queued_s", number), ("system_s", number),
            ("first_token_s", number), ("input_tokens", whole), ("cached_input_tokens", whole),
            ("output_tokens", whole), ("tokens_counted", pa.bool_()),
            ("cost", pa.decimal128(28, 9)), ("currency", text), ("confidence", number),
            ("reasons", pa.list_(text)), ("notes", pa.list_(text)), ("simulated", pa.bool_()),
            ("request_hash", text), ("answer_hash", text), ("request", text), ("answer", text),
            ("trace", text),
        ]
    )  # fmt: skip
