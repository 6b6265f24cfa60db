"""What is said where a connection cannot be encrypted as it was asked for."""

import asyncio
import ssl
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database, UnreachableError
from iomconnector.storage.engine.postgresql_failures import not_connected
from iomconnector.testing.event_loop import in_event_loop


async def _complaint(url: str) -> UnreachableError:
    async with aclosing(Database(url)) as database:
        with pytest.raises(UnreachableError) as reading:
            await SqlContextRepository(database).all()
    assert "geheim" not in str(reading.value)
    return reading.value


@in_event_loop
async def test_a_server_without_tls_is_told_from_one_that_is_away() -> None:
    async def refuse_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"N")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse_tls, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    complaint = await _complaint(f"postgresql://shop:geheim@127.0.0.1:{port}/shop?sslmode=require")
    assert "rejected SSL upgrade" in complaint.message
    assert complaint.hint.startswith("Switch TLS on in the server (ssl = on)")
    server.close()


@in_event_loop
async def test_missing_certificates_are_told_from_a_server_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    complaint = await _complaint("postgresql://shop:geheim@127.0.0.1:1/shop?sslmode=verify-full")
    assert "root certificate file" in complaint.message
    assert complaint.hint.startswith("Name the certificates to trust in sslrootcert")


def test_a_certificate_that_is_not_trusted_is_told_from_a_server_that_is_away() -> None:
    broken = ssl.SSLCertVerificationError("certificate verify failed: self-signed certificate")
    complaint = not_connected(make_url("postgresql://shop@db.example.com/shop"), broken)
    assert complaint.hint.startswith("Name the certificates to trust in sslrootcert")
