"""What an assessment that the dashboard starts is told by its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.web.jobs.running import Order


def test_an_assessment_is_not_told_the_secret_of_signing_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It runs what a charter names: of secrets it needs those of data, ledger and database."""
    monkeypatch.setenv("PROVEOUT_OIDC_SECRET", "between the provider and the dashboard")
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "of the charter's data")
    order = Order(
        job="j", charter=Path("pilot.yaml"), ledger="ledger.db", database="desk.db",
        stage="production",
    )  # fmt: skip
    told = order.environment()
    assert "PROVEOUT_OIDC_SECRET" not in told
    assert told["WAREHOUSE_PASSWORD"] == "of the charter's data"
    assert (told["PROVEOUT_LEDGER"], told["PROVEOUT_DATABASE"]) == ("ledger.db", "desk.db")
