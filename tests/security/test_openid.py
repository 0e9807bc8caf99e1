"""Nobody signs in by an answer of a provider that is forged, old, stolen or for somebody else."""

import re
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from accounts.domain.openid import (
    BadMetadata,
    CallbackAnswer,
    ExpectedToken,
    OpenIdRefusal,
    challenge_of,
    read_metadata,
    why_token_refused,
)
from accounts.openid.keys import BadToken, read_keys
from accounts.openid.settings import OpenIdSettings
from accounts.openid.sign_in import OpenIdSignIn
from accounts.openid.web_client import MAX_ANSWER, ProviderAway
from runtime.clock import utc_now
from runtime.host_names import HostNames
from tests.support.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    EC,
    ED,
    OTHER_RSA,
    RSA,
    Claims,
    IdentityProvider,
    Signer,
    identity_provider,
    signed_by,
    signed_with_the_public_key,
    unsigned,
)
from tests.support.servers import Server, free_port, running

ADDRESS = "https://desk.example"
Refusal = OpenIdRefusal


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as running_provider:
        yield running_provider


def sign_in_at(issuer: str, **settings: Any) -> OpenIdSignIn:
    own = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "address": ADDRESS}
    return OpenIdSignIn(OpenIdSettings(issuer=issuer, **own | settings), HostNames())


class Browser:
    """A person's browser that begins at the center, agrees at the provider, and comes back."""

    def __init__(self, center: OpenIdSignIn, provider: IdentityProvider) -> None:
        self.center = center
        self.provider = provider

    async def begin(self) -> None:
        begun = await self.center.begin(utc_now())
        self.sealed, self.address = begun.sealed, begun.address
        self.back = self.provider.consent(begun.address)

    async def come_back(self, after: timedelta = timedelta(), **changed: str) -> str:
        answer = CallbackAnswer(**{**self.back, **changed})
        proven = await self.center.complete(self.sealed, answer, utc_now() + after)
        return proven.subject

    async def sign_in(self) -> str:
        await self.begin()
        return await self.come_back()


@pytest.fixture
def browser(provider: IdentityProvider) -> Browser:
    return Browser(sign_in_at(provider.issuer), provider)


async def refusal_of(browser: Browser, **changed: str) -> Refusal:
    with pytest.raises(BadToken) as refused:
        await browser.come_back(timedelta(), **changed)
    return refused.value.reason


async def test_a_person_whom_the_provider_knows_is_proven_by_the_subject(browser: Browser) -> None:
    assert await browser.sign_in() == "8d2f"


@pytest.mark.parametrize(
    "signer",
    [signed_by(RSA, "PS256"), signed_by(EC, "ES256"), signed_by(ED, "Ed25519"), signed_by(RSA, "RS512")],
    ids=["PS256", "ES256", "Ed25519", "RS512"],
)
async def test_each_kind_of_public_key_proves(browser: Browser, signer: Signer) -> None:
    browser.provider.sign, browser.provider.keys = signer, [RSA, EC, ED]
    assert await browser.sign_in() == "8d2f"


async def test_the_secret_may_be_asked_for_in_the_form(browser: Browser) -> None:
    browser.provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert await browser.sign_in() == "8d2f"


