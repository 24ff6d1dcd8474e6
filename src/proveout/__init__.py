"""Proveout takes an AI pilot to production."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proveout.runtime.guarding import guard

__all__ = ["__version__", "guard"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import `guard` when it is first wanted: commands need nothing of it."""
    if name == "guard":
        from proveout.runtime.guarding import guard

        return guard
    raise AttributeError(f"module 'proveout' has no attribute '{name}'")
