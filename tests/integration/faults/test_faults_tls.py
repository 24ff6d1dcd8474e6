"""A service by TLS: the proxy speaks to it in its name, and clients to the proxy in the clear."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from proveout.faults.effects import Errors, Fault
from proveout.faults.proxy import Proxy
from proveout.faults.upstream import Upstream, why_not

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


async def heard_by_the_service(folder: Path, *, faulty: bool) -> tuple[list[bytes], bytes]:
    """Ask twice on one connection; return what the service and what the client heard."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate(folder))
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                heard.append(head + await reader.readexactly(3))
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, Proxy(Upstream.of(f"https://127.0.0.1:{port}/v1")) as proxy:
        if faulty:
            proxy.board.on(Fault(name="never", effect=Errors(), share=0), for_s=60)
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.ports[0])
        for _ in range(2):
            writer.write(
                b"POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:8601\r\nX-Odd:   kept\r\n"
                b"Content-Length: 3\r\n\r\nabc"
            )
            answer = await asyncio.wait_for(reader.readexactly(len(ANSWER)), 10)
        writer.close()
    return [each.replace(str(port).encode(), b"PORT") for each in heard], answer


@pytest.mark.parametrize("faulty", [False, True])
def test_only_the_host_line_is_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faulty: bool
) -> None:
    """Every request of a connection, and nothing else of it; the certificate is checked."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    heard, answer = asyncio.run(heard_by_the_service(tmp_path, faulty=faulty))

    request = (
        b"POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX-Odd:   kept\r\n"
        b"Content-Length: 3\r\n\r\nabc"
    )
    assert heard == [request, request]
    assert answer == ANSWER


def test_a_service_with_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's connection is torn down; nothing was sent."""
    (tmp_path / "other").mkdir()
    certificate(tmp_path / "other")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other" / "certificate.pem"))

    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        asyncio.run(heard_by_the_service(tmp_path, faulty=False))


async def told_by_a_service_by_tls(folder: Path) -> str:
    """Say why a service cannot be connected to, that has a certificate of its own."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate(folder))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        return await why_not(Upstream.of(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"))


def test_a_certificate_that_nobody_vouches_for_is_named_as_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what can be done; with the authority named, there is no reason left."""
    (tmp_path / "other").mkdir()
    known, _ = certificate(tmp_path / "other")
    monkeypatch.setenv("SSL_CERT_FILE", str(known))

    told = asyncio.run(told_by_a_service_by_tls(tmp_path))

    assert told == (
        "its certificate is not trusted (self-signed certificate); the authority that signed it "
        "can be named by the environment variable SSL_CERT_FILE"
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    assert asyncio.run(told_by_a_service_by_tls(tmp_path)) == ""
