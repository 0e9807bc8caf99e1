"""A TLS server before a plain one, as a reverse proxy is; it notes what came in."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class TlsFront:
    """The *port* of the front, and all bytes that clients sent through it."""

    port: int = 0
    received: bytes = b""

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


@asynccontextmanager
async def tls_front(certificate: Path, key: Path, *, to: int) -> AsyncIterator[TlsFront]:
    """Serve TLS on a free port within the block, and pass all on to the port *to*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    front = TlsFront()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, inner = await asyncio.open_connection("127.0.0.1", to)

        async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, up: bool) -> None:
            while part := await source.read(65_536):
                front.received += part if up else b""
                sink.write(part)
            sink.close()

        copies = copy(reader, inner, up=True), copy(behind, writer, up=False)
        await asyncio.gather(*copies, return_exceptions=True)

    server = await asyncio.start_server(forward, "127.0.0.1", 0, ssl=context)
    front.port = server.sockets[0].getsockname()[1]
    async with server:
        yield front
