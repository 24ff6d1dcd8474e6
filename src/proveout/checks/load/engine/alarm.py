"""Waking at a moment to a tenth of a millisecond.

The event loop's own timers are good to a millisecond, as epoll_wait counts in those, and that is
as much as what is to be measured may take. Linux has clocks that are files (timerfd), which the
loop watches as it does sockets.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time

import gevent
from gevent.event import Event

CLOCK_MONOTONIC = 1
TFD_TIMER_ABSTIME = 1
FLAGS = os.O_NONBLOCK | os.O_CLOEXEC

now = time.monotonic
"""The clock of the whole engine, the one that the alarm goes by."""


class _Spec(ctypes.Structure):
    _fields_ = (("interval_s", ctypes.c_long), ("interval_ns", ctypes.c_long),
                ("value_s", ctypes.c_long), ("value_ns", ctypes.c_long))  # fmt: skip


class FileAlarm:
    """An alarm on a timerfd; one greenlet waits, anybody may set it earlier."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.timerfd_create(CLOCK_MONOTONIC, FLAGS)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._watcher = gevent.get_hub().loop.io(self._fd, 1)
        self._at = 0.0
        self._spec = _Spec(0, 0, 0, 0)

    def wait_until(self, at: float) -> None:
        """Sleep until a moment, or until one that is set meanwhile."""
        self._set(at)
        gevent.get_hub().wait(self._watcher)
        os.read(self._fd, 8)
        self._at = 0.0

    def no_later_than(self, at: float) -> None:
        """Wake the one who waits at that moment at the latest."""
        if at < self._at:
            self._set(at)

    def _set(self, at: float) -> None:
        self._at = at
        at = max(at, 1e-9)  # a moment of zero would switch it off
        self._spec.value_s = int(at)
        self._spec.value_ns = int((at % 1) * 1e9) or 1
        self._libc.timerfd_settime(self._fd, TFD_TIMER_ABSTIME, ctypes.byref(self._spec), None)


class LoopAlarm:
    """The same on the loop's own timers, where there is no timerfd."""

    def __init__(self) -> None:
        self._event = Event()
        self._at = 0.0

    def wait_until(self, at: float) -> None:
        """Sleep until a moment, or until one that is set meanwhile."""
        self._at = at
        while (left := self._at - now()) > 0:
            self._event.clear()
            self._event.wait(left)
        self._at = 0.0

    def no_later_than(self, at: float) -> None:
        """Wake the one who waits at that moment at the latest."""
        if at < self._at:
            self._at = at
            self._event.set()


def alarm() -> FileAlarm | LoopAlarm:
    """Make the best alarm that there is here."""
    return FileAlarm() if sys.platform == "linux" else LoopAlarm()
