"""A mapping to which one adds without copying it: many acts are folded in as many steps. Pure.

A version sees what was there when it was made, and nothing that was added later. The versions of
one mapping share what they have in common; only who adds to a version that is not the latest
copies it.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class _Shared(Generic[K, V]):
    """Every value that a key ever had, with the version in which it came."""

    __slots__ = ("latest", "lock", "values")

    def __init__(self, plain: Mapping[K, V]) -> None:
        self.values: dict[K, tuple[list[int], list[V]]] = {
            key: ([0], [value]) for key, value in plain.items()
        }
        self.latest = 0
        self.lock = threading.Lock()


class Growing(Mapping[K, V]):
    """One version. Immutable; safe to read while others add."""

    __slots__ = ("_n", "_shared", "_version")

    def __init__(self, shared: _Shared[K, V], version: int, n: int) -> None:
        self._shared, self._version, self._n = shared, version, n

    def __getitem__(self, key: K) -> V:
        versions, values = self._shared.values[key]
        place = bisect_right(versions, self._version)
        if place == 0:
            raise KeyError(key)
        return values[place - 1]

    def __iter__(self) -> Iterator[K]:
        # A list is made in one step, whoever adds meanwhile; what came first comes first.
        for key, (versions, _) in list(self._shared.values.items()):
            if versions[0] > self._version:
                return
            yield key

    def __len__(self) -> int:
        return self._n

    def __repr__(self) -> str:
        return repr(dict(self))

    def adding(self, key: K, value: V) -> Growing[K, V] | None:
        """Return the next version; None where this is not the latest one."""
        shared = self._shared
        with shared.lock:
            if shared.latest != self._version:
                return None
            shared.latest += 1
            if (known := shared.values.get(key)) is None:
                shared.values[key] = [shared.latest], [value]
            else:
                # The value first: who sees the version must find it.
                known[1].append(value)
                known[0].append(shared.latest)
            return Growing(shared, shared.latest, self._n + (known is None))


def added(to: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """Return a mapping as `{**to, key: value}` is."""
    if isinstance(to, Growing) and (found := to.adding(key, value)) is not None:
        return found
    made: Growing[K, V] = Growing(_Shared({**to, key: value}), 0, len(to) + (key not in to))
    return made
