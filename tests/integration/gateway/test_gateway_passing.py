"""What passes the gateway passes unchanged."""

import gzip
import json
import socket
from pathlib import Path

import pytest

from fixtures.gateways import (
    COMPLETION,
    ask,
    before,
    charter_of,
    chunked,
    post,
    read_reply,
    running,
    system,
    whole,
)


def without_ours(reply: bytes) -> bytes:
    """Leave out the one header that is added."""
    head, _, body = reply.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"proveout-id: ")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


REPLIES = {
    "json": whole(),
    "an error with headers": whole(
        b'{"error":{"message":"slow down"}}',
        status="400 Bad Request",
        headers="x-request-id: r1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n",
    ),
    "compressed": whole(gzip.compress(COMPLETION, mtime=1), headers="content-encoding: gzip\r\n"),
    "bytes that are no text": whole(bytes(range(256)), kind="application/octet-stream"),
    "nothing": whole(b"", kind="text/plain"),
    "not modified": b'HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 7\r\n\r\n',
    "no content": b"HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n",
    "a server error, where no fallback is": whole(b"{}", status="500 Internal Server Error"),
    "large": whole(b"x" * 3_000_000, kind="text/plain"),
    "larger than is held": whole(b"x" * 12_000_000, kind="text/plain"),
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_a_reply_passes_byte_for_byte(tmp_path: Path, reply: bytes) -> None:
    """Status, headers in their order and body are the system's; one header is added."""
    with system(reply) as up, running(before(up.url, tmp_path)) as gateway:
        got = gateway.say(post(b"/v1/chat/completions", ask()))

    assert without_ours(got) == reply


def test_a_stream_passes_byte_for_byte_and_as_it_comes(tmp_path: Path) -> None:
    """A chunk is with the client before the next one is made."""
    first, second = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', b"data: [DONE]\n\n"
    head, one, two, end = chunked(first, second)

    with (
        system([head, one, None, two, end]) as up,
        running(before(up.url, tmp_path)) as gateway,
        socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client,
    ):
        client.sendall(post(b"/v1/chat/completions", ask(stream=True)))
        seen = b""
        while first not in seen:
            seen += client.recv(65536)
        up.hold.set()
        seen += read_reply(client)

    assert second not in seen.partition(first)[0]
    body = without_ours(seen).partition(b"\r\n\r\n")[2]
    assert body == one + two + end


def test_a_request_passes_with_its_headers_path_and_query(tmp_path: Path) -> None:
    """Odd encodings and repeated headers are unchanged; what belongs to a connection is not sent,
    nor what is said to the gateway, and the length is written anew."""
    request = (
        b"PATCH /v1/a%2Fb//c/../%E4?x=%20&y=a+b&x HTTP/1.1\r\nHost: gateway\r\n"
        b"X-One: 1\r\nX-One: 2\r\nConnection: keep-alive, X-Mine\r\nX-Mine: secret\r\n"
        b"TE: trailers\r\nProveout-Team: claims\r\nAuthorization: Bearer abc\r\n"
        b"Accept-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;e=1\r\nde\r\n"
        b"0\r\nTrailer-Line: x\r\n\r\n"
    )
    with system(whole()) as up, running(before(up.url, tmp_path)) as gateway:
        gateway.say(request)

    assert up.requests == [
        (
            b"PATCH /v1/a%2Fb//c/../%E4?x=%20&y=a+b&x HTTP/1.1\r\nhost: 127.0.0.1:"
            + str(up.port).encode()
            + b"\r\nx-one: 1\r\nx-one: 2\r\nauthorization: Bearer abc\r\naccept-encoding: br\r\n"
            b"content-length: 5\r\n\r\n",
            b"abcde",
        )
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "PUT"])
def test_any_method_passes(tmp_path: Path, method: str) -> None:
    """Lists of models, embeddings, files: whatever the system has."""
    body = b'{"data":[]}'
    reply = whole(body)
    if method == "HEAD":
        reply = reply.removesuffix(body)

    with system(reply) as up, running(before(up.url, tmp_path)) as gateway:
        got = [
            gateway.say(
                f"{method} /v1/models HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n".encode(),
                until_closed=True,
            )
            for _ in range(2)
        ]

    assert [without_ours(each).replace(b"\r\nconnection: close", b"") for each in got] == [
        reply
    ] * 2
    assert [head.split(b" ", 1)[0].decode() for head, _ in up.requests] == [method] * 2


