"""Every error that a user can cause or meet, in one tree.

    ProveoutError            exit code 2 unless a subclass says otherwise
    ├── CharterError         the charter cannot be read, or is not what was sealed
    ├── InputError           a file, table, option or argument is wrong
    │   ├── NotFoundError        what was asked for is not there
    │   └── NotAllowedError      whoever asks may not do it
    ├── LedgerError          the ledger is damaged or refuses what was asked
    │   ├── LedgerBrokenError    the hash chain does not hold
    │   └── LedgerMovedError     somebody else was quicker; read again, and try again
    ├── StoreError           the store of the runtime is damaged or refuses what was asked
    ├── UnreachableError     exit code 3: something needed could not be reached or measured
    └── MissingExtraError    exit code 3: an optional dependency is not installed

Why a guarded call has no answer stands in `runtime.guarding.errors`.

An error says what is wrong, where, what was seen, what is allowed, and the next step.
"""

from __future__ import annotations

from typing import ClassVar, Literal

ErrorKind = Literal[
    "charter", "input", "ledger", "store", "unreachable", "missing-extra",
    "budget", "blocked", "switched-off",
]  # fmt: skip


class ProveoutError(Exception):
    """The call or its input is wrong."""

    kind: ClassVar[ErrorKind] = "input"
    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        """The next step, as something to do or to paste."""

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n{self.hint}"


class CharterError(ProveoutError):
    """The charter cannot be read, or is not what was sealed."""

    kind = "charter"


class InputError(ProveoutError):
    """A file, table, option or argument is wrong."""


class NotFoundError(InputError):
    """What was asked for is not there."""


class NotAllowedError(InputError):
    """Whoever asks may not do it."""


class LedgerError(ProveoutError):
    """The ledger is damaged or refuses what was asked."""

    kind = "ledger"


class LedgerBrokenError(LedgerError):
    """The hash chain of the ledger does not hold."""


class LedgerMovedError(LedgerError):
    """Somebody else has appended what the append would have had to know of."""

    def __init__(self, pilot: str) -> None:
        super().__init__(
            f"Somebody else has just recorded something about '{pilot}'.",
            hint="Look at it again, and try again.",
        )


class StoreError(ProveoutError):
    """The store that gateways share is damaged or refuses what was asked."""

    kind = "store"


class UnreachableError(ProveoutError):
    """Something needed could not be reached or measured."""

    kind = "unreachable"
    exit_code = 3


class MissingExtraError(ProveoutError):
    """An optional dependency is not installed."""

    kind = "missing-extra"
    exit_code = 3

    def __init__(self, *, extra: str, wanted_for: str) -> None:
        super().__init__(
            f"{wanted_for} needs the optional part '{extra}', which is not installed.",
            hint=f"Install it: pip install 'proveout[{extra}]'",
        )
