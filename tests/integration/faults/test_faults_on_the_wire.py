"""What a client of a service meets while a fault is on: the real OpenAI client, streaming too."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import openai
import pytest

from proveout.faults.effects import (
    ChangedSchema,
    Cut,
    Effect,
    Errors,
    ExpiredCredentials,
    Fault,
    Garbage,
    Latency,
    Outage,
    RateLimit,
    Refused,
    Reset,
    Slow,
    WrongContentType,
)
from proveout.faults.proxy import Proxy
from proveout.faults.upstream import Upstream
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.running import running

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The proxy is made of asyncio streams."""
    return "asyncio"


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """A language model that answers at once."""
    quick = Behaviour(service=ServiceTime(mean_s=0.002, shape="constant"))
    with running(quick) as simulator:
        yield simulator.url


@asynccontextmanager
async def meeting(
    service: str, *effects: Effect, share: float = 1.0
) -> AsyncIterator[tuple[openai.AsyncOpenAI, Proxy]]:
    """The client and the proxy between it and the service, with these faults on."""
    async with Proxy(Upstream.of(service)) as proxy:
        for number, effect in enumerate(effects):
            fault = Fault(name=f"fault-{number}", effect=effect, share=share)
            proxy.board.on(fault, for_s=60)
        async with openai.AsyncOpenAI(
            base_url=f"http://127.0.0.1:{proxy.ports[0]}/v1",
            api_key="none",
            max_retries=0,
            timeout=2,
        ) as client:
            await asyncio.sleep(0.05)  # the doors are shut by a task of the proxy
            yield client, proxy


async def ask(client: openai.AsyncOpenAI) -> str:
    """One question, answered in one piece."""
    reply = await client.chat.completions.create(
        model="simulated", messages=[{"role": "user", "content": "Which gate?"}]
    )
    return reply.choices[0].message.content or ""


async def ask_streaming(client: openai.AsyncOpenAI) -> str:
    """One question, answered token by token."""
    stream = await client.chat.completions.create(
        model="simulated", messages=[{"role": "user", "content": "Which gate?"}], stream=True
    )
    return "".join([part.choices[0].delta.content or "" async for part in stream if part.choices])


async def test_the_openai_client_is_answered_while_no_fault_is_on(service: str) -> None:
    """In one piece and as a stream, over one connection."""
    async with meeting(service) as (client, proxy):
        whole, streamed = await ask(client), await ask_streaming(client)

        assert whole
        assert streamed
        assert proxy.n_connections == (1,)


@pytest.mark.parametrize(
    ("effect", "raised"),
    [
        (Errors(status=(503,)), openai.InternalServerError),
        (RateLimit(per_minute=0.5, retry_after_s=7), openai.RateLimitError),
        (ExpiredCredentials(), openai.AuthenticationError),
        (Reset(), openai.APIConnectionError),
        (Reset(after_bytes=100), openai.APIConnectionError),
        (Refused(), openai.APIConnectionError),
        (Outage(how="refused"), openai.APIConnectionError),
        (Outage(how="silent"), openai.APITimeoutError),
        (Latency(seconds=9), openai.APITimeoutError),
        (Slow(bytes_per_s=0.5), openai.APITimeoutError),
        (Cut(), openai.APIConnectionError),
    ],
    ids=lambda each: getattr(each, "kind", None),
)
async def test_each_fault_raises_what_the_client_knows_it_by(
    service: str, effect: Effect, raised: type[Exception]
) -> None:
    """A fault is one of the service to the client: the same exceptions, by the same causes."""
    async with meeting(service, effect) as (client, _):
        if isinstance(effect, RateLimit):
            await ask(client)
        with pytest.raises(raised) as found:
            await ask(client.with_options(timeout=0.6))

    assert type(found.value) is raised
    if isinstance(found.value, openai.RateLimitError):
        assert found.value.response.headers["retry-after"] == "7"
        assert found.value.code == "rate_limit_exceeded"


