"""An absent or a short secret is no permission; files are for their owner alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from alerting.settings import Settings as AlertingSettings
from gateway.settings import Settings as GatewaySettings
from ingest.settings import Settings as IngestSettings
from runtime.folder_lock import lock_folder
from runtime.settings import BadSettings, ServiceSettings, check_settings, load_settings

ROOT = Path(__file__).parents[2]
LEAST: dict[type[ServiceSettings], str] = {
    AlertingSettings: '[command_center]\nwebhook = "http://127.0.0.1:1/"\n[web]\n',
    IngestSettings: "[web]\n",
    GatewaySettings: 'premises = "p"\ngateway = "g"\ndata_dir = "d"\n[web]\nport = 1\n',
}
SHORT = ["", "\n", " \t\n", "secret", "x" * 31]


@pytest.mark.parametrize("service", LEAST)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
@pytest.mark.parametrize("secret", SHORT)
def test_a_file_with_a_short_token_is_refused_with_its_remedy(
    service: type[ServiceSettings], host: str, secret: str, tmp_path: Path
) -> None:
    token, settings = tmp_path / "token", tmp_path / "settings.toml"
    token.write_text(secret)
    settings.write_text(f'{LEAST[service]}host = "{host}"\ntoken_file = "{token}"\n')
    errors, _ = check_settings(service, settings)
    said = "\n".join(errors)
    assert f"{token} is " in said
    assert "openssl rand -hex 32" in said
    assert "secret" not in said.replace(str(token), "")


@pytest.mark.parametrize("service", LEAST)
@pytest.mark.parametrize("secret", ["", "secret"])
def test_a_short_token_in_the_settings_is_refused(
    service: type[ServiceSettings], secret: str, tmp_path: Path
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'{LEAST[service]}token = "{secret}"\n')
    with pytest.raises(BadSettings, match="openssl rand -hex 32"):
        load_settings(service, settings)


@pytest.mark.parametrize("secret", SHORT)
def test_a_short_key_signs_nothing(secret: str, tmp_path: Path) -> None:
    key, settings = tmp_path / "key", tmp_path / "settings.toml"
    key.write_text(secret)
    settings.write_text(f'{LEAST[AlertingSettings]}[relay]\nsigning_key_file = "{key}"\n')
    with pytest.raises(BadSettings, match="openssl rand -base64 32"):
        load_settings(AlertingSettings, settings)


@pytest.mark.parametrize("depth", [33, 600, 5_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a = ", "}")])
def test_settings_nested_too_deep_are_an_error_that_names_the_file(
    depth: int, opening: str, closing: str, tmp_path: Path
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f"a = {opening * depth}1{closing * depth}\n")
    errors, _ = check_settings(IngestSettings, settings)
    assert errors == [f"{settings}: nested more than 32 levels deep; write its tables under headings"]


def test_json_nested_too_deep_in_the_environment_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_INGEST_BROKER", "[" * 100_000)
    errors, _ = check_settings(IngestSettings, None)
    assert errors == ["environment: JSON nested too deep; write lists and tables in a settings file"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_what_others_could_read_in_a_data_folder_is_taken_from_them(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    (data / "quarantine").mkdir(parents=True)
    for each in (data / "tocsin.db", data / "quarantine" / "today", outside):
        each.write_text("x")
        each.chmod(0o644)
    (data / "link").symlink_to(outside)
    data.chmod(0o755)
    with capture_logs() as logs, lock_folder(data):
        pass
    assert [mode(data), mode(data / "quarantine")] == [0o700, 0o700]
    assert [mode(data / "tocsin.db"), mode(data / "quarantine" / "today")] == [0o600, 0o600]
    assert mode(outside) == 0o644
    said = {each["event"] for each in logs}
    assert said == {"files were open to others", "symbolic link in a data folder"}


def test_a_lock_that_is_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "lock").symlink_to(tmp_path / "elsewhere")
    with lock_folder(data):
        assert not os.path.lexists(tmp_path / "elsewhere")


def test_a_command_writes_for_its_person_alone_whatever_the_shell_allows(tmp_path: Path) -> None:
    settings, database = tmp_path / "alerting.toml", tmp_path / "data" / "alerting.db"
    told = f'{LEAST[AlertingSettings]}[channels.mqtt]\n[outgoing]\nnetworks = ["127.0.0.1"]\n'
    settings.write_text(f'data_dir = "{tmp_path}/data"\n{told}')
    registry = ROOT / "deploy" / "local" / "registry.toml"
    command = [sys.executable, "-m", "tocsin", "registry", "import", str(registry), "--who", "test"]
    done = subprocess.run(
        [*command, "--config", str(settings)], capture_output=True, text=True, umask=0, check=False
    )
    written = [each for each in database.parent.rglob("*") if each.is_file()]
    assert written, done.stderr
    assert {mode(each) for each in written} == {0o600}