@pytest.mark.parametrize(
    ("signer", "reason"),
    [
        pytest.param(unsigned, Refusal.BAD_SIGNATURE, id="alg none"),
        pytest.param(signed_with_the_public_key, Refusal.BAD_SIGNATURE, id="HS256 by the public key"),
        pytest.param(
            signed_by(OTHER_RSA, "RS256", kid=RSA.kid), Refusal.BAD_SIGNATURE, id="another's key"
        ),
        pytest.param(signed_by(OTHER_RSA, "RS256"), Refusal.UNKNOWN_KEY, id="a key that is not listed"),
        pytest.param(
            signed_by(EC, "ES256", kid=RSA.kid), Refusal.BAD_SIGNATURE, id="another kind of key"
        ),
        pytest.param(
            signed_by(OTHER_RSA, "RS256", kid=None, jwk=OTHER_RSA.as_dict(private=False)),
            Refusal.NO_ID_TOKEN,
            id="a key that it brings along",
        ),
        pytest.param(
            signed_by(OTHER_RSA, "RS256", kid=None, jku="https://evil.example/jwks"),
            Refusal.BAD_SIGNATURE,
            id="a key to fetch elsewhere",
        ),
        pytest.param(lambda _: "", Refusal.NO_ID_TOKEN, id="nothing"),
        pytest.param(lambda _: "a.b.c", Refusal.NO_ID_TOKEN, id="no token"),
        pytest.param(lambda _: "e30.e30.e30", Refusal.NO_ID_TOKEN, id="no algorithm"),
        pytest.param(lambda _: "\u00e9" * 9, Refusal.NO_ID_TOKEN, id="letters"),
        pytest.param(lambda _: "a" * 100_000, Refusal.NO_ID_TOKEN, id="too long"),
        pytest.param(
            lambda claims: signed_by(RSA, "RS256")(claims)[:-8] + "AAAAAAAA",
            Refusal.BAD_SIGNATURE,
            id="changed",
        ),
    ],
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(
    browser: Browser, signer: Signer, reason: Refusal
) -> None:
    browser.provider.sign = signer
    await browser.begin()
    assert await refusal_of(browser) is reason


def without(name: str) -> Any:
    return lambda claims: {key: each for key, each in claims.items() if key != name}


def having(**changed: Any) -> Any:
    return lambda claims: claims | changed


def shifted(seconds: float) -> Any:
    return lambda claims: claims | {name: claims[name] + seconds for name in ("iat", "exp")}


LIES = [
    pytest.param(having(iss="https://evil.example"), Refusal.WRONG_ISSUER, id="another issuer"),
    pytest.param(without("iss"), Refusal.WRONG_ISSUER, id="no issuer"),
    pytest.param(having(aud="another"), Refusal.WRONG_AUDIENCE, id="for another client"),
    pytest.param(having(aud=[]), Refusal.WRONG_AUDIENCE, id="for nobody"),
    pytest.param(without("aud"), Refusal.WRONG_AUDIENCE, id="no audience"),
    pytest.param(having(aud=["another", CLIENT_ID]), Refusal.WRONG_AUDIENCE, id="for several"),
    pytest.param(having(azp="another"), Refusal.WRONG_AUDIENCE, id="given to another client"),
    pytest.param(having(nonce="another"), Refusal.WRONG_NONCE, id="of another sign-in"),
    pytest.param(without("nonce"), Refusal.WRONG_NONCE, id="of no sign-in"),
    pytest.param(having(nonce=7), Refusal.WRONG_NONCE, id="a nonce that is no text"),
    pytest.param(shifted(-361), Refusal.EXPIRED, id="expired"),
    pytest.param(having(iat=1_000_000_000), Refusal.EXPIRED, id="made long ago, with a far end"),
    pytest.param(shifted(+120), Refusal.NOT_YET_VALID, id="from the future"),
    pytest.param(
        lambda claims: claims | {"nbf": claims["iat"] + 120}, Refusal.NOT_YET_VALID, id="not yet"
    ),
    pytest.param(without("exp"), Refusal.NO_TIMES, id="without an end"),
    pytest.param(having(exp=True), Refusal.NO_TIMES, id="an end that is no time"),
    pytest.param(having(exp="2099"), Refusal.NO_TIMES, id="an end that is a text"),
    pytest.param(having(exp=float("1e300")), Refusal.NO_TIMES, id="an end beyond all times"),
    pytest.param(without("sub"), Refusal.NO_SUBJECT, id="of nobody"),
    pytest.param(having(sub=""), Refusal.NO_SUBJECT, id="of an empty name"),
    pytest.param(having(sub="a" * 256), Refusal.NO_SUBJECT, id="of a very long name"),
    pytest.param(having(sub="a\u202eb"), Refusal.NO_SUBJECT, id="of a name that cannot be seen"),
]


@pytest.mark.parametrize(("lie", "reason"), LIES)
async def test_a_token_that_says_something_wrong_is_refused(
    browser: Browser, lie: Any, reason: Refusal
) -> None:
    browser.provider.claims = lie
    await browser.begin()
    assert await refusal_of(browser) is reason


@pytest.mark.parametrize("seconds", [-330, 30])
async def test_the_clock_of_the_provider_may_differ_by_half_a_minute(
    browser: Browser, seconds: float
) -> None:
    browser.provider.claims = shifted(seconds)
    assert await browser.sign_in() == "8d2f"


async def test_a_token_for_several_is_believed_if_it_was_given_to_this_client(browser: Browser) -> None:
    browser.provider.claims = having(aud=["another", CLIENT_ID], azp=CLIENT_ID)
    assert await browser.sign_in() == "8d2f"


async def test_an_answer_to_a_sign_in_of_another_browser_is_refused(browser: Browser) -> None:
    thief = Browser(browser.center, browser.provider)
    await browser.begin()
    await thief.begin()
    assert await refusal_of(browser, **thief.back) is Refusal.WRONG_STATE
    assert await refusal_of(browser, state="") is Refusal.WRONG_STATE
    assert await refusal_of(browser, state="\ud800\u1ec7") is Refusal.WRONG_STATE


async def test_the_code_of_another_sign_in_is_refused_by_its_proof(browser: Browser) -> None:
    thief = Browser(browser.center, browser.provider)
    await browser.begin()
    await thief.begin()
    assert await refusal_of(thief, code=browser.back["code"]) is Refusal.CODE_REFUSED


async def test_a_browser_that_began_nothing_is_refused(browser: Browser) -> None:
    await browser.begin()
    real = browser.sealed
    for sealed in ("", "x", real[:-4] + "AAA=", "\u00e9", "x" * 10_000):
        browser.sealed = sealed
        assert await refusal_of(browser) is Refusal.NO_FLOW
    with pytest.raises(BadToken):
        await browser.center.complete(None, CallbackAnswer(**browser.back), utc_now())


async def test_a_sign_in_that_another_process_began_is_begun_anew(browser: Browser) -> None:
    await browser.begin()
    browser.center = sign_in_at(browser.provider.issuer)
    assert await refusal_of(browser) is Refusal.NO_FLOW


async def test_an_answer_counts_once(browser: Browser) -> None:
    await browser.begin()
    assert await browser.come_back() == "8d2f"
    assert await refusal_of(browser) is Refusal.FLOW_USED


async def test_a_person_has_ten_minutes_at_the_provider(browser: Browser) -> None:
    await browser.begin()
    with pytest.raises(BadToken, match=Refusal.NO_FLOW):
        await browser.come_back(timedelta(seconds=602))


async def test_a_person_who_does_not_agree_is_not_signed_in(browser: Browser) -> None:
    await browser.begin()
    assert await refusal_of(browser, error="access_denied", code="") is Refusal.DENIED
    assert await refusal_of(browser, code="") is Refusal.NO_CODE


async def test_an_answer_of_a_mixed_up_provider_is_refused_before_it_is_asked(browser: Browser) -> None:
    await browser.begin()
    assert await refusal_of(browser, issuer="https://evil.example") is Refusal.WRONG_ISSUER
    assert "/token" not in browser.provider.asked


async def test_a_provider_that_names_itself_does_so_in_each_answer(browser: Browser) -> None:
    browser.provider.description = {"authorization_response_iss_parameter_supported": True}
    await browser.begin()
    assert await refusal_of(browser) is Refusal.WRONG_ISSUER
    assert await browser.come_back(issuer=browser.provider.issuer) == "8d2f"


async def test_a_new_key_of_the_provider_is_read_when_a_token_names_it(browser: Browser) -> None:
    assert await browser.sign_in() == "8d2f"
    browser.provider.sign, browser.provider.keys = signed_by(OTHER_RSA, "RS256"), [RSA, OTHER_RSA]
    await browser.begin()
    assert await browser.come_back(timedelta(seconds=31)) == "8d2f"
    assert browser.provider.asked.count("/jwks") == 2


async def test_tokens_by_unknown_keys_make_no_flood_of_questions(browser: Browser) -> None:
    browser.provider.sign = signed_by(OTHER_RSA, "RS256")
    for _ in range(5):
        await browser.begin()
        assert await refusal_of(browser) is Refusal.UNKNOWN_KEY
    assert browser.provider.asked.count("/jwks") == 1


async def test_a_provider_that_is_away_is_asked_rarely_and_comes_back(browser: Browser) -> None:
    path, now = "/.well-known/openid-configuration", utc_now()
    browser.provider.answers[path] = web.Response(status=502)
    for _ in range(5):
        with pytest.raises(ProviderAway):
            await browser.center.begin(now)
    assert browser.provider.asked == [path]
    browser.provider.answers.clear()
    assert (await browser.center.begin(now + timedelta(seconds=5))).address


async def test_a_provider_that_does_not_listen_is_away() -> None:
    with pytest.raises(ProviderAway):
        await sign_in_at(f"http://127.0.0.1:{free_port()}").begin(utc_now())


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            lambda: web.Response(status=302, headers={"Location": "/elsewhere"}), id="redirected"
        ),
        pytest.param(lambda: web.Response(body=b" " * (MAX_ANSWER + 1)), id="too large"),
        pytest.param(lambda: web.Response(body=b"<html>"), id="not JSON"),
        pytest.param(lambda: web.Response(body=b"[]"), id="no object"),
        pytest.param(lambda: web.Response(body=b'{"a":' * 100_000), id="nested"),
        pytest.param(lambda: web.Response(status=500), id="broken"),
    ],
)
async def test_an_answer_that_no_provider_gives_signs_nobody_in(
    browser: Browser, path: str, answer: Any
) -> None:
    browser.provider.answers[path] = answer()
    with pytest.raises(ProviderAway):
        await browser.sign_in()
    assert "/elsewhere" not in browser.provider.asked


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"issuer": "https://other.example"}, "issuer"),
        ({"token_endpoint": "http://10.0.0.1/token"}, "not over https"),
        ({"token_endpoint": "https://user@login.example/token"}, "not an address"),
        ({"jwks_uri": "file:///etc/passwd"}, "not an address"),
        ({"jwks_uri": "https://login.example/\r\nHost: evil"}, "not an address"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "not an address"),
        ({"authorization_endpoint": None}, "not an address"),
    ],
)
def test_a_description_that_leads_astray_is_not_used(changed: dict[str, Any], fault: str) -> None:
    issuer = "https://login.example"
    own = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{issuer}/x")
    with pytest.raises(BadMetadata, match=fault):
        read_metadata({"issuer": issuer, **own, **changed}, issuer)


