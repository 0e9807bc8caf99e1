"""Settings: a full file is read, and all mistakes are named at once."""

import unicodedata
from pathlib import Path

import pytest

from gateway.settings import Settings
from runtime.settings import BadSettings, load_settings

FULL = """
premises = "cho-an-binh"
gateway = "gw-1"
data_dir = "/var/lib/tocsin/gateway"
heartbeat_s = 10

[broker]
host = "127.0.0.1"

[web]
port = 8090

[[lines]]
name = "line-1"
port = "/dev/ttyUSB0"
baud = 9600
silent_after_s = 90

[[lines]]
name = "line-2"
port = "socket://10.0.0.7:4001"

[[sources]]
name = "zigbee"
dialect = "zigbee2mqtt"
root = "zigbee2mqtt"
[sources.broker]
host = "127.0.0.1"
port = 1884

[[points]]
name = "smoke-01"
line = "line-1"
kind = "smoke"

[[points]]
name = "boiler-heat"
address = "heat-07"
line = "line-2"
kind = "heat"
heat_class = "B"

[[points]]
name = "kitchen"
address = "Bếp 1"
source = "zigbee"
kind = "level"
silent_after_s = 3600

[detection.smoke]
alarm_above_db_m = 0.132

[telemetry]
batch_s = 1.0
"""


def read(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "gateway.toml"
    file.write_text(text)
    return load_settings(Settings, file)


def test_a_full_file_is_read(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    boiler = settings.points[1]
    assert (boiler.heard_on, boiler.heard_as) == ("line-2", "heat-07")
    assert settings.thresholds(boiler).heat.static_c == 71.0
    assert settings.thresholds(settings.points[2]).silent_after_s == 3600.0
    assert settings.thresholds().heat.static_c == 56.0
    assert settings.web is not None


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_GATEWAY_BROKER__HOST", "broker.example")
    assert read(tmp_path, FULL).broker.host == "broker.example"


MISTAKES = [
    (
        '[[lines]]\nname = "line-1"\nport = "/dev/ttyUSB9"',
        "name: 'line-1' is that of lines[1] too",
    ),
    (
        '[[lines]]\nname = "line-9"\nport = "/dev/ttyUSB0"',
        "port: '/dev/ttyUSB0' is that of lines[1] too",
    ),
    (
        '[[points]]\nname = "smoke-01"\nline = "line-2"\nkind = "smoke"',
        "'smoke-01' is that of points[1] too",
    ),
    (
        '[[points]]\nname = "twin"\naddress = "smoke-01"\nline = "line-1"\nkind = "smoke"',
        ".address: points[1] has the address 'smoke-01' on line-1 too",
    ),
    (
        '[[points]]\nname = "lost"\nline = "line-7"\nkind = "smoke"',
        ".line: there is no line 'line-7'; choose one of: line-1, line-2",
    ),
    (
        '[[points]]\nname = "nowhere"\nkind = "smoke"',
        ": names neither a line nor a source; add one of them (nowhere, line ",
    ),
    (
        '[[points]]\nname = "both"\nline = "line-1"\nsource = "zigbee"\nkind = "smoke"',
        ": names both a line and a source; remove one of them (both, line ",
    ),
    (
        '[[sources]]\nname = "z2"\ndialect = "zigbee2mqtt"\nroot = "z2"\n'
        'radio_gateways = ["eu868/gateway/0016c001f1500001"]',
        "radio_gateways belong to the dialect chirpstack alone",
    ),
    (
        '[[lines]]\nname = "bus"\nport = "/dev/ttyUSB7"\nconnector = "modbus"\n'
        '[[lines.options.devices]]\nname = "di"\nunit = 1\nprofile = "waveshare-8di"\n'
        '[[points]]\nname = "cua"\naddress = "di/di9"\nline = "bus"\nkind = "level"',
        "address: line 'bus' never tells of 'di/di9'; choose one of: di/di1, di/di2",
    ),
    (
        '[[lines]]\nname = "pair"\nport = "/dev/ttyUSB8"\nconnector = "polled"\n'
        '[lines.options]\naddresses = ["khoi-1"]\n'
        '[[points]]\nname = "khoi-2"\nline = "pair"\nkind = "smoke"',
        "name: line 'pair' never tells of 'khoi-2'; choose one of: khoi-1",
    ),
]


@pytest.mark.parametrize(("text", "mistake"), MISTAKES)
def test_settings_that_do_not_fit_together_are_named(tmp_path: Path, text: str, mistake: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, FULL.replace("[detection.smoke]", f"{text}\n\n[detection.smoke]"))
    assert mistake in str(refused.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    everything = "\n".join(text for text, _ in MISTAKES)
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, FULL.replace("[detection.smoke]", f"{everything}\n\n[detection.smoke]"))
    for _, mistake in MISTAKES:
        if "too" not in mistake and "choose" not in mistake:
            assert mistake in str(refused.value)
    for taken in ("lines[3].name", "lines[4].port", "points[4].name", "points[5].address"):
        assert str(refused.value).count(f"{taken}: ") == 1
    assert "points[6].line: there is no line 'line-7'" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('kind = "smoke"', 'kind = "smok"', "points[1].kind"),
        ('heat_class = "B"', 'heat_class = "Z"', "points[2].heat_class"),
        ("baud = 9600", "baud = 9600\nbaut = 1", "lines[1].baut"),
        ("alarm_above_db_m = 0.132", "alarm_above_db_m = 0.01", "detection.smoke"),
        ('premises = "cho-an-binh"', 'premises = "Chợ An Bình"', "premises"),
        ("batch_s = 1.0", "batch_s = 0", "telemetry.batch_s"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, FULL.replace(old, new, 1))
    assert f"gateway.toml: {key}: " in str(refused.value)


def test_a_gateway_that_could_hear_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, 'premises = "p"\ngateway = "g"\ndata_dir = "/tmp/x"')
    assert "[[lines]]" in str(refused.value)


PATHS = """
[[paths]]
name = "fibre"
[[paths]]
name = "radio"
silent_after_s = 300
[paths.broker]
host = "10.64.0.1"
keepalive_s = 60
"""


def test_a_broker_is_short_for_one_path(tmp_path: Path) -> None:
    (path,) = read(tmp_path, FULL).uplinks
    assert (path.name, path.broker.host) == ("uplink", "127.0.0.1")


def test_paths_stand_in_the_order_of_preference_with_reporting_times(tmp_path: Path) -> None:
    text = FULL.replace('[broker]\nhost = "127.0.0.1"', PATHS).replace(
        "heartbeat_s", 'profile = "DP3"\nheartbeat_s'
    )
    settings = read(tmp_path, text)
    assert [(path.name, path.broker.host) for path in settings.uplinks] == [
        ("fibre", "127.0.0.1"),
        ("radio", "10.64.0.1"),
    ]
    times = [settings.path_timings(path).silent_after_s for path in settings.uplinks]
    assert times == [180.0, 300.0]


@pytest.mark.parametrize(
    ("profile", "seconds"), [("SP4", 180), ("SP5", 90), ("SP6", 20), ("DP3", 180), ("DP4", 90)]
)
def test_each_profile_has_its_reporting_time(tmp_path: Path, profile: str, seconds: float) -> None:
    text = FULL.replace("heartbeat_s", f'profile = "{profile}"\nheartbeat_s').replace(
        "[broker]", "[broker]\nkeepalive_s = 10"
    )
    settings = read(tmp_path, text)
    assert settings.path_timings(settings.uplinks[0]).silent_after_s == seconds


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            FULL.replace("[broker]", "[broker]\nport = 8883") + PATHS,
            "broker: there are [[paths]] too; make this broker one of the paths",
        ),
        (
            FULL.replace("heartbeat_s", 'profile = "SP6"\nheartbeat_s'),
            "broker.keepalive_s: 20 s is too long for the path's reporting time; set 10 at most",
        ),
        (
            FULL.replace("[broker]", PATHS + PATHS + "[brok]"),
            "name: 'radio' is that of paths[2] too",
        ),
    ],
)
def test_paths_that_cannot_be_are_named_with_a_remedy(tmp_path: Path, text: str, mistake: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, text.replace('[brok]\nhost = "127.0.0.1"', ""))
    assert mistake in str(refused.value)