def test_an_old_client_gets_no_chunks(tmp_path: Path) -> None:
    """HTTP/1.0 knows none: a stream comes whole, with its length."""
    event = b"data: [DONE]\n\n"
    with system(chunked(event)) as up, running(before(up.url, tmp_path)) as gateway:
        got = gateway.say(b"GET /v1/x HTTP/1.0\r\n\r\n", until_closed=True)

    head, _, body = without_ours(got).partition(b"\r\n\r\n")
    assert b"content-length: 14" in head
    assert b"transfer-encoding" not in head
    assert body == event


def test_the_system_has_its_own_key(tmp_path: Path) -> None:
    """A key of the charter goes in the place of the client's, and stands in no log."""
    plain = {"chat": {"url": "", "model": "m", "user": "{q}", "api_key": "${KEY}"}}
    with system(whole()) as up:
        plain["chat"]["url"] = f"{up.url}/v1?api-version=7"
        settings = charter_of(tmp_path, {"system": plain}, KEY="sk-secret-of-the-system")
        with running(settings) as gateway:
            gateway.say(post(b"/chat/completions", ask(), b"authorization: Bearer of-the-client"))
            gateway.say(post(b"/v1/chat/completions?a=b", ask()))

    heads = [head.decode() for head, _ in up.requests]
    assert [head.split(" ")[1] for head in heads] == [
        "/v1/chat/completions?api-version=7",
        "/v1/chat/completions?a=b&api-version=7",
    ]
    assert all("authorization: Bearer sk-secret-of-the-system\r\n" in head for head in heads)
    assert "of-the-client" not in heads[0]
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"sk-secret" not in kept
    assert b"of-the-client" not in kept


def test_usage_and_cost_stand_in_the_log(tmp_path: Path) -> None:
    """Tokens are the system's own, cached ones apart, and the cost is the charter's price."""
    usage = (
        b'{"choices":[{"message":{"content":"yes"}}],"usage":{"prompt_tokens":1000,'
        b'"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":400}}}'
    )
    budget = {
        "currency": "EUR",
        "per_month": 100,
        "price": {
            "per_million_input_tokens": 2.0,
            "per_million_cached_input_tokens": 0.5,
            "per_million_output_tokens": 8.0,
            "per_request": 0.001,
        },
    }
    with system(whole(usage)) as up:
        chat = {"url": up.url + "/v1", "model": "m", "user": "{q}"}
        settings = charter_of(tmp_path, {"system": {"chat": chat}, "budget": budget})
        with running(settings) as gateway:
            gateway.say(post(b"/chat/completions", ask()))

    [record] = gateway.records()
    assert (record.input_tokens, record.cached_input_tokens, record.output_tokens) == (
        1000,
        400,
        50,
    )
    # 600 · 2 + 400 · 0.5 + 50 · 8 millionths, and a thousandth for the request.
    assert record.cost == 1_000_000 + 1_200_000 + 200_000 + 400_000
    assert record.currency == "EUR"


def test_a_stream_without_usage_is_counted(tmp_path: Path) -> None:
    """Where a system does not say what it took, the gateway counts, and says so."""
    pieces = [
        b'data: {"choices":[{"delta":{"content":"%b"}}]}\n\n' % word
        for word in (b"one ", b"two ", b"three")
    ]
    with (
        system(chunked(*pieces, b"data: [DONE]\n\n")) as up,
        running(before(up.url, tmp_path)) as gateway,
    ):
        gateway.say(post(b"/v1/chat/completions", ask(stream=True)))

    [record] = gateway.records()
    assert (record.output_tokens, record.tokens_counted) == (4, True)
    assert record.first_token_s is not None
    assert json.loads(record.request or "")["stream"] is True
    assert (record.answer or "").endswith("data: [DONE]\n\n")


def test_without_a_charter_no_answer_is_doubted(tmp_path: Path) -> None:
    """Nobody said what answers look like: whatever comes goes to no person for its form."""
    with system(whole(b'{"anything": 1}')) as up, running(before(up.url, tmp_path)) as gateway:
        gateway.say(post(b"/score", b"{}"))
        gateway.say(post(b"/v1/chat/completions", ask()))

    assert [record.reasons for record in gateway.records()] == [(), ("malformed",)]