def test_a_provider_on_this_machine_names_no_other_address() -> None:
    issuer = "http://127.0.0.1:9400"
    own = dict.fromkeys(("authorization_endpoint", "token_endpoint"), f"{issuer}/x")
    with pytest.raises(BadMetadata, match="not of the issuer"):
        read_metadata({"issuer": issuer, **own, "jwks_uri": "https://elsewhere.example/"}, issuer)


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://login.example"},
        {"issuer": "login.example"},
        {"issuer": "https://user@login.example"},
        {"issuer": "https://login.example?x=1"},
        {"address": "http://desk.example"},
        {"address": "https://desk.example/path"},
        {"scopes": ("open id",)},
    ],
)
def test_settings_by_which_secrets_could_leak_are_refused(changed: dict[str, str]) -> None:
    own = {"issuer": "https://login.example", "client_id": "tocsin", "address": ADDRESS}
    with pytest.raises(ValidationError):
        OpenIdSettings(**own | changed)


def test_only_safe_public_keys_are_read() -> None:
    symmetric = {"kty": "oct", "k": "c2VjcmV0", "kid": "a"}
    weak = {"kty": "RSA", "n": "AQAB" * 40, "e": "AQAB", "kid": "b"}
    for each in (
        symmetric,
        weak,
        {"kty": "RSA"},
        {"kty": 1},
        {},
        None,
        "x",
        {"kty": "EC", "crv": "P-0"},
    ):
        with pytest.raises(BadToken, match=Refusal.UNKNOWN_KEY):
            read_keys({"keys": [each]}).claims_of(signed_by(RSA, "RS256")({}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["iss", "aud", "azp", "nonce", "sub", "iat", "exp", "nbf", "amr", "acr"])
NOW = datetime.fromisoformat("2026-11-29T08:00:00+07:00")
RIGHT: Claims = {
    "iss": "https://login.example",
    "aud": "tocsin",
    "nonce": "n",
    "sub": "8d2f",
    "iat": NOW.timestamp(),
    "exp": NOW.timestamp() + 300,
}
EXPECTED = ExpectedToken(issuer="https://login.example", client_id="tocsin", nonce="n")


@given(changed=st.dictionaries(NAMES, JSON, max_size=4))
def test_any_claims_are_decided(changed: Claims) -> None:
    why = why_token_refused(RIGHT | changed, EXPECTED, NOW)
    assert why is None or why in set(Refusal)


@given(given_=st.dictionaries(st.text(), JSON) | st.fixed_dictionaries({"keys": JSON}))
def test_any_set_of_keys_is_read(given_: dict[str, Any]) -> None:
    read_keys(given_)


@given(given_=st.fixed_dictionaries({"issuer": st.just("https://a.example")}, optional={
    name: JSON | st.text().map("https://".__add__)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
}))  # fmt: skip
def test_any_description_is_read_or_refused(given_: dict[str, Any]) -> None:
    try:
        read_metadata(given_, "https://a.example")
    except BadMetadata:
        return


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def real_provider(tmp_path: Path) -> Iterator[str]:
    """The address of a provider that others wrote."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    with running(Server([*command, "--user", "trực-ban"], port, tmp_path / "provider.log")):
        yield f"http://127.0.0.1:{port}"


class NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def agree(address: str) -> dict[str, str]:
    """The parameters that the real provider sends a browser back with, after its form was sent."""
    body = urlencode({"sub": "trực-ban"}).encode()
    try:
        urllib.request.build_opener(NoRedirection).open(address, body)
    except urllib.error.HTTPError as answer:
        location = answer.headers["Location"]
    assert re.match(rf"{ADDRESS}/api/v1/session/openid/callback\?", location)
    return {name: each for name, (each,) in parse_qs(urlsplit(location).query).items()}


@pytest.mark.server
async def test_a_person_signs_in_at_a_real_provider(real_provider: str) -> None:
    center = sign_in_at(real_provider)
    begun = await center.begin(utc_now())
    answer = CallbackAnswer(**agree(begun.address))
    proven = await center.complete(begun.sealed, answer, utc_now())
    assert (proven.issuer, proven.subject) == (real_provider, "trực-ban")


@pytest.mark.server
async def test_a_code_of_a_real_provider_counts_once(real_provider: str) -> None:
    center = sign_in_at(real_provider)
    first, second = await center.begin(utc_now()), await center.begin(utc_now())
    answer = CallbackAnswer(**agree(first.address))
    await center.complete(first.sealed, answer, utc_now())
    state = parse_qs(urlsplit(second.address).query)["state"][0]
    again = CallbackAnswer(code=answer.code, state=state)
    with pytest.raises(BadToken, match=Refusal.CODE_REFUSED):
        await center.complete(second.sealed, again, utc_now())
