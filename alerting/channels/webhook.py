"""Channel over HTTP: one POST, signed where there is a key (docs/protocol.md, 7)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from alerting.channels.channel import ChannelContext, ChannelMessage, bounded_attempt, error_text
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from contract.signing import receiver_keys, sign
from registry.model.contacts import ChannelKind
from runtime.guarded_sockets import AddressRefused
from runtime.http_names import open_connector
from runtime.steady_clock import JUMP

LATER = frozenset({408, 425, 429})
"""Statuses below 500 that ask for another attempt (RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4)."""


NOT_BELIEVED = frozenset({400, 401, 403})
"""Statuses by which a receiver may refuse a signature for its time."""


class WebhookChannel:
    """POSTs the body of a message; any 2xx has accepted it.

    Where *clock* and the machine's clock, *wall*, differ, nobody here knows which one a receiver agrees
    with: a refused signature is repeated with the other at once. *http* connects to allowed networks
    only; *own* is for the addresses that the settings name, which share no connection with the others.
    """

    name = "webhook"

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        own: aiohttp.ClientSession,
        context: ChannelContext,
    ) -> None:
        self._http = http
        self._own = own
        self._trusted = context.trusted
        self._outgoing = context.outgoing
        self._settings = context.relay
        self._secrets = context.secrets
        self._clock = context.clock
        self._wall = context.wall

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once."""
        if message.address not in self._trusted:
            refusal = self._outgoing.why_refused(ChannelKind.WEBHOOK, message.address)
            if refusal is not None:
                return ChannelAnswer(AttemptResult.REFUSED, refusal)
        return await bounded_attempt(
            self._post(message),
            channel=self.name,
            address=message.address,
            timeout_s=self._settings.timeout_s,
        )

    async def _post(self, message: ChannelMessage) -> ChannelAnswer:
        first, *others = self._moments()
        try:
            status, moved = await self._post_signed(message, first)
            for at in others:
                if status in NOT_BELIEVED:
                    status, moved = await self._post_signed(message, at)
        except aiohttp.ClientConnectorError as error:
            return _not_connected(error)
        except aiohttp.ClientError as error:
            return ChannelAnswer(AttemptResult.NO_ANSWER, error_text(error))
        return _answer(status, moved)

    async def _post_signed(self, message: ChannelMessage, at: int) -> tuple[int, str | None]:
        body = message.addressed_body.encode()
        headers = self._headers(message, body, at=at)
        http = self._own if message.address in self._trusted else self._http
        async with http.post(
            message.address, data=body, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status, answer.headers.get("Location")

    def _moments(self) -> list[int]:
        """Return the times to sign with, in seconds since 1970: both where the clocks differ."""
        now, wall = self._clock(), self._wall()
        is_signed_twice = bool(self._secrets) and abs(now - wall) > JUMP
        return [int(each.timestamp()) for each in ((now, wall) if is_signed_twice else (now,))]

    def _headers(self, message: ChannelMessage, body: bytes, *, at: int) -> dict[str, str]:
        about = {"Content-Type": "application/json", "Idempotency-Key": message.id}
        version = self._settings.key_version(message.receiver)
        keys = receiver_keys(self._secrets, message.receiver, version)
        return about | sign(body, message_id=message.id, at=at, keys=keys)


def _not_connected(error: aiohttp.ClientConnectorError) -> ChannelAnswer:
    if isinstance(error.os_error, AddressRefused):
        return ChannelAnswer(AttemptResult.REFUSED, f"{error.host}:{error.port} {error.os_error}")
    return ChannelAnswer(AttemptResult.NO_ANSWER, error_text(error))


def _answer(status: int, location: str | None) -> ChannelAnswer:
    reason = f"answered {status}"
    if 300 <= status < 400 and location is not None:
        return ChannelAnswer(
            AttemptResult.REFUSED, f"{reason}, redirected to {location}; register that address"
        )
    if 200 <= status < 300:
        return ChannelAnswer(AttemptResult.DELIVERED, reason)
    later = status in LATER or status >= 500
    return ChannelAnswer(AttemptResult.TRY_LATER if later else AttemptResult.REFUSED, reason)


@asynccontextmanager
async def open_webhook(context: ChannelContext) -> AsyncIterator[WebhookChannel]:
    """Open the channel, which is always there."""
    # One slow destination takes no other's place.
    guarded = open_connector(context.names, limit=0, allowed=context.outgoing.allowed)
    free = open_connector(context.names, limit=0)
    async with _open_session(guarded) as http, _open_session(free) as own:
        yield WebhookChannel(http, own=own, context=context)


def _open_session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    """Return a session that keeps no cookies, sets no timers beside the attempt's, unpacks no body."""
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(),
        auto_decompress=False,
    )