@pytest.mark.parametrize(
    ("broker", "warned"),
    [
        ({"host": "10.0.0.7"}, True),
        ({"host": "broker.example.org", "tls": True}, True),
        ({"host": "10.0.0.7", "username": "gateway", "password": "p"}, False),
        ({"host": "127.0.0.1"}, False),
        ({"host": "localhost"}, False),
    ],
)
def test_a_source_whose_broker_anybody_may_speak_to_is_warned_of(
    broker: dict[str, object], warned: bool
) -> None:
    source = {"name": "zigbee", "dialect": "zigbee2mqtt", "root": "zigbee2mqtt", "broker": broker}
    found = Settings(premises="p", gateway="g", data_dir="x", sources=[source]).warnings
    assert ["source 'zigbee'" in each for each in found] == ([True] if warned else [])


def test_the_longest_test_is_that_of_the_point_else_of_its_source_else_of_the_gateway() -> None:
    broker = {"name": "zigbee", "dialect": "zigbee2mqtt", "root": "zigbee2mqtt", "longest_test_s": 20}
    point = {"name": "a", "kind": "level", "source": "zigbee"}
    settings = Settings(
        premises="p",
        gateway="g",
        data_dir="x",
        longest_test_s=30,
        lines=[{"name": "l", "port": "/dev/x"}],
        sources=[broker],
        points=[
            point,
            point | {"name": "b", "longest_test_s": 10},
            point | {"name": "c", "source": None, "line": "l"},
        ],
    )
    tests = [settings.thresholds(each).status_limits.test_s for each in settings.points]
    latches = [settings.thresholds(each).latch_s for each in settings.points]
    assert tests == [20, 10, 30]
    assert latches == [10, 10, 0], "on a serial line nothing latches"
    assert settings.thresholds(heard_on="zigbee").status_limits.test_s == 20
    assert settings.thresholds(heard_on="zigbee").latch_s == 10


