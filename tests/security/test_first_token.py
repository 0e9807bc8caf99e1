"""No token is no permission: one is made at the first start, unless a setting says otherwise."""

import asyncio
import json
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from alerting.settings import Settings as AlertingSettings
from gateway.settings import Settings as GatewaySettings
from ingest.settings import Settings as IngestSettings
from runtime.first_token import with_first_token
from runtime.settings import BadSettings, ServiceSettings, check_settings, load_settings
from runtime.web_remarks import FILE
from tests.adapters.command_line.running import run_command
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

LEAST: dict[type[ServiceSettings], str] = {
    AlertingSettings: '[command_center]\nwebhook = "http://127.0.0.1:1/"\n[web]\n',
    IngestSettings: "[web]\n",
    GatewaySettings: 'premises = "p"\ngateway = "g"\n[[lines]]\nname = "a"\nport = "b"\n'
    "[web]\nport = 1\n",
}


@pytest.fixture(autouse=True)
def own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def settings_of(service: type[ServiceSettings], folder: Path, more: str = "") -> Path:
    file = folder / "settings.toml"
    file.write_text(f'data_dir = "{folder}/data"\n{LEAST[service]}{more}')
    return file


@pytest.mark.parametrize("service", LEAST)
def test_a_token_is_made_once_for_its_owner_alone(
    service: type[ServiceSettings], tmp_path: Path
) -> None:
    file = settings_of(service, tmp_path)
    first, second = (with_first_token(load_settings(service, file)) for _ in range(2))
    secret = getattr(first, "web").secret()  # noqa: B009
    assert len(secret) == 64
    assert getattr(second, "web").secret() == secret  # noqa: B009
    made = tmp_path / "data" / FILE
    assert made.read_text().strip() == secret
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


@pytest.mark.parametrize("service", LEAST)
def test_nothing_is_made_where_the_setting_says_so(
    service: type[ServiceSettings], tmp_path: Path
) -> None:
    settings = load_settings(service, settings_of(service, tmp_path, "open = true\n"))
    assert with_first_token(settings) == settings
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("service", LEAST)
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('open = true\nhost = "0.0.0.0"\n', "set token"),
        ('open = true\nhost = "0.0.0.0"\ntoken_file = "{token}"\n', 'needs host = "127.0.0.1"'),
        ('open = true\ntoken_file = "{token}"\n', "a token is set, too; remove one of the two"),
        ('host = "0.0.0.0"\n', "set token"),
    ],
)
def test_a_server_is_open_to_this_machine_alone_and_only_without_a_token(
    service: type[ServiceSettings], more: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("x" * 32)
    file = settings_of(service, tmp_path, more.format(token=tmp_path / "token"))
    with pytest.raises(BadSettings, match=said):
        load_settings(service, file)


def test_a_disk_that_takes_no_token_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    settings = load_settings(AlertingSettings, settings_of(AlertingSettings, tmp_path))
    assert len(with_first_token(settings).web.secret() or "") == 64


async def test_a_check_says_who_may_ask(tmp_path: Path) -> None:
    file = settings_of(AlertingSettings, tmp_path)
    code, out, err = await run_command("alerting", "--check", "--config", str(file))
    assert (code, out.strip()) == (0, f"{file}: ok")
    assert f"web: no token is named; a start uses that in {tmp_path}/data/{FILE}" in err
    assert not (tmp_path / "data").exists()
    settings_of(AlertingSettings, tmp_path, "open = true\n")
    _, out, _ = await run_command("alerting", "--check", "--json", "--config", str(file))
    assert "every program of this machine may ask and order" in json.loads(out)["warnings"][-1]
    assert check_settings(AlertingSettings, file)[0] == []


@asynccontextmanager
async def started(file: Path, port: int) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tocsin", "alerting", "--config", str(file)
    )
    url = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        try:
            async with aiohttp.ClientSession() as http, http.get(f"{url}/healthz") as answer:
                return answer.status in {200, 503}
        except aiohttp.ClientError:
            return False

    try:
        await eventually(answers, within=60)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def test_only_who_reads_the_token_asks_and_verbs_of_the_same_user_find_it(
    broker: Server, tmp_path: Path
) -> None:
    port = free_port()
    file = settings_of(AlertingSettings, tmp_path, f"port = {port}\n[broker]\nport = {broker.port}\n")
    async with started(file, port) as url:
        order = {"kind": "test", "premises": "shop-b", "zones": ["z"], "by": "csrf", "minutes": 480}
        async with aiohttp.ClientSession(headers={"X-Tocsin-Request": "1"}) as http:
            async with http.get(f"{url}/api/v1/incidents") as answer:
                assert answer.status == 401
            async with http.post(f"{url}/api/v1/overrides", json=order) as answer:
                assert answer.status == 401
        code, out, err = await run_command("incident", "list", "--alerting", url, "--json")
        assert (code, json.loads(out)["total"]) == (0, 0), err
