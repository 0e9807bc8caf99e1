"""A provider of OpenID Connect on a loopback port: honest unless a test makes it lie in one way."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from aiohttp import web
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.support.servers import free_port

CLIENT_ID = "tocsin"
CLIENT_SECRET = "a secret: with/odd characters"  # noqa: S105

RSA = RSAKey.generate_key(2_048, {"use": "sig"}, auto_kid=True)
OTHER_RSA = RSAKey.generate_key(2_048, {"use": "sig"}, auto_kid=True)
EC = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
ED = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)

_ANY = jws.JWSRegistry(algorithms=list(jws.JWSRegistry.algorithms), strict_check_header=False)

Claims = dict[str, Any]
Signer = Callable[[Claims], str]
SigningKey = RSAKey | ECKey | OKPKey


def signed_by(key: SigningKey, alg: str, **header: Any) -> Signer:
    """The signer that has *key*, with *header* beside what a header has."""
    named = {"alg": alg, "kid": key.kid, **header}
    own = {name: each for name, each in named.items() if each is not None}
    return lambda claims: jwt.encode(own, claims, key, registry=_ANY)


def unsigned(claims: Claims) -> str:
    """A token of ``alg`` none, as a careless client believes it."""
    return _by_hand("none", claims, lambda _: b"")


def signed_with_the_public_key(claims: Claims) -> str:
    """A token of HS256, whose secret is the public key that everybody has."""
    secret = RSA.as_pem(private=False)
    return _by_hand("HS256", claims, lambda content: hmac.digest(secret, content, "sha256"))


def _by_hand(alg: str, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    parts = ({"alg": alg, "kid": RSA.kid}, claims)
    content = ".".join(_encoded(json.dumps(each).encode()) for each in parts)
    return f"{content}.{_encoded(sign(content.encode()))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class IdentityProvider:
    """The provider; a field that a test changes is its lie."""

    issuer: str
    sign: Signer = field(default_factory=lambda: signed_by(RSA, "RS256"))
    keys: list[SigningKey] = field(default_factory=lambda: [RSA])
    claims: Callable[[Claims], Claims] = lambda claims: claims
    description: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, web.Response] = field(default_factory=dict)
    subject: str = "8d2f"
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def consent(self, address: str) -> dict[str, str]:
        """The query with which a person's browser is sent back, who signs in and agrees at *address*."""
        query = {name: each for name, (each,) in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._noting])
        app.add_routes([web.get("/.well-known/openid-configuration", self._describe)])
        app.add_routes([web.get("/jwks", self._jwks), web.post("/token", self._token)])
        return app

    @web.middleware
    async def _noting(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path)
        return self.answers.get(request.path) or await handler(request)

    async def _describe(self, _: web.Request) -> web.Response:
        own = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }
        return web.json_response(own | self.description)

    async def _jwks(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.keys]})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        begun = self.codes.pop(str(form.get("code")), None)
        if begun is None or not self._is_proven(request, form, begun):
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"token_type": "Bearer", "id_token": self.id_token(begun)})

    def _is_proven(self, request: web.Request, form: Any, begun: dict[str, str]) -> bool:
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        return (
            _client_of(request, form) == (CLIENT_ID, CLIENT_SECRET)
            and begun["code_challenge_method"] == "S256"
            and begun["code_challenge"] == _encoded(digest)
            and begun["redirect_uri"] == form.get("redirect_uri")
        )

    def id_token(self, begun: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": self.subject, "nonce": begun["nonce"]}
        return self.sign(self.claims(claims | {"iat": now, "exp": now + 300}))


def _client_of(request: web.Request, form: Any) -> tuple[str, str]:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return str(form.get("client_id")), str(form.get("client_secret"))
    user, _, password = base64.b64decode(given).decode().partition(":")
    return unquote_plus(user), unquote_plus(password)


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    """A running provider."""
    port = free_port()
    provider = IdentityProvider(f"http://127.0.0.1:{port}")
    runner = web.AppRunner(provider.app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield provider
    finally:
        await runner.cleanup()
