"""Random numbers that are found again: one source for each purpose and seed."""

from __future__ import annotations

import random
import zlib


def source(purpose: str, seed: int) -> random.Random:
    """Give a stream of random numbers of its own."""
    return random.Random(f"{purpose} {seed}")  # noqa: S311 - a simulation keeps no secrets


def share_of(number: int, purpose: str) -> float:
    """Turn a number into a share from 0 to 1, another for each purpose."""
    return source(purpose, number).random()


def content_number(text: str, seed: int) -> int:
    """Turn the content of a request into a number that any machine finds again."""
    return zlib.crc32(text.encode("utf-8", "replace"), zlib.crc32(str(seed).encode()))
