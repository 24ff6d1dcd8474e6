"""The same usage sent several times at one moment is counted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from proveout.desk import open_desk
from proveout.desk.usage import Use, add_usage, kept_usage

NOW = datetime(2025, 3, 3, tzinfo=UTC)


def test_what_several_send_at_once_is_counted_once(postgres_url: str) -> None:
    """Whoever finds a use there already, at whatever moment, has not added it."""
    uses = [Use(id=str(number), person="p", at=NOW) for number in range(300)]
    together = Barrier(4)
    with open_desk(postgres_url) as desk, ThreadPoolExecutor(4) as several:

        def send(number: int) -> int:
            together.wait()
            done = add_usage(
                desk, "flights", uses, act_id=f"act-{number}", by="m", source="api", now=NOW
            )
            assert done.n_new + done.n_known == 300
            return done.n_new

        assert sum(several.map(send, range(4))) == 300
        assert kept_usage(desk, "flights").n == 300
