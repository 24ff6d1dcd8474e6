"""Fixing the standard before the pilot begins, and changing it in the open (R104)."""

from proveout.charter.sealing.acts import amend, pending, seal, standing_in
from proveout.charter.sealing.comparing import compare
from proveout.charter.sealing.diff import diff_text
from proveout.charter.sealing.effects import DefaultLine, Defaults
from proveout.charter.sealing.model import Amendment, Change, Effect, Seal
from proveout.charter.sealing.standing import Standing, standing, unsealed_changes

__all__ = [
    "Amendment",
    "Change",
    "DefaultLine",
    "Defaults",
    "Effect",
    "Seal",
    "Standing",
    "amend",
    "compare",
    "diff_text",
    "pending",
    "seal",
    "standing",
    "standing_in",
    "unsealed_changes",
]
