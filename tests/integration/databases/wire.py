"""A wire-tap between a client and a PostgreSQL server: it counts questions, rows and bytes."""

from __future__ import annotations

import socket
import struct
import threading
from collections import Counter
from contextlib import suppress


class Wiretap:
    """Passes everything on, and counts the messages of PostgreSQL's protocol by their kind.

    Used in a `with` statement. 'D' is a row of an answer, 'C' the end of a statement.
    """

    def __init__(self, port: int) -> None:
        self.answers: Counter[str] = Counter()
        self.n_bytes = 0
        self._server = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def port(self) -> int:
        """Where to connect to."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Wiretap:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._sockets += [client, server]
            for pass_on in (self._forth, self._back):
                thread = threading.Thread(target=pass_on, args=(client, server), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while got := client.recv(1 << 16):
                server.sendall(got)
            server.shutdown(socket.SHUT_WR)

    def _back(self, client: socket.socket, server: socket.socket) -> None:
        held = b""
        with suppress(OSError):
            while got := server.recv(1 << 16):
                client.sendall(got)
                self.n_bytes += len(got)
                held = self._count(held + got)

    def _count(self, held: bytes) -> bytes:
        at = 0
        while len(held) - at >= 5:
            (length,) = struct.unpack(">I", held[at + 1 : at + 5])
            if len(held) - at < length + 1:
                break
            self.answers[chr(held[at])] += 1
            at += length + 1
        return held[at:]
