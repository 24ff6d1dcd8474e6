"""The one service that is forwarded to."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

_CONNECT_WITHIN_S = 10.0
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Where it is."""

    host: str
    port: int
    is_tls: bool = False

    @classmethod
    def of(cls, url: str) -> Self:
        """Read scheme, host and port of a URL. Raises ValueError where there is none."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            msg = f"{parts.scheme or 'nothing'} is not a scheme that can be forwarded"
            raise ValueError(msg)
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            is_tls=parts.scheme == "https",
        )

    @property
    def authority(self) -> str:
        """What a client of it writes into the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS["https" if self.is_tls else "http"]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Scheme and authority."""
        return f"{'https' if self.is_tls else 'http'}://{self.authority}"

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection. Raises OSError."""
        if not self.is_tls:
            return await asyncio.open_connection(self.host, self.port)
        return await asyncio.open_connection(
            self.host, self.port, ssl=ssl.create_default_context(), server_hostname=self.host
        )


async def why_not(upstream: Upstream) -> str:
    """Try to connect, and say why it cannot be done; empty where it can."""
    try:
        async with asyncio.timeout(_CONNECT_WITHIN_S):
            _, writer = await upstream.connect()
    except ssl.SSLCertVerificationError as error:
        return (
            f"its certificate is not trusted ({error.verify_message}); the authority that signed "
            "it can be named by the environment variable SSL_CERT_FILE"
        )
    except TimeoutError:
        return f"no connection within {_CONNECT_WITHIN_S:g} s"
    except OSError as error:
        said = error.strerror or type(error).__name__
        return said[:1].lower() + said[1:]
    writer.close()
    return ""
