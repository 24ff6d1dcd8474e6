"""The drill's users: who serves them, and what they never send to whom."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from proveout.charter.schema import System
from proveout.checks.drill.users import Users, Way, fallback_way
from proveout.systems.dialects import open_dialect


@contextmanager
def service(status: int, answer: object) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A service that always says the same; gives its URL and the headers that it was sent."""
    heard: list[dict[str, str]] = []

    class Says(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            heard.append({name.lower(): value for name, value in self.headers.items()})
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *ignored: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Says)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def users(system_url: str, fallback_url: str | None) -> Users:
    """Two users of a service that wants a key."""
    charter_url = "https://vendor.example/v1/answers"
    system = System.model_validate(
        {"http": {"url": charter_url, "headers": {"Authorization": "Bearer secret", "X-Team": "a"}}}
    )
    dialect = open_dialect(system, variables={})
    assert dialect is not None
    return Users(
        dialect=dialect,
        rows=[{"gate": 7}],
        charter_url=charter_url,
        system=Way(base=system_url),
        fallback=None if fallback_url is None else fallback_way(fallback_url, charter_url),
        n=2,
        give_up_after_s=2,
        seconds=1,
        seed=1,
        busy=lambda at_s: 1.0,
    )


async def work_until_asked(working: Users) -> None:
    """Let them work until some requests have ended."""
    task = asyncio.create_task(working.work())
    while len(working.asked) < 5:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_users_who_get_nothing_go_to_the_fallback_without_the_vendors_key() -> None:
    """They count as served there; what looks secret is not given to another host."""
    with (
        service(503, {"error": "down"}) as (system, asked),
        service(200, {"answers": ["yes"]}) as (other, fell_back),
    ):
        working = users(system, other)
        asyncio.run(work_until_asked(working))

    assert {(each.served_by, each.trouble) for each in working.asked} == {("fallback", "HTTP 503")}
    assert asked[0]["authorization"] == "Bearer secret"
    assert "authorization" not in fell_back[0]
    assert fell_back[0]["x-team"] == "a"


def test_an_answer_that_is_none_serves_nobody() -> None:
    """HTTP 200 with a changed schema is of no use to a user."""
    with service(200, {"answers_v2": ["yes"]}) as (system, _):
        working = users(system, None)
        asyncio.run(work_until_asked(working))

    assert {each.served_by for each in working.asked} == {None}
    assert working.asked[0].trouble
