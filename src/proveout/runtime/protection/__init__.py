"""Latency: whose turn it is, until when, and when a failing system is left alone (R903)."""

from proveout.runtime.protection.breaker import Breaker, State
from proveout.runtime.protection.limits import Limits
from proveout.runtime.protection.shield import Health, Shield
from proveout.runtime.protection.turns import Arrival, Turns

__all__ = ["Arrival", "Breaker", "Health", "Limits", "Shield", "State", "Turns"]
