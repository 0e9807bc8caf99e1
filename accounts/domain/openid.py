"""The decision to believe a provider of identities (OpenID Connect Core 1.0; RFC 7636, 9207, 9700)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"}
)
"""Signatures of ID tokens that are believed: none that a holder of the public key could make."""

SKEW_S = 60.0
"""Seconds by which the clock of the provider may differ from ours."""

OLDEST_S = 600.0
"""Seconds after which an ID token is old, whatever it says of its end: it was made for this sign-in."""

LATEST_S = 1e12
"""Seconds since 1970 that are no time any more."""

LONGEST_SUBJECT = 255
"""Characters of a subject at the most (OpenID Connect Core, 2)."""


class OpenIdRefusal(StrEnum):
    """The reason why a sign-in with the provider is refused."""

    NO_FLOW = "not begun in this browser"
    FLOW_USED = "already completed"
    WRONG_STATE = "wrong state"
    WRONG_ISSUER = "wrong issuer"
    DENIED = "denied by the provider"
    NO_CODE = "no code"
    CODE_REFUSED = "code refused by the provider"
    NO_ID_TOKEN = "no id token"  # noqa: S105
    BAD_SIGNATURE = "wrong signature of the id token"
    UNKNOWN_KEY = "id token signed by an unknown key"
    WRONG_AUDIENCE = "id token for another client"
    WRONG_NONCE = "wrong nonce"
    EXPIRED = "id token expired"
    NOT_YET_VALID = "id token from the future"
    NO_TIMES = "id token without times"
    NO_SUBJECT = "id token without subject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The secrets of one sign-in, kept by the browser that began it until it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedToken:
    """The provider, the client and the nonce that an ID token must be of."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenSubject:
    """A *subject* that the provider *issuer* vouches for, and the *methods* by which it knows it."""

    issuer: str
    subject: str
    methods: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMetadata:
    """The part of a provider's description that signing in needs."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool = False
    """Whether it says in each answer who it is (RFC 9207)."""
    auth_methods: frozenset[str] = frozenset({"client_secret_basic"})


class BadMetadata(ValueError):
    """A description of a provider that cannot be used; the text names the fault."""


def read_metadata(given: Mapping[str, object], issuer: str) -> ProviderMetadata:
    """Return the description *given* by *issuer*; raises BadMetadata."""
    if given.get("issuer") != issuer:
        raise BadMetadata("issuer: differs from accounts.openid.issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    endpoints = {name: _endpoint(given, name, issuer) for name in names}
    methods = given.get("token_endpoint_auth_methods_supported")
    return ProviderMetadata(
        issuer=issuer,
        names_itself=given.get("authorization_response_iss_parameter_supported") is True,
        auth_methods=_texts(methods) or frozenset({"client_secret_basic"}),
        **endpoints,
    )


def _endpoint(given: Mapping[str, object], name: str, issuer: str) -> str:
    """Return an address that may be asked: over https, or of the issuer itself where that is a trial."""
    address = given.get(name)
    parts = _split(address) if isinstance(address, str) else None
    if parts is None or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise BadMetadata(f"{name}: not an address")
    own = urlsplit(issuer)
    is_own = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    if not is_own and (parts.scheme != "https" or own.scheme != "https"):
        raise BadMetadata(f"{name}: not over https, and not of the issuer")
    return urlunsplit(parts)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts if address.isascii() and address.isprintable() and " " not in address else None


def authorization_address(
    metadata: ProviderMetadata, flow: Flow, *, client_id: str, callback: str, scope: str
) -> str:
    """Return the address at the provider to which a browser goes to sign in."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": callback,
        "scope": scope,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge_of(flow.verifier),
        "code_challenge_method": "S256",
    }
    parts = urlsplit(metadata.authorization_endpoint)
    query = "&".join(each for each in (parts.query, urlencode(asked)) if each)
    return urlunsplit(parts._replace(query=query))


def challenge_of(verifier: str) -> str:
    """Return the challenge of PKCE for *verifier*, by S256 (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswer:
    """The parameters with which a browser comes back from the provider; each empty where absent."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str = ""


def why_answer_refused(
    answer: CallbackAnswer, flow: Flow, metadata: ProviderMetadata
) -> OpenIdRefusal | None:
    """Return the reason to refuse *answer* before the provider is asked, if there is one."""
    if not _same(answer.state, flow.state):
        return OpenIdRefusal.WRONG_STATE
    if (answer.issuer or metadata.names_itself) and answer.issuer != metadata.issuer:
        return OpenIdRefusal.WRONG_ISSUER
    if answer.error:
        return OpenIdRefusal.DENIED
    return None if answer.code else OpenIdRefusal.NO_CODE


def why_token_refused(
    claims: Mapping[str, object], expected: ExpectedToken, now: datetime
) -> OpenIdRefusal | None:
    """Return the reason not to believe *claims*, whose signature is right, if there is one."""
    if claims.get("iss") != expected.issuer:
        return OpenIdRefusal.WRONG_ISSUER
    if not _is_for(claims, expected.client_id):
        return OpenIdRefusal.WRONG_AUDIENCE
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, expected.nonce):
        return OpenIdRefusal.WRONG_NONCE
    if (reason := _why_untimely(claims, now.timestamp())) is not None:
        return reason
    return None if _is_subject(claims.get("sub")) else OpenIdRefusal.NO_SUBJECT


def proven_subject(claims: Mapping[str, object]) -> ProvenSubject:
    """Return the subject of *claims* that are believed."""
    methods = _texts(claims.get("amr")) | _texts([claims.get("acr")])
    return ProvenSubject(issuer=str(claims["iss"]), subject=str(claims["sub"]), methods=methods)


def _is_for(claims: Mapping[str, object], client_id: str) -> bool:
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if client_id not in several:
        return False
    party = claims.get("azp")
    return party == client_id or (party is None and len(several) == 1)


def _why_untimely(claims: Mapping[str, object], now: float) -> OpenIdRefusal | None:
    issued, ends, begins = (_time(claims.get(name)) for name in ("iat", "exp", "nbf"))
    if issued is None or ends is None or (begins is None and "nbf" in claims):
        return OpenIdRefusal.NO_TIMES
    if now >= ends + SKEW_S or now > issued + OLDEST_S + SKEW_S:
        return OpenIdRefusal.EXPIRED
    if max(issued, begins or 0.0) > now + SKEW_S:
        return OpenIdRefusal.NOT_YET_VALID
    return None


def _time(value: object) -> float | None:
    """Return *value* in seconds since 1970; None for what is no such number, NaN and truth included."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < LATEST_S else None


def _is_subject(subject: object) -> bool:
    return isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and subject.isprintable()


def _texts(value: object) -> frozenset[str]:
    return (
        frozenset(each for each in value if isinstance(each, str))
        if isinstance(value, list)
        else frozenset()
    )


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode("utf-8"))