def with_source(tmp_path: Path, dialect: str, kind: str, address: str = "bep") -> Settings:
    return read(
        tmp_path,
        'premises = "p"\ngateway = "g"\ndata_dir = "/tmp/x"\n'
        f'[[sources]]\nname = "own"\ndialect = "{dialect}"\nroot = "nhà"\n'
        f'[[points]]\nname = "bep"\naddress = "{address}"\nsource = "own"\nkind = "{kind}"\n',
    )


@pytest.mark.parametrize(
    ("dialect", "kind", "others"),
    [
        ("shelly", "co", "heat, level, smoke"),
        ("shelly", "manual", "heat, level, smoke"),
        ("zigbee2mqtt", "manual", "co, heat, level, multi, smoke"),
        ("home_assistant", "multi", "co, heat, level, smoke"),
    ],
)
def test_a_point_that_its_source_can_never_say_is_named(
    tmp_path: Path, dialect: str, kind: str, others: str
) -> None:
    with pytest.raises(BadSettings) as refused:
        with_source(tmp_path, dialect, kind)
    assert (
        f"points[1].kind: source 'own' can never say {kind!r} in the dialect {dialect};"
        f" make it one of: {others} (bep, line "
    ) in str(refused.value)


@pytest.mark.parametrize("kind", ["level", "co", "smoke", "heat"])
def test_a_point_that_its_source_can_say_is_taken(tmp_path: Path, kind: str) -> None:
    assert with_source(tmp_path, "zigbee2mqtt", kind).points[0].kind == kind


def test_addresses_and_roots_are_kept_with_their_letters_composed(tmp_path: Path) -> None:
    taken_apart = unicodedata.normalize("NFD", "Bếp tầng 1")
    settings = with_source(tmp_path, "zigbee2mqtt", "level", taken_apart)
    assert settings.points[0].heard_as == "Bếp tầng 1"
    assert settings.sources[0].root == unicodedata.normalize("NFC", "nhà")


def test_two_addresses_that_look_the_same_are_the_same(tmp_path: Path) -> None:
    twins = "".join(
        f'[[points]]\nname = "p-{form.lower()}"\naddress = "{unicodedata.normalize(form, "Bếp")}"\n'
        'source = "zigbee"\nkind = "level"\n\n'
        for form in ("NFC", "NFD")
    )
    with pytest.raises(BadSettings, match="has the address 'Bếp' on zigbee too"):
        read(tmp_path, FULL.replace("[detection.smoke]", f"{twins}[detection.smoke]"))


EVERYTHING_WRONG = """
premises = "Chợ"
gateway = "gw-1"
data_dir = "/tmp/x"
heartbeat_s = -1

[web]
host = "0.0.0.0"
port = 99999

[[lines]]
name = "line-1"
port = "/dev/ttyUSB9"
baud = "fast"

[[points]]
name = "khoi-01"
line = "line-1"
kind = "smok"

[[points]]
name = "khoi-01"
line = "line-9"
kind = "heat"
heat_class = "Z"
"""


def test_a_wrong_value_hides_no_conflict_and_each_stands_on_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, EVERYTHING_WRONG)
    file = tmp_path / "gateway.toml"
    assert refused.value.errors == [
        f"{file}: premises: write 1 to 63 of a-z, 0-9 and -, not beginning with - (line 2)",
        f"{file}: heartbeat_s: must be more than 0; correct it (line 5)",
        f"{file}: web.token_file: 0.0.0.0 can be reached from outside; "
        "set token or token_file, or listen on 127.0.0.1 (line 7)",
        f"{file}: web.port: must be at most 65535; correct it (line 9)",
        f"{file}: lines[1].baud: not a whole number; write one without quotes (line-1, line 14)",
        f"{file}: points[1].kind: must be 'smoke', 'heat', 'co', 'multi', 'manual' or 'level'; "
        "correct it (khoi-01, line 19)",
        f"{file}: points[2].name: 'khoi-01' is that of points[1] too; "
        "give each its own (khoi-01, line 22)",
        f"{file}: points[2].line: there is no line 'line-9'; choose one of: line-1 (khoi-01, line 23)",
        f"{file}: points[2].heat_class: must be one of A1, A2, B, C, D, E, F, G; "
        "correct it (khoi-01, line 25)",
    ]
