"""A system that takes no time: one answer, at once, whatever is asked. `python -m … PORT`."""

import asyncio
import sys

import httptools
import uvloop

BODY = (
    b'{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"instant","choices":'
    b'[{"index":0,"message":{"role":"assistant","content":"It rains in the north, and stays dry '
    b'in the south until Friday."},"finish_reason":"stop"}],"usage":{"prompt_tokens":24,'
    b'"completion_tokens":15,"total_tokens":39}}'
)
REPLY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
) + BODY


class Instant(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.transport.write(REPLY)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        Instant, "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
