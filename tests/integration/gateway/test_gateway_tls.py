"""A system by TLS: it is asked only where it proves who it is."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from proveout.runtime.gateway.addresses import read_address
from proveout.runtime.gateway.arriving import arrived
from proveout.runtime.gateway.pool import Pool
from proveout.runtime.ports import SystemFailedError


def server_side(folder: Path) -> ssl.SSLContext:
    """Make a service whose certificate nobody vouches for but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_a_system_that_nobody_vouches_for_is_not_asked(tmp_path: Path) -> None:
    """Not a byte of the request goes to it, and what is wrong is said."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    async def work() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_side(tmp_path))
        port = server.sockets[0].getsockname()[1]
        async with server:
            pool = Pool(read_address(f"https://127.0.0.1:{port}"))
            await arrived(await pool.ask(b"GET", b"GET / HTTP/1.1\r\nhost: s\r\n\r\n"))

    with pytest.raises(SystemFailedError) as failed:
        uvloop.run(work())

    assert failed.value.why == (
        "no safe connection to the system: its certificate is not valid (self-signed certificate)"
    )
    assert heard == []
