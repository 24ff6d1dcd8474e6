"""Bringing versions in, and taking them back at once (R905)."""

from proveout.runtime.rollout.state import State, initial, main_version

__all__ = ["State", "initial", "main_version"]
