"""The provider of identities, as it describes itself; its keys are read anew when they change."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.domain.openid import (
    BadMetadata,
    ExpectedToken,
    Flow,
    OpenIdRefusal,
    ProvenSubject,
    ProviderMetadata,
    proven_subject,
    read_metadata,
    why_token_refused,
)
from accounts.openid.keys import BadToken, ProviderKeys, read_keys
from accounts.openid.settings import OpenIdSettings
from accounts.openid.web_client import ProviderAway, ProviderClient, ProviderRefused

FRESH = timedelta(hours=1)
"""The time for which a description and keys are believed without a look."""

KEYS_AGAIN = timedelta(seconds=30)
"""The time between two looks for a key that is not known: forged tokens must not make a flood."""

AWAY_AGAIN = timedelta(seconds=5)
"""The time for which a provider that did not answer is not asked again."""


class Provider:
    """The provider of *settings*, asked by *client*; one question about itself at a time."""

    def __init__(self, settings: OpenIdSettings, client: ProviderClient) -> None:
        self._settings = settings
        self._client = client
        self._described = _Described()
        self._asking = asyncio.Lock()

    async def metadata(self, now: datetime) -> ProviderMetadata:
        """Return the description of the provider; raises ProviderAway."""
        async with self._asking:
            return await self._metadata(now)

    async def exchange(self, code: str, flow: Flow, now: datetime) -> str:
        """Return the ID token for *code*; raises BadToken, ProviderAway."""
        metadata = await self.metadata(now)
        form, basic = self._request(metadata, code, flow)
        try:
            answer = await self._client.post(metadata.token_endpoint, form, basic=basic)
        except ProviderRefused:
            raise BadToken(OpenIdRefusal.CODE_REFUSED) from None
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise BadToken(OpenIdRefusal.NO_ID_TOKEN)
        return token

    async def subject_of(self, token: str, flow: Flow, now: datetime) -> ProvenSubject:
        """Return the subject that *token* proves for *flow*; raises BadToken, ProviderAway."""
        claims = await self._claims(token, now)
        expected = ExpectedToken(
            issuer=self._settings.issuer, client_id=self._settings.client_id, nonce=flow.nonce
        )
        if (reason := why_token_refused(claims, expected, now)) is not None:
            raise BadToken(reason)
        return proven_subject(claims)

    async def _claims(self, token: str, now: datetime) -> Mapping[str, object]:
        keys = await self._keys(now, older_than=FRESH)
        try:
            return keys.claims_of(token)
        except BadToken as error:
            if error.reason is not OpenIdRefusal.UNKNOWN_KEY:
                raise
        return (await self._keys(now, older_than=KEYS_AGAIN)).claims_of(token)

    async def _keys(self, now: datetime, *, older_than: timedelta) -> ProviderKeys:
        async with self._asking:
            known = self._described
            if known.keys is None or now - known.keys_at >= older_than:
                address = (await self._metadata(now)).jwks_uri
                known.keys, known.keys_at = read_keys(await self._ask(address, now)), now
            return known.keys

    async def _metadata(self, now: datetime) -> ProviderMetadata:
        known = self._described
        if known.metadata is None or now - known.metadata_at >= FRESH:
            issuer = self._settings.issuer
            given = await self._ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration", now)
            try:
                known.metadata, known.metadata_at = read_metadata(given, issuer), now
            except BadMetadata as error:
                known.away_until = now + AWAY_AGAIN
                raise ProviderAway(str(error)) from None
        return known.metadata

    async def _ask(self, address: str, now: datetime) -> Mapping[str, object]:
        known = self._described
        if now < known.away_until:
            raise ProviderAway("no answer a moment ago")
        try:
            return await self._client.get(address)
        except ProviderAway:
            known.away_until = now + AWAY_AGAIN
            raise

    def _request(
        self, metadata: ProviderMetadata, code: str, flow: Flow
    ) -> tuple[dict[str, str], tuple[str, str] | None]:
        """Return the form that asks for a token, and the client with its secret for the header."""
        ours, secret = self._settings, self._settings.secret()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": ours.callback,
            "code_verifier": flow.verifier,
        }
        if secret is not None and "client_secret_basic" in metadata.auth_methods:
            return form, (ours.client_id, secret)
        form["client_id"] = ours.client_id
        return form if secret is None else form | {"client_secret": secret}, None


_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class _Described:
    """The description and the keys that were read last, and when."""

    def __init__(self) -> None:
        self.metadata: ProviderMetadata | None = None
        self.metadata_at = _LONG_AGO
        self.keys: ProviderKeys | None = None
        self.keys_at = _LONG_AGO
        self.away_until = _LONG_AGO
