"""The API as its own description has it: whatever is sent, no answer is an error of ours."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from fixtures.dashboard import OWNER, PILOT, dashboard, viewer_like
from proveout.web.app import create_app
from proveout.web.permissions import Role

EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 7}
"""For each operation."""
NOT_ASKED = r"/assess|/notices/try"
"""They start processes that measure for minutes, or send to the outside."""
HOST = {"host": "127.0.0.1"}
EVERYBODY = viewer_like(
    OWNER, roles=frozenset({Role.administrator, Role.auditor}),
    grants={"*": frozenset(Role)}, scopes=frozenset({"read", "write", "say"}),
)  # fmt: skip


def broken_by(operation: Any, mode: GenerationMode) -> list[str]:
    """Ask one operation in several ways; return the answers that are errors of ours."""
    broken: list[str] = []
    known = {"pilot": PILOT} if "{pilot}" in operation.path else None

    @settings(
        max_examples=EXAMPLES[mode], derandomize=True, database=None, deadline=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(mode, path_parameters=known))
    def asked(case: schemathesis.Case) -> None:
        answer = case.call(headers=HOST)
        if answer.status_code >= 500:
            broken.append(f"{case.method} {case.formatted_path}: {answer.text[:200]}")

    # Where nothing but the pilot may be said, nothing can be said wrong.
    with suppress(Unsatisfiable):
        asked()
    return broken


@pytest.mark.slow
def test_nothing_that_is_sent_to_the_api_breaks_it(tmp_path: Path) -> None:
    """Every operation: bodies and parameters that fit its schema, and some that do not."""
    broken: list[str] = []
    with dashboard(tmp_path, viewer=EVERYBODY) as board:
        app = create_app(board.parts, lambda _: EVERYBODY)
        schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=HOST)
        for result in schema.get_all_operations():
            operation = result.ok()
            if re.search(NOT_ASKED, operation.path):
                continue
            for mode in EXAMPLES:
                broken.extend(broken_by(operation, mode))
    assert broken == []
