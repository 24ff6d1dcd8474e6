"""The commands, in the order in which help shows them."""

from __future__ import annotations

from collections.abc import Callable

import typer

from proveout.cli import (
    alarms_command,
    amend_command,
    assess_command,
    attest_command,
    audit_command,
    breaks_command,
    check_command,
    compare_command,
    contract_command,
    cost_command,
    demo_command,
    drill_command,
    gate_command,
    gateway_command,
    init_command,
    ledger_command,
    load_command,
    metrics_command,
    monitor_command,
    read_command,
    rollback_command,
    rollout_command,
    sample_command,
    schema_command,
    seal_command,
    simulate_command,
    status_command,
    waive_command,
)

REGISTRARS: tuple[Callable[[typer.Typer], None], ...] = (
    demo_command.register,
    init_command.register,
    read_command.register,
    audit_command.register,
    compare_command.register,
    contract_command.register,
    sample_command.register,
    seal_command.register,
    amend_command.register,
    assess_command.register,
    gate_command.register,
    breaks_command.register,
    check_command.register,
    drill_command.register,
    load_command.register,
    cost_command.register,
    waive_command.register,
    attest_command.register,
    gateway_command.register,
    monitor_command.register,
    alarms_command.register,
    simulate_command.register,
    rollout_command.register,
    rollback_command.register,
    status_command.register,
    ledger_command.register,
    metrics_command.register,
    schema_command.register,
)
