"""Serves with so many slots, each taking exactly so long: `… exact_server SLOTS SECONDS`.

One loop on epoll with a timerfd, and no garbage collection, so that what it takes is known to a
tenth of a millisecond; the simulator does more for each request, and that shows at this scale.
"""

from __future__ import annotations

import ctypes
import gc
import heapq
import json
import os
import select
import socket
import sys
import time
from collections import deque

BODY = b'{"answers":["yes"]}'
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(BODY), BODY,
)  # fmt: skip


class Spec(ctypes.Structure):
    """struct itimerspec."""

    _fields_ = (("is", ctypes.c_long), ("ins", ctypes.c_long),
                ("vs", ctypes.c_long), ("vns", ctypes.c_long))  # fmt: skip


class Server:
    """First come, first served."""

    def __init__(self, slots: int, service_s: float) -> None:
        self._free = slots
        self._service_s = service_s
        self._waiting: deque[int] = deque()
        self._busy: list[tuple[float, int]] = []
        self._open: dict[int, socket.socket] = {}
        self._libc = ctypes.CDLL(None)
        self._timer = self._libc.timerfd_create(1, os.O_NONBLOCK | os.O_CLOEXEC)
        self._door = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self._door.setblocking(False)
        self._poll = select.epoll()
        self._poll.register(self._door, select.EPOLLIN)
        self._poll.register(self._timer, select.EPOLLIN)
        print(json.dumps({"url": f"http://127.0.0.1:{self._door.getsockname()[1]}"}), flush=True)

    def serve(self) -> None:
        """Serve for ever."""
        while True:
            for file, _ in self._poll.poll():
                if file == self._timer:
                    os.read(file, 8)
                    self._finish()
                elif file == self._door.fileno():
                    self._welcome()
                else:
                    self._take(file)

    def _welcome(self) -> None:
        guest, _ = self._door.accept()
        guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open[guest.fileno()] = guest
        self._poll.register(guest, select.EPOLLIN)

    def _take(self, file: int) -> None:
        # A request of this benchmark comes in one piece, and one at a time on a connection.
        try:
            came = self._open[file].recv(65536)
        except ConnectionError:
            came = b""
        if not came:
            self._poll.unregister(file)
            self._open.pop(file).close()
            return
        self._waiting.append(file)
        self._begin(time.monotonic())

    def _begin(self, now: float) -> None:
        while self._free and self._waiting:
            self._free -= 1
            heapq.heappush(self._busy, (now + self._service_s, self._waiting.popleft()))
        if self._busy:
            at = self._busy[0][0]
            spec = Spec(0, 0, int(at), int(at % 1 * 1e9) or 1)
            self._libc.timerfd_settime(self._timer, 1, ctypes.byref(spec), None)

    def _finish(self) -> None:
        now = time.monotonic()
        while self._busy and self._busy[0][0] <= now:
            done, file = heapq.heappop(self._busy)
            self._free += 1
            guest = self._open.get(file)
            if guest is not None:
                guest.send(REPLY)
            # The next begins when the slot was free, not when we noticed.
            self._begin(done)
        self._begin(now)


if __name__ == "__main__":
    gc.disable()
    Server(int(sys.argv[1]), float(sys.argv[2])).serve()
