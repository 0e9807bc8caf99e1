"""Settings are right as a whole, or every mistake in them is named with its place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from contract.names import is_name
from runtime.log_format import LogFormat
from runtime.settings import (
    BadSettings,
    Broker,
    Name,
    Part,
    ServiceSettings,
    Web,
    load_settings,
    read_toml,
)

SetEnv = Callable[[str, str], None]


class Kettle(Part):
    """A part with a name and a figure."""

    name: Name = "kettle-1"
    litres: float = 1.5


class Settings(ServiceSettings):
    """A service with a part of each kind."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_TEA_")

    web: Web
    broker: Broker = Broker()
    kettle: Kettle = Kettle()
    cups: int = 2
    guests: tuple[str, ...] = ()


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> SetEnv:
    return monkeypatch.setenv


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tea.toml"


def mistakes(file: Path | None) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        load_settings(Settings, file)
    assert str(caught.value).splitlines() == caught.value.errors
    return caught.value.errors


# Where settings come from


def test_a_file_says_what_differs_and_the_defaults_say_the_rest(file: Path) -> None:
    file.write_text('log_format = "json"\n[web]\nport = 8080\n[broker]\nhost = "broker.local"\n')
    settings = load_settings(Settings, file)
    assert settings.log_format is LogFormat.JSON
    assert settings.web == Web(host="127.0.0.1", port=8080)
    assert settings.broker == Broker(host="broker.local", port=1883)


def test_the_environment_wins_over_the_file_key_by_key(file: Path, env: SetEnv) -> None:
    file.write_text('cups = 3\n[web]\nport = 8080\n[broker]\nhost = "broker.local"\nport = 1884\n')
    env("TOCSIN_TEA_CUPS", "4")
    env("TOCSIN_TEA_BROKER__PORT", "1885")
    settings = load_settings(Settings, file)
    assert settings.cups == 4
    assert (settings.broker.host, settings.broker.port) == ("broker.local", 1885)


def test_the_environment_alone_is_enough(env: SetEnv) -> None:
    env("TOCSIN_TEA_WEB__PORT", "8080")
    env("TOCSIN_TEA_GUESTS", '["ann", "bob"]')
    settings = load_settings(Settings, None)
    assert settings.web.port == 8080
    assert settings.guests == ("ann", "bob")


def test_the_variables_of_another_service_are_ignored(env: SetEnv) -> None:
    env("TOCSIN_TEA_WEB__PORT", "8080")
    env("TOCSIN_COFFEE_CUPS", "9")
    assert load_settings(Settings, None).cups == 2


def test_settings_cannot_be_changed_afterwards(file: Path) -> None:
    file.write_text("[web]\nport = 0\n")
    settings = load_settings(Settings, file)
    with pytest.raises(ValidationError):
        settings.cups = 5  # type: ignore[misc] # which is what this test is about
    with pytest.raises(ValidationError):
        settings.broker.port = 5  # type: ignore[misc] # likewise


# Mistakes


def test_every_mistake_is_named_at_once_with_its_place_and_key(file: Path, env: SetEnv) -> None:
    file.write_text(
        'cups = "many"\nsaucers = 2\nlog_level = "LOUD"\n'
        '[broker]\nport = 70000\nroot = "a/#"\nuser = "x"\n'
    )
    env("TOCSIN_TEA_KETTLE__LITRES", "big")
    env("TOCSIN_TEA_TRAY", "1")
    found = mistakes(file)
    assert len(found) == 9
    for line in (
        f"{file}: cups: not a whole number; write one without quotes (line 1)",
        f"{file}: saucers: no such key; correct its name or remove it",
        f"{file}: log_level: no such level; write DEBUG, INFO, WARNING or ERROR",
        f"{file}: broker.port: must be at most 65535; correct it (line 5)",
        f"{file}: broker.root: not a topic; write levels",
        f"{file}: broker.user: no such key; correct its name or remove it",
        f"{file}: web: missing; add it",
        "environment: TOCSIN_TEA_KETTLE__LITRES: kettle.litres: not a number; write one",
        "environment: TOCSIN_TEA_TRAY: no such setting; correct its name or unset it",
    ):
        assert [mistake for mistake in found if mistake.startswith(line)], line
    assert all("; " in mistake for mistake in found), found


def test_a_variable_of_no_known_key_is_refused_even_if_all_else_is_right(
    file: Path, env: SetEnv
) -> None:
    file.write_text("[web]\nport = 0\n")
    env("TOCSIN_TEA_CUP", "4")
    assert mistakes(file) == [
        "environment: TOCSIN_TEA_CUP: no such setting; correct its name or unset it"
    ]