@pytest.mark.parametrize(
    "effect", [Cut(after_bytes=300), Reset(after_bytes=300), Garbage()], ids=lambda e: e.kind
)
async def test_a_stream_breaks_in_the_middle(service: str, effect: Effect) -> None:
    """What has come of a stream is no whole answer, and the client says so."""
    async with meeting(service, effect) as (client, _):
        with pytest.raises((openai.APIError, httpx.HTTPError, ValueError)):
            await ask_streaming(client)


async def test_a_changed_schema_is_a_sound_answer_without_the_key(service: str) -> None:
    """The vendor renames a key overnight: HTTP 200, valid JSON, and nothing where it was."""
    async with meeting(service, ChangedSchema()) as (_, proxy), httpx.AsyncClient() as client:
        reply = await client.post(
            f"http://127.0.0.1:{proxy.ports[0]}/v1/chat/completions",
            json={"model": "m", "messages": [{"role": "user", "content": "?"}]},
        )

    assert reply.status_code == 200
    assert "choices" not in reply.json()
    assert reply.json()["choices_v2"][0]["message"]["content"]


async def test_a_wrong_content_type_leaves_the_answer_as_it_is(service: str) -> None:
    """Only what the answer says of itself is wrong."""
    wrong = WrongContentType(to="text/html")
    async with meeting(service, wrong) as (_, proxy), httpx.AsyncClient() as client:
        reply = await client.post(
            f"http://127.0.0.1:{proxy.ports[0]}/v1/chat/completions",
            json={"model": "m", "messages": [{"role": "user", "content": "?"}]},
        )

    assert reply.headers["content-type"] == "text/html"
    assert reply.json()["choices"]


async def test_a_share_of_the_requests_is_struck_and_the_same_ones_again(service: str) -> None:
    """With the same seed the same requests meet the fault; the others do not notice it."""

    async def struck() -> list[bool]:
        async with meeting(service, Errors(), share=0.4) as (client, proxy):
            found = []
            for _ in range(30):
                try:
                    await ask(client)
                    found.append(False)
                except openai.InternalServerError:
                    found.append(True)
            assert proxy.board.tally() == {"fault-0": (30, sum(found))}
            return found

    first = await struck()

    assert 5 < sum(first) < 20
    assert await struck() == first


async def test_a_fault_that_ends_lets_go_what_it_held_back(service: str) -> None:
    """Delays end, new connections are taken again, and what nobody answered is torn down."""
    async with meeting(service, Latency(seconds=60)) as (client, proxy):
        asking = asyncio.create_task(ask(client))
        await asyncio.sleep(0.05)
        proxy.board.clear()
        assert await asyncio.wait_for(asking, 1)

    async with meeting(service, Refused()) as (client, proxy):
        with pytest.raises(openai.APIConnectionError):
            await ask(client)
        proxy.board.clear()
        await asyncio.sleep(0.05)
        assert await ask(client)

    async with meeting(service, Outage()) as (client, proxy):
        asking = asyncio.create_task(ask(client))
        await asyncio.sleep(0.05)
        proxy.board.clear()
        with pytest.raises(openai.APIConnectionError):
            await asyncio.wait_for(asking, 1)
        assert await ask(client)


async def test_a_fault_ends_by_itself(service: str) -> None:
    """Whoever switches a fault on says for how long; nobody need switch it off."""
    async with meeting(service) as (client, proxy):
        proxy.board.on(Fault(name="short", effect=Errors()), for_s=0.0)
        assert await ask(client)


async def test_a_fault_meets_connections_that_were_open_before_it(service: str) -> None:
    """A client that keeps its connections does not slip through."""
    async with meeting(service) as (client, proxy):
        assert await ask(client)
        proxy.board.on(Fault(name="down", effect=Errors(status=(502,))), for_s=60)
        with pytest.raises(openai.InternalServerError):
            await ask(client)
        proxy.board.clear()
        assert await ask(client)
        assert proxy.n_connections == (1,)


async def test_an_unreachable_service_is_reset_not_answered() -> None:
    """The proxy says nothing in the name of a service that is not there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with meeting(f"http://127.0.0.1:{unused.getsockname()[1]}") as (client, _):
            with pytest.raises(openai.APIConnectionError):
                await ask(client)
