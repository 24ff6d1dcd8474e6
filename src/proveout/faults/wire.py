"""What is done to sockets: tear down, half-close, hold back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

CHUNK = 1 << 16
"""Bytes read at a time."""


def tear_down(writer: asyncio.StreamWriter) -> None:
    """Close at once with a TCP reset; what has not been sent is lost."""
    sock: socket.socket | None = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def end_sending(writer: asyncio.StreamWriter) -> None:
    """Say that no more will come, where the transport can say so (TLS cannot)."""
    with contextlib.suppress(OSError, RuntimeError):
        if not writer.is_closing() and writer.can_write_eof():
            writer.write_eof()


async def close(writer: asyncio.StreamWriter) -> None:
    """Close once all is sent."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def hold(seconds: float | None, ended: asyncio.Event) -> None:
    """Wait so long (None: for ever), or until the fault that holds back has ended."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # not wait_for, which may swallow being cancelled
            await ended.wait()
