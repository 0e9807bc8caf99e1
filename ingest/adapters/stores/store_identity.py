"""Asks a server whether it is the store that the settings name."""

import aiohttp
import structlog

from ingest.adapters.stores.answer_lines import FRESH
from ingest.adapters.stores.store import StoreAway
from ingest.domain.store_identity import Claim, identity_claim, influxdb_claim
from ingest.domain.write_replies import kept_reason

log = structlog.get_logger(__name__)

UNNAMED = "does not say"


async def ask_influxdb(session: aiohttp.ClientSession, url: str) -> str:
    """Return the name and version of the InfluxDB at *url*; raises StoreAway where there is none."""
    place = f"{url}/ping"
    try:
        async with session.get(place, headers=FRESH, allow_redirects=False) as reply:
            said = influxdb_claim(reply.status, reply.headers)
            name = f"InfluxDB {reply.headers.get('X-Influxdb-Version')}"
            return await _named(reply, said, name)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StoreAway(f"{place}: {error or type(error).__name__}") from error


async def ask_victoriametrics(session: aiohttp.ClientSession, url: str) -> str:
    """Return the name of the VictoriaMetrics at *url*; raises StoreAway where there is none."""
    place = f"{url}/api/v1/status/buildinfo"
    try:
        async with session.get(place, headers=FRESH, allow_redirects=False) as reply:
            known = (await reply.read()).lstrip().startswith(b'{"status":"success"')
            return await _named(reply, identity_claim(reply.status, known=known), "VictoriaMetrics")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StoreAway(f"{place}: {error or type(error).__name__}") from error


async def _named(reply: aiohttp.ClientResponse, said: Claim, name: str) -> str:
    match said:
        case Claim.KNOWN:
            return name
        case Claim.SILENT:
            log.debug("readings store does not identify itself", url=str(reply.url), status=reply.status)
            return UNNAMED
        case Claim.OTHER if reply.status < 300:
            raise StoreAway(
                f"{reply.url}: {reply.status} of something else that does not name itself "
                f"{name.partition(' ')[0]}; correct store.url, or let what stands before it pass this on"
            )
        case _:
            text = (await reply.text(errors="replace"))[:200].strip()
            reason = kept_reason(reply.status, text, reply.headers.get("Location"))
            raise StoreAway(f"{reply.url}: {reason}")
