"""Only the gateway that was invited gets a certificate, and it believes only who invited it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from alerting.app import run
from alerting.settings import Settings
from contract.enrolment_code import read_code
from gateway.certificates import new_key, request_text, signing_request
from pki.domain.invitations import MOST_TRIES
from runtime.settings import load_settings
from tests.support.authority import CenterFiles, Done, center_files, run_apart
from tests.support.house import GATEWAY, PREMISES
from tests.support.servers import free_port
from tests.support.tls_front import TlsFront, tls_front
from tests.support.waiting import eventually

HEADERS = {"X-Tocsin-Request": "1"}


@asynccontextmanager
async def alerting(files: CenterFiles) -> AsyncIterator[str]:
    """Run alerting of *files* within the block, without a broker; yields its address."""
    settings = load_settings(Settings, files.config)
    url = f"http://127.0.0.1:{settings.web.port}"
    task = asyncio.create_task(run(settings))
    await eventually(lambda: answers(f"{url}/healthz"), within=30)
    yield url
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def answers(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(url):
            return True
    except aiohttp.ClientError:
        return False


@pytest.fixture
def files(tmp_path: Path) -> CenterFiles:
    return replace(center_files(tmp_path, web_port=free_port()), tocsin=run_apart)


@pytest.fixture
def other(tmp_path: Path) -> CenterFiles:
    """Another center, with an authority of its own."""
    folder = tmp_path / "between"
    folder.mkdir()
    return replace(center_files(folder, web_port=free_port()), tocsin=run_apart)


@pytest.fixture
async def url(files: CenterFiles) -> AsyncIterator[str]:
    async with alerting(files) as one:
        yield one


@asynccontextmanager
async def front(files: CenterFiles, url: str) -> AsyncIterator[TlsFront]:
    """Serve the center over TLS with a certificate of its own authority."""
    folder = files.folder / "web"
    await asyncio.to_thread(files.answer, "pki", "issue", "server", "localhost", "--out", str(folder))
    port = int(url.rpartition(":")[2])
    async with tls_front(folder / "server.crt", folder / "server.key", to=port) as one:
        yield one


def enroll(folder: Path, url: str, code: str, *more: str) -> Done:
    settings, file = folder / "gateway.toml", folder / "code"
    settings.write_text(
        f'premises = "{PREMISES}"\ngateway = "{GATEWAY}"\ndata_dir = "{folder}/gateway"\n'
        '[[lines]]\nname = "line-1"\nport = "/dev/null"\n'
    )
    file.write_text(f"{code}\n")
    words = ["--config", str(settings), "--center", url, "--code-file", str(file), *more]
    return run_apart("gateway", "enroll", *words)


def request_of(key: Ed25519PrivateKey) -> str:
    return request_text(signing_request(key, PREMISES, GATEWAY))


async def post(url: str, secret: str, *, gateway: str = GATEWAY, **more: Any) -> tuple[int, Any]:
    body = {"premises": PREMISES, "gateway": gateway, "secret": secret, "request": request_of(new_key())}
    async with (
        aiohttp.ClientSession(headers=HEADERS) as http,
        http.post(f"{url}/api/v1/enrolments", json=body | more) as answer,
    ):
        return answer.status, await answer.json()


async def test_an_invited_gateway_has_a_certificate_of_its_own_key_and_the_key_stays_with_it(
    files: CenterFiles, url: str, tmp_path: Path
) -> None:
    code = await asyncio.to_thread(files.invite)
    async with front(files, url) as one:
        done = await asyncio.to_thread(enroll, tmp_path, one.url, code)
        assert done.exit_code == 0, done.output
        identity = tmp_path / "gateway" / "identity"
        pem = (identity / "key.pem").read_bytes()
        assert (identity / "key.pem").stat().st_mode & 0o777 == 0o600
        key = load_pem_private_key(pem, None)
        made = load_pem_x509_certificate((identity / "certificate.pem").read_bytes())
        assert made.public_key() == key.public_key()
        assert made.subject.rfc4514_string() == f"CN={PREMISES}/{GATEWAY}"
        assert isinstance(key, Ed25519PrivateKey)
        for form in (key.private_bytes_raw(), base64.b64encode(key.private_bytes_raw())):
            assert form not in one.received


async def test_a_code_is_good_once(files: CenterFiles, url: str, tmp_path: Path) -> None:
    code = await asyncio.to_thread(files.invite)
    secret = read_code(code).secret
    assert (await post(url, secret))[0] == 201
    status, answer = await post(url, secret)
    assert status == 403
    assert "tocsin pki invite" in answer["error"]


async def test_a_wrong_code_is_answered_the_same_whether_there_is_such_a_gateway_or_not(
    files: CenterFiles, url: str
) -> None:
    await asyncio.to_thread(files.invite)
    guesses = [await post(url, "0" * 16, gateway=each) for each in (GATEWAY, "gw-2", "nobody")]
    assert [status for status, _ in guesses] == [403] * 3
    assert len({answer["error"] for _, answer in guesses}) == 1


async def test_guesses_end_an_invitation_and_then_the_turn_of_their_address(
    files: CenterFiles, url: str
) -> None:
    secret = read_code(await asyncio.to_thread(files.invite)).secret
    statuses = [(await post(url, f"{n:016d}"))[0] for n in range(MOST_TRIES)]
    assert set(statuses) == {403}
    assert (await post(url, secret))[0] == 429, "its address has asked too often"


async def test_a_code_of_another_gateway_is_no_code_of_this_one(files: CenterFiles, url: str) -> None:
    secret = read_code(await asyncio.to_thread(files.invite)).secret
    assert (await post(url, secret, gateway="gw-2"))[0] == 403
    assert (await post(url, secret))[0] == 201


async def test_a_gateway_that_left_the_registry_is_not_enrolled(files: CenterFiles, url: str) -> None:
    code = await asyncio.to_thread(files.invite)
    await asyncio.to_thread(files.import_registry, files.without_gateway())

    async def known() -> bool:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/api/v1/gateways") as answer:
            return "gw-7" in {each["gateway"] for each in (await answer.json())["gateways"]}

    await eventually(known)
    assert (await post(url, read_code(code).secret))[0] == 409


async def test_a_revoked_key_is_not_enrolled_again_but_a_new_one_is(
    files: CenterFiles, url: str, tmp_path: Path
) -> None:
    async with front(files, url) as one:
        for expected, more in ((0, ()), (2, ()), (0, ("--new-key",))):
            code = await asyncio.to_thread(files.invite)
            done = await asyncio.to_thread(enroll, tmp_path, one.url, code, *more)
            assert done.exit_code == expected, done.output
            words = ("revoke", "gateway", PREMISES, GATEWAY, "--reason", "stolen")
            if expected == 0:
                await asyncio.to_thread(files.answer, "pki", *words)


async def test_who_stands_between_learns_no_code(
    files: CenterFiles, other: CenterFiles, url: str, tmp_path: Path
) -> None:
    """Another center with an authority of its own, whose certificate fits the name."""
    code = await asyncio.to_thread(files.invite)
    async with alerting(other) as false_url, front(other, false_url) as false_front:
        done = await asyncio.to_thread(enroll, tmp_path, false_front.url, code)
    assert done.exit_code == 2
    assert "not the center that made the code" in done.output
    assert read_code(code).secret.encode() not in false_front.received
    assert not (tmp_path / "gateway" / "identity" / "certificate.pem").exists()


async def test_who_passes_on_the_true_root_without_its_key_learns_no_code(
    files: CenterFiles, other: CenterFiles, url: str, tmp_path: Path
) -> None:
    """The front has a certificate of another authority, and asks the true center for its root."""
    code = await asyncio.to_thread(files.invite)
    async with front(other, url) as between:
        done = await asyncio.to_thread(enroll, tmp_path, between.url, code)
    assert done.exit_code == 2
    assert b"/api/v1/authority" in between.received
    assert read_code(code).secret.encode() not in between.received


def test_a_code_is_not_sent_over_a_network_unencrypted(tmp_path: Path) -> None:
    done = enroll(tmp_path, "http://center.example.org", "ABCDE-" * 8)
    assert done.exit_code == 2
    assert "https://" in done.output or "code has 40" in done.output


async def test_a_revoked_gateway_is_named_on_the_health_board(
    files: CenterFiles, url: str, tmp_path: Path
) -> None:
    code = await asyncio.to_thread(files.invite)
    assert (await post(url, read_code(code).secret))[0] == 201
    words = ("pki", "revoke", "gateway", PREMISES, GATEWAY, "--reason", "stolen")
    await asyncio.to_thread(files.answer, *words)

    async def named() -> bool:
        health = await get(f"{url}/healthz")
        return bool(health["refused"] == [f"{PREMISES}/{GATEWAY}: revoked"])

    await eventually(named)
    (gateway,) = (await get(f"{url}/api/v1/gateways"))["gateways"]
    assert (gateway["access"], gateway["certificate_until"]) == ("revoked", None)


async def get(url: str) -> Any:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return await answer.json()
