"""Gateways that enroll over HTTP, with a one-time code and no account (docs/protocol.md, 8)."""

from collections import OrderedDict
from collections.abc import Callable

from aiohttp import web

from alerting.domain.fairness.token_bucket import Rate, TokenBucket
from alerting.engine.gateway_authority import GatewayAuthority
from contract.http.checking import BadRequest, read_body, read_query
from contract.http.common import Error
from contract.http.enrolments import Authority, EnrolmentRequest, IssuedCertificate
from contract.http.health import NoQuery
from pki.authority import BadRequestFile
from pki.domain.invitations import EnrolmentVerdict
from pki.folder import NO_AUTHORITY, BadAuthority
from runtime.clock import Clock
from runtime.json_answers import json_answer

OF_ALL = Rate(burst=60, per_second=1)
"""Requests of all clients together: so many certificates at most does the writer make meanwhile."""

OF_ADDRESS = Rate(burst=20, per_second=0.1)
"""Requests of one address: a person who enrols the gateways of a block of houses needs no more."""

MOST_ADDRESSES = 1_000
"""Addresses that are remembered; the one that asked first is forgotten first."""

CODE_REFUSED = "the code is not accepted; have a new one made: tocsin pki invite PREMISES GATEWAY"
"""The answer to every wrong code: it does not tell which gateways there are, or what is wrong."""

REFUSED = {
    EnrolmentVerdict.NOT_REGISTERED: "the gateway is not in the registry any more; import it again",
    EnrolmentVerdict.KEY_TAKEN: "the key was revoked, or is another gateway's; enroll with --new-key",
}
"""Answers to whoever has proved the code."""


class EnrolmentsApi:
    """Answers gateways that enroll; *address_of* tells who asks."""

    def __init__(
        self,
        authority: GatewayAuthority | None,
        clock: Clock,
        *,
        address_of: Callable[[web.Request], str],
    ) -> None:
        self._authority = authority
        self._clock = clock
        self._address_of = address_of
        self._all = TokenBucket(OF_ALL, clock().timestamp())
        self._addresses: OrderedDict[str, TokenBucket] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of enrolments."""
        return [
            web.get("/api/v1/authority", self.authority),
            web.post("/api/v1/enrolments", self.enroll),
        ]

    async def authority(self, request: web.Request) -> web.Response:
        """``GET /api/v1/authority``."""
        read_query(request.query, NoQuery)
        try:
            return json_answer(Authority(certificate=self._open().root()))
        except BadAuthority as error:
            return _error(404, str(error))

    async def enroll(self, request: web.Request) -> web.Response:
        """``POST /api/v1/enrolments``."""
        if not self._has_turn(self._address_of(request)):
            return _error(429, "too many enrolments; try again in a minute")
        asked = read_body(await request.read(), EnrolmentRequest)
        try:
            answer = await self._open().enroll(asked, self._clock())
        except BadRequestFile as error:
            raise BadRequest(f"body 'request' cannot be used: {error}") from None
        except BadAuthority as error:
            return _error(404, str(error))
        if isinstance(answer, IssuedCertificate):
            return json_answer(answer, status=201)
        return _error(409, REFUSED[answer]) if answer in REFUSED else _error(403, CODE_REFUSED)

    def _has_turn(self, address: str) -> bool:
        """Return whether a client at *address* may ask now; take its turn."""
        now = self._clock().timestamp()
        own = self._addresses.pop(address, None) or TokenBucket(OF_ADDRESS, now)
        self._addresses[address] = own
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        buckets = (own, self._all)
        has_turn = all(each.has_tokens(1, now) for each in buckets)
        for each in buckets if has_turn else ():
            each.take_tokens(1, now)
        return has_turn

    def _open(self) -> GatewayAuthority:
        """Return the authority; raises BadAuthority where this center has none."""
        if self._authority is None:
            raise BadAuthority(NO_AUTHORITY)
        return self._authority


def _error(status: int, text: str) -> web.Response:
    return json_answer(Error(error=text), status=status)
