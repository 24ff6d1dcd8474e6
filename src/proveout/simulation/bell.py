"""A bell that rings at a moment, as exactly as the machine can."""

from __future__ import annotations

import asyncio
import ctypes
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Protocol


class Bell(Protocol):
    """Rings once for each time that it is set; set anew, it forgets the moment before."""

    def set(self, moment_s: float) -> None:
        """Ring at a moment of `time.monotonic`, or at once where it has passed."""
        ...

    def close(self) -> None:
        """Ring no more."""
        ...


def bell(loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> Bell:
    """Make a bell for a loop.

    The timers of event loops count in milliseconds and ring half a one late on average, which is a
    per cent of a service time of 50 ms. Linux has finer ones, which loops can watch like a socket.
    """
    if sys.platform == "linux":
        try:
            return _FineBell(loop, ring)
        except OSError:
            pass
    return _LoopBell(loop, ring)


class _LoopBell:
    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop, self._ring = loop, ring
        self._timer: asyncio.TimerHandle | None = None

    def set(self, moment_s: float) -> None:
        self.close()
        delay_s = max(0.0, moment_s - time.monotonic())
        self._timer = self._loop.call_later(delay_s, self._ring)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class _Moment(ctypes.Structure):
    _fields_ = (("s", ctypes.c_long), ("ns", ctypes.c_long))


class _Setting(ctypes.Structure):
    _fields_ = (("every", _Moment), ("at", _Moment))


_MONOTONIC, _ABSOLUTE = 1, 1  # CLOCK_MONOTONIC and TFD_TIMER_ABSTIME of <sys/timerfd.h>


class _FineBell:
    """timerfd, which Python itself offers from 3.13 on."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop, self._ring = loop, ring
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timer = self._libc.timerfd_create(_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._timer < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        loop.add_reader(self._timer, self._rung)

    def set(self, moment_s: float) -> None:
        part, whole = math.modf(max(moment_s, 0.0))
        # All zero would mean never.
        setting = _Setting(at=_Moment(int(whole), max(1, int(part * 1e9))))
        self._libc.timerfd_settime(self._timer, _ABSOLUTE, ctypes.byref(setting), None)

    def close(self) -> None:
        self._loop.remove_reader(self._timer)
        os.close(self._timer)

    def _rung(self) -> None:
        try:
            os.read(self._timer, 8)
        except BlockingIOError:  # set anew between the ringing and the reading
            return
        self._ring()
