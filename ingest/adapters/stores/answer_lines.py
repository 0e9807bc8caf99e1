"""Fetches the answer of a store line by line; no redirection is followed."""

from collections.abc import AsyncIterator, Mapping

import aiohttp

from ingest.adapters.stores.store import StoreAway
from ingest.domain.write_replies import kept_reason

LONGEST_LINE = 16 * 1_048_576
"""Bytes of one line of an answer; a server that sends more ignores ``chunk_size``."""

FRESH = {"Cache-Control": "no-cache, no-store"}
"""Asks any proxy before the store not to answer from its cache."""


async def fetch_lines(
    session: aiohttp.ClientSession, url: str, params: Mapping[str, str]
) -> AsyncIterator[bytes]:
    """Yield the lines of the answer at *url*; raises StoreAway unless it is a 200."""
    try:
        async with session.get(url, params=params, headers=FRESH, allow_redirects=False) as reply:
            if reply.status != 200:
                text = (await reply.text(errors="replace"))[:200].strip()
                raise StoreAway(
                    f"{url}: {kept_reason(reply.status, text, reply.headers.get('Location'))}"
                )
            async for line in split_lines(reply.content):
                yield line
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StoreAway(f"{url}: {error or type(error).__name__}") from error


async def split_lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of an answer, however long; raises StoreAway past LONGEST_LINE."""
    rest = bytearray()
    async for piece in content.iter_any():
        rest += piece
        if b"\n" in piece:
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for line in lines:
                if line:
                    yield line
        if len(rest) > LONGEST_LINE:
            raise StoreAway(f"a line of over {LONGEST_LINE} bytes; ask for a shorter time")
    if rest:
        yield bytes(rest)
