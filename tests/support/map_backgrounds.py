"""Backgrounds of a map, made here: an archive of one tile (PMTiles 3), and a server of the same tile."""

import json
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

Colour = tuple[int, int, int]
WATER: Colour = (150, 190, 175)
"""A colour that nothing else of the pages has."""

SIDE = 256
HEADER_BYTES = 127
NOT_COMPRESSED, PNG = 1, 2


def tile(colour: Colour = WATER) -> bytes:
    """Return a PNG of one *colour*."""
    rows = (b"\0" + bytes(colour) * SIDE) * SIDE
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def write_archive(path: Path, picture: bytes | None = None) -> Path:
    """Write a PMTiles archive whose only tile, of the whole earth, is *picture*."""
    body = picture or tile()
    metadata = json.dumps({"name": "made by a test"}).encode()
    # One entry: tile 0, a run of 1, its length, its offset plus one.
    directory = b"".join(_varint(number) for number in (1, 0, 1, len(body), 1))
    metadata_at = HEADER_BYTES + len(directory)
    body_at = metadata_at + len(metadata)
    places = (HEADER_BYTES, len(directory), metadata_at, len(metadata), body_at, 0, body_at, len(body))
    header = b"PMTiles\x03" + struct.pack("<11Q", *places, 1, 1, 1)
    header += struct.pack("<BBBBBB", 1, NOT_COMPRESSED, NOT_COMPRESSED, PNG, 0, 0)
    header += struct.pack("<iiiiBii", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000, 0, 0, 0)
    path.write_bytes(header + directory + metadata + body)
    return path


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


@dataclass
class TileServer:
    """A server of tiles at *url*, a template; *asked* are the paths that were asked for."""

    url: str
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def tile_server(port: int) -> AsyncIterator[TileServer]:
    """Serve the same tile at every place, within the block."""
    server = TileServer(f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png")

    async def serve(request: web.Request) -> web.Response:
        server.asked.append(request.path)
        return web.Response(body=tile(), content_type="image/png")

    app = web.Application()
    app.router.add_get("/{z}/{x}/{y}.png", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield server
    finally:
        await runner.cleanup()
