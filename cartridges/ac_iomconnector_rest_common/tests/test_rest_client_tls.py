"""TLS over real sockets: nothing is sent to whom is not trusted."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomUnreachable
from ac_iomconnector_rest_common.testing.raw_server import RawConnection, RawServer, answering
from ac_iomconnector_rest_common.testing.rest_clients import (
    KeptMessages,
    connection_settings,
    open_order_client,
    order_rest_client,
)
from iomconnector.errors import ConfigurationError


def certificate(folder: Path, host: str) -> Path:
    """A self-signed certificate with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


def tls(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def talk(
    server: RawServer, use: Callable[[RestClient], Awaitable[Any]], url: str = "", **changes: Any
) -> None:
    async def run() -> None:
        async with server, open_order_client(server.url, KeptMessages(), **changes) as client:
            await use(client)

    asyncio.run(run())


def refused(match: str) -> Callable[[RestClient], Awaitable[None]]:
    async def use(client: RestClient) -> None:
        with pytest.raises(IomUnreachable, match=match):
            await client.send("POST", ("orders",), body=b"{}")

    return use


async def sent(client: RestClient) -> None:
    for _ in range(2):
        answer = await client.send("POST", ("orders",), body=b"{}")
        assert answer.status == 201


def test_an_unknown_certificate_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    server = RawServer(answering(201), tls=tls(certificate(tmp_path, "localhost")))
    talk(server, refused("name its certificate authority in ca_file"))
    assert server.requests == []


def test_a_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    file = certificate(tmp_path, "other.example")
    server = RawServer(answering(201), tls=tls(file))
    talk(server, refused("Check the certificate of IOM"), ca_file=file)
    assert server.requests == []


def test_the_named_authority_is_trusted(tmp_path: Path) -> None:
    file = certificate(tmp_path, "localhost")
    server = RawServer(answering(201), tls=tls(file))
    talk(server, sent, ca_file=file)
    assert len(server.requests) == 2


def test_without_the_check_any_certificate_is_taken(tmp_path: Path) -> None:
    server = RawServer(answering(201), tls=tls(certificate(tmp_path, "other.example")))
    talk(server, sent, verify_tls=False)
    assert len(server.requests) == 2


def test_a_server_without_tls_is_not_spoken_to() -> None:
    async def plain(connection: RawConnection) -> None:
        await connection.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await connection.until_closed()

    async def run() -> None:
        async with RawServer(plain) as server:
            url = server.url.replace("http://", "https://")
            async with open_order_client(url, KeptMessages()) as client:
                await refused("Check that TLS is spoken at https://localhost")(client)

    asyncio.run(run())


def test_a_silent_handshake_ends_with_the_connect_timeout() -> None:
    async def run() -> None:
        async with RawServer(RawConnection.until_closed) as server:
            url = server.url.replace("http://", "https://")
            async with open_order_client(url, KeptMessages(), connect_timeout=0.1) as client:
                await refused("no firewall is between")(client)

    asyncio.run(run())


def test_a_missing_file_of_authorities_is_a_wrong_setting(tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    with pytest.raises(ConfigurationError, match=r"missing\.pem cannot be read"):
        order_rest_client(connection_settings("https://iom.example", ca_file=missing), KeptMessages())
    empty = tmp_path / "empty.pem"
    empty.touch()
    with pytest.raises(ConfigurationError, match="must be a PEM file"):
        order_rest_client(connection_settings("https://iom.example", ca_file=empty), KeptMessages())
