"""Asks alerting what an account may see, with the credentials that its owner sent to ingest.

Ingest has no power of its own over accounts: it passes on what a client shows, and believes the answer
for a few seconds.
"""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import msgspec
import structlog

from contract.http.access import PermittedPremises
from contract.http.permissions import Permission
from ingest.domain.readable_premises import ALL, ReadablePremises

log = structlog.get_logger(__name__)

KEPT_S = 3.0
"""Seconds for which an answer is believed: so long after it is revoked a token may read on."""

MOST_KEPT = 1_000
"""Answers that are kept; the oldest make room."""

ANSWER_S = 2.0
"""Seconds for an answer of alerting."""

LARGEST = 16_777_216
"""Bytes of an answer: some 200,000 premises by name."""


class AccountsAway(Exception):
    """Alerting, which keeps the accounts, does not answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The credentials of a client: its header ``Authorization``, and the cookie of its session.

    *client* is the address of another machine that asks, or of its proxy; empty for a program on this
    one: alerting must not take the former for the latter, because ingest passes it on.
    """

    authorization: str
    cookie: str
    client: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether it shows nothing."""
        return not (self.authorization or self.cookie)

    def headers(self) -> dict[str, str]:
        """Return it as headers."""
        all_ = {
            "Authorization": self.authorization,
            "Cookie": self.cookie,
            "X-Forwarded-For": self.client,
        }
        return {name: text for name, text in all_.items() if text}

    def key(self, permission: Permission) -> bytes:
        """Return the key by which an answer is kept: no secret can be read from it."""
        way = "from elsewhere" if self.client else "here"
        text = "\n".join((permission.value, way, self.authorization, self.cookie))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


class AccountsAtAlerting:
    """The accounts that alerting at *url* keeps."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/v1/access"
        self._kept: OrderedDict[bytes, tuple[float, ReadablePremises | None]] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[ReadablePremises | None]] = {}

    async def reach_of(self, shown: Shown, permission: Permission) -> ReadablePremises | None:
        """Return where *shown* has *permission*; None where it proves nobody. Raises AccountsAway."""
        key, now = shown.key(permission), asyncio.get_running_loop().time()
        kept = self._kept.get(key)
        if kept is not None and now - kept[0] < KEPT_S:
            return kept[1]
        if key not in self._asking:
            task = self._asking[key] = asyncio.create_task(self._ask(shown, permission, key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(self._asking[key])

    async def _ask(self, shown: Shown, permission: Permission, key: bytes) -> ReadablePremises | None:
        asked_at = asyncio.get_running_loop().time()
        reach = await self._answer(shown, permission)
        self._kept[key] = asked_at, reach
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return reach

    async def _answer(self, shown: Shown, permission: Permission) -> ReadablePremises | None:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as http,
                http.get(
                    f"{self._url}?{urlencode({'permission': permission.value})}",
                    headers=shown.headers(),
                    allow_redirects=False,
                ) as answer,
            ):
                if answer.status == 401:
                    return None
                if answer.status != 200:
                    raise AccountsAway(f"status {answer.status}")
                return _reach(await _read(answer))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, msgspec.MsgspecError) as error:
            log.warning("accounts not asked; alerting does not answer", reason=str(error) or "too slow")
            raise AccountsAway(str(error) or "too slow") from error


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in answer.content.iter_chunked(65_536):
        body += part
        if len(body) > LARGEST:
            raise ValueError("answer too large")
    return bytes(body)


def _reach(body: bytes) -> ReadablePremises:
    access = msgspec.json.decode(body, type=PermittedPremises)
    return ALL if access.everywhere else ReadablePremises(frozenset(access.premises))
