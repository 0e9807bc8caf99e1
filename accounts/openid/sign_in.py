"""A sign-in with the provider, from the first click to the proof: both halves, each bounded."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from accounts.domain.openid import (
    CallbackAnswer,
    Flow,
    OpenIdRefusal,
    ProvenSubject,
    authorization_address,
    why_answer_refused,
)
from accounts.openid.flow import FlowSeal, new_flow
from accounts.openid.keys import BadToken
from accounts.openid.provider import Provider
from accounts.openid.settings import OpenIdSettings
from accounts.openid.web_client import ProviderAway, ProviderClient
from runtime.host_names import HostNames

AT_ONCE = 8
"""Sign-ins that ask the provider at once; each is one connection for a moment."""

MOST_USED = 10_000
"""States that are remembered as used; the provider, too, takes a code only once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunSignIn:
    """The *address* to which the browser goes, and the *sealed* flow that it keeps."""

    address: str
    sealed: str


class OpenIdSignIn:
    """Signs people in by the provider of *settings*; who has an account is decided elsewhere."""

    def __init__(self, settings: OpenIdSettings, names: HostNames) -> None:
        self._settings = settings
        self._provider = Provider(settings, ProviderClient(names, settings.timeout_s))
        self._seal = FlowSeal()
        self._used = OrderedDict[str, None]()
        self._asking = 0

    async def begin(self, now: datetime) -> BegunSignIn:
        """Return where a browser goes; raises ProviderAway."""
        metadata = await self._provider.metadata(now)
        flow, ours = new_flow(), self._settings
        address = authorization_address(
            metadata, flow, client_id=ours.client_id, callback=ours.callback, scope=ours.scope
        )
        return BegunSignIn(address=address, sealed=self._seal.close(flow, now))

    async def complete(self, sealed: str | None, answer: CallbackAnswer, now: datetime) -> ProvenSubject:
        """Return the subject that *answer* proves; raises BadToken, ProviderAway."""
        flow = None if sealed is None else self._seal.open(sealed, now)
        if flow is None:
            raise BadToken(OpenIdRefusal.NO_FLOW)
        metadata = await self._provider.metadata(now)
        if (reason := why_answer_refused(answer, flow, metadata)) is not None:
            raise BadToken(reason)
        self._use(flow)
        return await self._prove(answer.code, flow, now)

    def counts_as_second_factor(self, proven: ProvenSubject) -> bool:
        """Return whether the provider asked for more than a password, by the settings."""
        return not proven.methods.isdisjoint(self._settings.second_factor)

    def _use(self, flow: Flow) -> None:
        if flow.state in self._used:
            raise BadToken(OpenIdRefusal.FLOW_USED)
        self._used[flow.state] = None
        if len(self._used) > MOST_USED:
            self._used.popitem(last=False)

    async def _prove(self, code: str, flow: Flow, now: datetime) -> ProvenSubject:
        if self._asking >= AT_ONCE:
            raise ProviderAway("too many sign-ins at once")
        self._asking += 1
        try:
            token = await self._provider.exchange(code, flow, now)
            return await self._provider.subject_of(token, flow, now)
        finally:
            self._asking -= 1
