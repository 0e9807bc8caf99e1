"""Asks a provider over HTTP: no redirections, no cookies, bounded in bytes and in time."""

import base64
from collections.abc import Mapping
from urllib.parse import quote_plus

import aiohttp
import msgspec

from runtime.host_names import HostNames
from runtime.http_names import open_connector

MAX_ANSWER = 262_144
"""Bytes of an answer at the most: a real set of keys has under 20,000."""


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider does; a password works meanwhile."""


class ProviderRefused(Exception):
    """The provider answered that it does not accept what was asked."""


class ProviderClient:
    """Asks a provider, in at most *timeout_s* seconds each time."""

    def __init__(self, names: HostNames, timeout_s: float) -> None:
        self._names = names
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def get(self, address: str) -> Mapping[str, object]:
        """Return the JSON object at *address*; raises ProviderAway."""
        try:
            return await self._ask("GET", address, {}, None)
        except ProviderRefused as error:
            raise ProviderAway(str(error)) from None

    async def post(
        self, address: str, form: Mapping[str, str], *, basic: tuple[str, str] | None
    ) -> Mapping[str, object]:
        """Return the JSON object that answers *form*; raises ProviderAway, ProviderRefused."""
        headers = {} if basic is None else {"Authorization": _basic(*basic)}
        return await self._ask("POST", address, headers, form)

    async def _ask(
        self, method: str, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> Mapping[str, object]:
        try:
            async with (
                self._session() as http,
                http.request(
                    method,
                    address,
                    headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
                    data=form,
                    allow_redirects=False,
                ) as answer,
            ):
                body = await _bounded(answer)
                return _object(answer.status, body)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise ProviderAway(str(error) or type(error).__name__) from error

    def _session(self) -> aiohttp.ClientSession:
        """Return a session of one request: sign-ins are rare, and no connection need stay open."""
        return aiohttp.ClientSession(
            connector=open_connector(self._names, limit=1),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            auto_decompress=False,
            trust_env=False,
        )


def _basic(user: str, password: str) -> str:
    """Return the header of a client and its secret, each encoded as a form is (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(user)}:{quote_plus(password)}"
    return "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(16_384):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise ProviderAway(f"an answer of more than {MAX_ANSWER} bytes")
    return bytes(body)


def _object(status: int, body: bytes) -> Mapping[str, object]:
    if 400 <= status < 500 and status not in {404, 408, 429}:
        raise ProviderRefused(f"status {status}")
    if status != 200:
        raise ProviderAway(f"status {status}")
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProviderAway(f"an answer that is not a JSON object: {error}") from None