def test_several_pilots_are_told_apart_by_their_path(tmp_path: Path) -> None:
    """Each has its log; what is under no pilot's name is refused, with their names."""
    from dataclasses import replace

    with system(whole()) as up:
        one = charter_of(tmp_path, {"system": {"http": up.url + "/score"}})
        other = charter_of(tmp_path, {"pilot": "mails", "system": {"mlflow": up.url}})
        settings = replace(one, pilots=(*one.pilots, *other.pilots))
        with running(settings) as gateway:
            gateway.say(post(b"/tickets", b'{"rows": [{}, {}]}'))
            gateway.say(post(b"/mails/invocations", b'{"inputs": [[1], [2], [3]]}'))
            lost = gateway.say(post(b"/else", b"{}"))

    assert [head.split(b" ")[1] for head, _ in up.requests] == [b"/score", b"/invocations"]
    assert [record.rows for record in gateway.records("tickets")] == [2]
    assert [record.rows for record in gateway.records("mails")] == [3]
    assert lost.startswith(b"HTTP/1.1 404 ")
    assert b"there are /tickets/, /mails/" in lost


def test_a_reply_without_a_body_leaves_room_for_the_next(tmp_path: Path) -> None:
    """304 may tell the length that a body would have; what was asked behind it is answered."""
    answers = iter([REPLIES["not modified"], whole()])
    each = b"GET /%b HTTP/1.1\r\nhost: g\r\n\r\n"
    with (
        system(lambda _h, _b: next(answers)) as up,
        running(before(up.url, tmp_path)) as gateway,
        socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client,
    ):
        client.sendall(each % b"a" + each % b"b")
        seen = b""
        while COMPLETION not in seen:
            more = client.recv(65536)
            assert more, f"closed behind {seen!r}"
            seen += more

    assert seen.startswith(b"HTTP/1.1 304 ")


def test_of_a_very_large_answer_the_beginning_is_kept(tmp_path: Path) -> None:
    """The client gets all of it; the record says that it holds a part, and gives no hash of one."""
    body = b"x" * (20 << 20)
    with (
        system(whole(body, kind="text/plain")) as up,
        running(before(up.url, tmp_path)) as gateway,
    ):
        got = gateway.say(post(b"/v1/files", b"{}"))

    assert got.endswith(b"\r\n\r\n" + body)
    [record] = gateway.records()
    assert record.notes == ("of the answer no more than 16 MiB are kept here",)
    assert record.answer_hash is None
    assert 8 << 20 < len(record.answer or "") <= 16 << 20


def test_whatever_http_has_in_store_keeps_the_connection(tmp_path: Path) -> None:
    """A body that waits to be asked for, a HEAD, chunks with extensions and trailers, and a wish
    for another protocol: one after the other on one connection, each a plain request there."""
    lines = {
        b"POST /a": b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n",
        b"HEAD /b": b"\r\n",
        b"POST /c": b"transfer-encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nx-sum: 1\r\n\r\n",
        b"GET /d": b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n\r\n",
    }

    def answer(head: bytes, _body: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n" if head[:4] == b"HEAD" else whole()

    got = {}
    with (
        system(answer) as up,
        running(before(up.url, tmp_path)) as gateway,
        socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client,
    ):
        for line, rest in lines.items():
            client.sendall(line + b" HTTP/1.1\r\nhost: g\r\n" + rest)
            if b"expect" in rest:
                assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
                client.sendall(b"ok")
            got[line] = client.recv(65536) if line.startswith(b"HEAD") else read_reply(client)

    assert {line: reply[:15] for line, reply in got.items()} == dict.fromkeys(
        lines, b"HTTP/1.1 200 OK"
    )
    assert b"content-length: 9\r\n" in got[b"HEAD /b"]
    assert [body for _, body in up.requests] == [b"ok", b"", b"ok", b""]
    seen = b"".join(head for head, _ in up.requests).lower()
    assert not any(each in seen for each in (b"expect", b"x-sum", b"upgrade: ", b"chunked"))
