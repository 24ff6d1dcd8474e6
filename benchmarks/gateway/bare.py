"""The bare pass-through to compare with: uvicorn and aiohttp, and nothing else. `… PORT URL`."""

import sys
from typing import Any

import aiohttp
import uvicorn

URL = sys.argv[2] if len(sys.argv) > 2 else ""
SESSIONS: list[aiohttp.ClientSession] = []


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    if not SESSIONS:
        connector = aiohttp.TCPConnector(limit=0)
        SESSIONS.append(aiohttp.ClientSession(connector=connector, auto_decompress=False))
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = {
        name.decode(): value.decode()
        for name, value in scope["headers"]
        if name not in (b"host", b"content-length", b"connection")
    }
    url = URL + scope["path"]
    async with SESSIONS[0].request(scope["method"], url, data=body, headers=headers) as reply:
        answer = await reply.read()
        kept = [
            (name.encode(), value.encode())
            for name, value in reply.headers.items()
            if name.lower() not in ("transfer-encoding", "connection", "date", "server")
        ]
    await send({"type": "http.response.start", "status": reply.status, "headers": kept})
    await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", http="httptools", loop="uvloop")
