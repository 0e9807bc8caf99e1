"""Mistakes in the settings are named before anything runs."""

from pathlib import Path

import pytest

from alerting.settings import Settings
from runtime.settings import BadSettings, load_settings

LEAST = '[command_center]\nwebhook = "http://127.0.0.1:9114/relay"\n'

OPENID = """[accounts.openid]
issuer = "https://login.example"
client_id = "tocsin"
address = "https://desk.example"
"""


def load(folder: Path, text: str) -> Settings:
    file = folder / "alerting.toml"
    file.write_text(text)
    return load_settings(Settings, file)


def test_the_command_center_is_all_that_must_be_set(tmp_path: Path) -> None:
    settings = load(tmp_path, LEAST)
    assert settings.web.port == 8080
    assert settings.database_url == "sqlite:///alerting-data/center.db"
    assert settings.web.secret() is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "command_center"),
        (f'{LEAST}[web]\nhost = "0.0.0.0"\n', "set token or token_file"),
        (f'{LEAST}[web]\nhost = "center.example"\n', "set token or token_file"),
        (f"nonsense = 1\n{LEAST}", "nonsense"),
        (f'{LEAST}[relay]\nsigning_key = "a word"\n', "signing_key: a secret is not whsec_"),
        ('[command_center]\nwebhook = "ftp://x"\n', "webhook"),
        (f'{LEAST}[web]\nproxies = ["10.0.0.1/8"]\n', "write an address or a network"),
        (f"{LEAST}{OPENID}", "accounts.openid.address: desk.example is not a name of this server"),
        (f'database = "sqlite+aiosqlite:///x.db"\n{LEAST}', "write sqlite:////"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        load(tmp_path, text)


def test_the_token_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-token-of-thirty-two-characters\n")
    text = f'{LEAST}[web]\nhost = "0.0.0.0"\ntoken_file = "{tmp_path / "token"}"\n'
    assert load(tmp_path, text).web.secret() == "a-token-of-thirty-two-characters"


def test_a_part_may_be_set_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_ALERTING_BROKER__PORT", "2883")
    monkeypatch.setenv("TOCSIN_ALERTING_WEB__TOKEN", "a-token-of-thirty-two-characters")
    settings = load(tmp_path, LEAST)
    assert settings.broker.port == 2883
    assert settings.web.secret() == "a-token-of-thirty-two-characters"


def test_a_file_with_a_bad_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "relay-key"
    file.write_text("a1b2c3d4e5f6")
    with pytest.raises(BadSettings, match="make one: echo whsec_") as caught:
        load(tmp_path, f'{LEAST}[relay]\nsigning_key_file = "{file}"\n')
    assert "a1b2c3" not in str(caught.value)


def test_a_provider_sends_browsers_back_to_a_name_of_this_server(tmp_path: Path) -> None:
    settings = load(tmp_path, f'{LEAST}[web]\nhosts = ["Desk.example"]\n{OPENID}')
    assert settings.accounts.openid is not None
    assert settings.accounts.openid.callback == "https://desk.example/api/v1/session/openid/callback"
