"""Requirements on what may be set for ingest."""

from pathlib import Path

import pytest

from ingest.settings import EmbeddedStore, InfluxDB1Store, InfluxDB2Store, Settings
from runtime.settings import BadSettings, load_settings


def load(folder: Path, text: str) -> Settings:
    file = folder / "ingest.toml"
    file.write_text(text)
    return load_settings(Settings, file)


def test_without_a_file_readings_go_to_the_embedded_store_on_this_machine() -> None:
    settings = load_settings(Settings, None)

    assert settings.store == EmbeddedStore(retention_days=400)
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8081)


def test_each_kind_of_store_can_be_chosen(tmp_path: Path) -> None:
    one = load(
        tmp_path, '[store]\nkind = "influxdb1"\nurl = "http://db:8086/"\nusername = "u"\npassword = "p"'
    )
    two = load(
        tmp_path, '[store]\nkind = "influxdb2"\nbucket = "b"\ntoken = "t"\nreads = "victoriametrics"'
    )

    assert isinstance(one.store, InfluxDB1Store)
    assert (one.store.url, one.store.secret()) == ("http://db:8086", "p")
    assert isinstance(two.store, InfluxDB2Store)
    assert (two.store.bucket, two.store.secret()) == ("b", "t")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_INGEST_STORE__TOKEN", "from-environment")
    monkeypatch.setenv("TOCSIN_INGEST_WEB__PORT", "9000")
    settings = load(tmp_path, '[store]\nkind = "influxdb2"\nbucket = "kept"\n[web]\nport = 1')

    assert isinstance(settings.store, InfluxDB2Store)
    assert (settings.store.secret(), settings.store.bucket) == ("from-environment", "kept")
    assert settings.web.port == 9000


def test_a_secret_may_stand_in_a_file_of_its_own_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    settings = load(
        tmp_path,
        f'[store]\nkind = "influxdb2"\ntoken_file = "{tmp_path}/token"\n'
        '[web]\ntoken="a-token-of-thirty-two-characters"',
    )

    assert isinstance(settings.store, InfluxDB2Store)
    assert settings.store.secret() == "s3cret"
    assert settings.web.secret() == "a-token-of-thirty-two-characters"
    assert "w3b" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param('[web]\nhost = "0.0.0.0"', "token", id="open to other machines without a token"),
        pytest.param('[web]\nhost = "::"', "token", id="the same by IPv6"),
        pytest.param('[web]\nhost = "center.example"', "token", id="the same by name"),
        pytest.param('[store]\nkind = "oracle"', "store", id="a store that is not known"),
        pytest.param(
            '[store]\nkind = "influxdb1"\nurl = "db:8086"', "url", id="an address without http"
        ),
        pytest.param(
            '[store]\nkind = "influxdb1"\ndatabase = "a b"',
            "database",
            id="a database that needs quoting",
        ),
        pytest.param(
            '[store]\nkind = "influxdb2"\ntoken_file = "/nowhere"',
            "/nowhere",
            id="a missing secret file",
        ),
        pytest.param("[writing]\nmax_readings = 0", "max_readings", id="writes of nothing"),
        pytest.param(
            '[plausible]\nearliest = "2020-01-01T00:00:00"', "earliest", id="a time without a zone"
        ),
        pytest.param('[broker]\nhots = "x"', "hots", id="a mistyped key"),
    ],
)
def test_a_mistake_is_refused_and_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(tmp_path, text)

    assert named in str(refused.value)


def test_with_a_token_other_machines_may_ask(tmp_path: Path) -> None:
    text = '[web]\nhost = "0.0.0.0"\ntoken = "a-token-of-thirty-two-characters"'
    assert load(tmp_path, text).web.host == "0.0.0.0"  # noqa: S104