def test_a_variable_of_no_known_key_in_a_part_is_refused(file: Path, env: SetEnv) -> None:
    file.write_text("[web]\nport = 0\n")
    env("TOCSIN_TEA_BROKER__HOTS", "x")
    (mistake,) = mistakes(file)
    assert mistake == (
        "environment: TOCSIN_TEA_BROKER__HOTS: broker.hots: no such key; correct its name or remove it"
    )


@pytest.mark.parametrize(("name", "value"), [("GUESTS", "ann,bob"), ("BROKER", "{host")])
def test_a_list_or_table_that_is_no_json_is_named(
    file: Path, name: str, value: str, env: SetEnv
) -> None:
    file.write_text("[web]\nport = 0\n")
    env(f"TOCSIN_TEA_{name}", value)
    (mistake,) = mistakes(file)
    assert mistake.startswith("environment: ")
    assert f'"{name.lower()}"' in mistake
    assert "written as JSON" in mistake


def test_a_mistake_in_toml_names_the_line(file: Path) -> None:
    file.write_text("cups = 2\n[web]\nport 8080\n")
    (mistake,) = mistakes(file)
    assert mistake.startswith(f"{file}: ")
    assert "line 3" in mistake


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    assert mistakes(file) == [f"{file}: No such file or directory"]


def test_a_file_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(b"\x80\xff")
    (mistake,) = mistakes(file)
    assert mistake.startswith(f"{file}: not UTF-8")
    with pytest.raises(BadSettings):
        read_toml(file)


@pytest.mark.parametrize(
    "name", ["gw-1", "0", "a" * 63, "Gw", "-gw", "gw\n", "gw 1", "", "a" * 64, "chợ"]
)
def test_a_name_in_settings_is_a_name_on_the_wire(file: Path, name: str) -> None:
    escaped = name.replace("\n", "\\n")
    file.write_text(f'[web]\nport = 0\n[kettle]\nname = "{escaped}"\n')
    if is_name(name):
        assert load_settings(Settings, file).kettle.name == name
    else:
        assert mistakes(file)[0].startswith(f"{file}: kettle.name: ")


@pytest.mark.parametrize("root", ["", "/a", "a/", "a//b", "a/#", "+/a", "a b"])
def test_a_root_that_no_topic_can_have_is_refused(root: str) -> None:
    with pytest.raises(ValidationError):
        Broker(root=root)


# Secrets


def test_a_secret_comes_from_its_file_without_the_line_end(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3 cret\n")
    assert Broker(username="u", password_file=secret).secret() == "s3 cret"


def test_a_secret_is_read_when_it_is_needed_so_that_it_may_change(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("old\n")
    broker = Broker(password_file=secret)
    secret.write_text("new\n")
    assert broker.secret() == "new"


def test_a_secret_file_that_is_not_there_is_named(file: Path) -> None:
    file.write_text('[web]\nport = 0\n[broker]\npassword_file = "/nowhere/password"\n')
    (mistake,) = mistakes(file)
    assert mistake.startswith(f"{file}: broker.password_file: ")
    assert "there is no file /nowhere/password; create it or remove the key" in mistake


def test_a_secret_is_never_shown(file: Path) -> None:
    file.write_text('[web]\nport = 0\n[broker]\npassword = "s3cret"\n')
    settings = load_settings(Settings, file)
    assert settings.broker.secret() == "s3cret"
    assert "s3cret" not in repr(settings)
    file.write_text(
        '[web]\nport = 0\n[broker]\npassword = "s3cret"\nkeepalive_s = "s3cret"\nroot = "s3cret/#"\n'
    )
    assert "s3cret" not in "\n".join(mistakes(file))


def test_no_secret_is_no_secret() -> None:
    assert Broker().secret() is None


def test_a_text_that_is_a_number_is_to_be_quoted(file: Path) -> None:
    file.write_text("[web]\nport = 0\n[broker]\nhost = 3\n")
    assert mistakes(file) == [f"{file}: broker.host: not a text; write it in quotes (line 4)"]


def test_what_a_mistake_is_called_in_the_library_is_not_shown(file: Path) -> None:
    file.write_text('[web]\nport = 0\n[broker]\npassword_file = "/nowhere"\n')
    (mistake,) = mistakes(file)
    assert mistake.startswith(f"{file}: broker.password_file: there is no file")
