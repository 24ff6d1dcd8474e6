"""Generic JSON: the charter says where the rows go and where the answers stand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proveout.charter.schema import HttpSystem
from proveout.errors import InputError
from proveout.systems import answering
from proveout.systems.dialects.replies import json_of, list_at
from proveout.systems.dialects.templates import columns_in, fill_json
from proveout.systems.exchange import Decoded, Reply, Request

ROWS = "$rows"
"""In a request template, what stands for the list of records."""

_KEY = "system.http.request_template"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRows:
    """Writes records where the template has '$rows', or one row's values where it has '{column}'.

    Raises InputError for a template that has places for one row where several go in a request.
    """

    charter: HttpSystem
    headers: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        columns = sorted(set(columns_in(self.charter.request_template)))
        if self._takes_rows or not columns or self.charter.batch_rows == 1:
            return
        raise InputError(
            f"{_KEY}: '{{{columns[0]}}}' stands for the value of one row, and "
            f"system.http.batch_rows is {self.charter.batch_rows:,}.",
            hint="Set system.http.batch_rows to 1, or write '$rows' for the list of records.",
        )

    @property
    def rows_per_request(self) -> int:
        """As the charter says."""
        return self.charter.batch_rows

    @property
    def _takes_rows(self) -> bool:
        template = self.charter.request_template
        return template is None or json.dumps(ROWS) in json.dumps(template)

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> Request:
        """Write a request. Raises InputError for a column that the rows do not have."""
        template = self.charter.request_template
        if self._takes_rows:
            template = {"rows": ROWS} if template is None else template
            body = json.dumps(template).replace(json.dumps(ROWS), json.dumps(list(rows)))
        else:
            body = json.dumps(fill_json(template, rows[0], key=_KEY) if rows else template)
        return Request(
            method=self.charter.method,
            url=self.charter.url,
            headers=self.headers,
            body=body.encode(),
            rows=len(rows),
        )

    def decode(self, reply: Reply, rows: int, *, asked: Request | None = None) -> Decoded:  # noqa: ARG002
        """Read answers and confidences. Raises NotAnswersError."""
        decoded = json_of(reply)
        is_single = self.charter.batch_rows == 1
        raw = answering.read_list(list_at(decoded, self.charter.answer_path, is_single=is_single))
        path = self.charter.confidence_path
        if path is not None:
            confidence = list_at(decoded, path, is_single=is_single)
            raw = answering.with_confidence(raw, confidence)
        return Decoded(answers=raw)

    def holds_token(self, received: bytes) -> bool:  # noqa: ARG002
        """Never: it is no stream."""
        return False
