"""Servers to send load to, each a process of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NGINX = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=8192;
    location / {{ default_type application/json; return 200 '{{"answers":["yes"]}}'; }}
  }}
}}
"""


@contextmanager
def slots(n: int, service_s: float) -> Iterator[str]:
    """Serve with so many slots, each taking exactly so long."""
    command = [sys.executable, "-m", "benchmarks.load.exact_server", str(n), str(service_s)]
    with _told(command) as url:
        yield url


@contextmanager
def simulator() -> Iterator[str]:
    """Serve as `proveout simulate` does, without any work."""
    proveout = str(Path(sys.executable).with_name("proveout"))
    with _told([proveout, "simulate", "--port", "0", "--service", "0", "--json"]) as url:
        yield url


@contextmanager
def _told(command: list[str]) -> Iterator[str]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


@contextmanager
def at_once() -> Iterator[tuple[str, str]]:
    """Serve without any work: nginx where it is installed, else the simulator; URL and name."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        with simulator() as url:
            yield f"{url}/", "the simulator"
        return
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "nginx.conf"
        settings.write_text(NGINX.format(folder=folder, port=port), encoding="utf-8")
        with subprocess.Popen([nginx, "-c", str(settings)]) as process:
            try:
                _wait_for(port)
                yield f"http://127.0.0.1:{port}/", "nginx"
            finally:
                process.terminate()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("nginx does not answer")
