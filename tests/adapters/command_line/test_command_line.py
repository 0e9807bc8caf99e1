"""The command line as a person, or a script, meets it."""

import asyncio
import json
import socket
import subprocess
import sys
from inspect import getsource
from pathlib import Path

import pytest

from alerting.domain.notification.recipients import Destination
from alerting.domain.notification.tried import fingerprint_of
from alerting.store.database import open_store
from contract.enrolment_code import write_code
from tests.support.servers import free_port
from tests.support.warm_start import run_warm
from tocsin.gateway_listen_command import listen

VERBS = [
    ["gateway"],
    ["gateway", "listen"],
    ["ingest"],
    ["alerting"],
    ["sim", "run"],
    ["sim", "replay"],
    ["sim", "convert"],
    ["sim", "command-center"],
    ["sim", "modem"],
    ["sim", "dialler"],
    ["sim", "gbt"],
    ["registry", "import"],
    ["registry", "rehearse"],
    ["registry", "show"],
    ["registry", "versions"],
    ["registry", "history"],
    ["registry", "restore"],
    ["registry", "compare"],
    ["contact", "try"],
    ["ledger"],
    ["explain"],
    ["demo"],
    ["evaluate"],
]


def tocsin(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return run_warm(*arguments, cwd=cwd)


def test_brackets_and_colons_of_a_help_are_shown_as_they_stand() -> None:
    assert answer_of("gateway", "listen").count("[[") == getsource(listen).count("[[")
    assert "at_other_gateway:G:H" in answer_of("registry", "compare")


def test_a_help_fills_the_lines_of_a_terminal() -> None:
    _, first, rest = answer_of("ledger").partition("Asks alerting")
    text = first + rest.partition("Exit code")[0]
    assert all(len(line.strip()) > 60 for line in text.strip().splitlines()[:-1])


def answer_of(*verb: str) -> str:
    return tocsin(*verb, "--help").stdout


def test_every_verb_teaches_what_it_does() -> None:
    for verb in VERBS:
        answer = tocsin(*verb, "--help")
        assert answer.returncode == 0, answer.stderr
        assert len(answer.stdout) > 300, f"{verb}: {answer.stdout}"


def test_a_wrong_argument_is_told_in_plain_words_and_to_a_program_as_json() -> None:
    told = tocsin("incident", "list", "--limit", "0")
    assert told.returncode == 2
    assert told.stderr.endswith("Error: Invalid value for '--limit': must be at least 1\n")
    program = tocsin("incident", "list", "--limit", "0", "--json")
    assert (program.returncode, program.stderr) == (2, "")
    assert json.loads(program.stdout) == {"errors": ["Invalid value for '--limit': must be at least 1"]}
    assert tocsin("incident", "lst").stderr.endswith("No such command 'lst'. Did you mean 'list'?\n")


def test_a_program_gets_every_error_as_json() -> None:
    nobody = ["--alerting", "http://127.0.0.1:9", "--json"]
    for verb in (["incident", "list"], ["explain", "x"], ["ledger"], ["registry", "compare"]):
        answer = tocsin(*verb, *nobody)
        assert (answer.returncode, answer.stderr) == (2, "")
        assert "does not answer (connection refused)" in json.loads(answer.stdout)["errors"][0]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "name an export, or the database with --config FILE or --database URL"),
        (["--database", "center.db"], "not a database URL; write sqlite:////folder/file.db"),
        (["--database", "sqlite:////none.db", "--key", "zz"], "--key: 'zz' is not a public key"),
        (["none.jsonl"], "none.jsonl: cannot be read (No such file or directory); name another file"),
        (["--witness", "none", "none.jsonl"], "none: cannot be read (No such file or directory)"),
    ],
)
def test_what_cannot_be_verified_is_named_with_its_remedy(words: list[str], text: str) -> None:
    answer = tocsin("audit", "verify", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(text)


def test_a_center_that_does_not_answer_a_gateway_is_named_by_its_own_option(tmp_path: Path) -> None:
    settings, code = tmp_path / "gateway.toml", tmp_path / "code"
    names = f'premises = "cho"\ngateway = "gw-1"\ndata_dir = "{tmp_path}"\n'
    settings.write_text(names + '[[lines]]\nname = "line-1"\nport = "/dev/ttyS0"\n')
    code.write_text(write_code(bytes(10), b"root"))
    words = ["--config", str(settings), "--code-file", str(code), "--center", "http://127.0.0.1:9"]
    assert "or name another with --center" in tocsin("gateway", "enroll", *words).stderr


def test_a_service_is_not_started_where_a_check_was_meant() -> None:
    answer = tocsin("gateway", "--json")
    assert answer.returncode == 2
    assert "add --check" in json.loads(answer.stdout)["errors"][0]


def test_the_center_and_its_token_may_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_URL", "http://127.0.0.1:9/center")
    asked = tocsin("incident", "list")
    assert asked.stderr.startswith("alerting at http://127.0.0.1:9/center does not answer")
    monkeypatch.setenv("TOCSIN_TOKEN_FILE", str(tmp_path / "token"))
    assert f"{tmp_path}/token: No such file" in tocsin("incident", "list").stderr


@pytest.mark.parametrize(
    ("verb", "content", "named"),
    [
        (
            "gateway",
            'premises = "Chợ"\nheartbeat_s = 0\nbogus = 1\n',
            ["premises", "heartbeat_s", "bogus", "data_dir"],
        ),
        ("ingest", '[store]\nkind = "oracle"\n[broker]\nport = 99999\n', ["store", "broker.port"]),
        (
            "alerting",
            '[relay]\ntimeout_s = -1\nlog_level = "LOUD"\n',
            ["relay.timeout_s", "command_center"],
        ),
    ],
)
def test_a_check_names_every_mistake_at_once_with_its_key(
    verb: str, content: str, named: list[str], tmp_path: Path
) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text(content)
    answer = tocsin(verb, "--config", str(config), "--check")
    assert answer.returncode == 2
    for key in named:
        assert f"{config}: {key}" in answer.stderr
    machines = tocsin(verb, "--config", str(config), "--check", "--json")
    assert machines.returncode == 2
    told = json.loads(machines.stdout)
    assert told["ok"] is False
    assert len(told["errors"]) >= len(named)


def test_a_file_that_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "broken.toml"
    config.write_text('premises = "a"\ngateway = \n')
    answer = tocsin("gateway", "--config", str(config), "--check")
    assert answer.returncode == 2
    assert "line 2" in answer.stderr


def test_a_scenario_is_checked_without_being_run(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text('[[points]]\naddress = "p1"\nkind = "smoke"\nline = "nowhere"\n')
    answer = tocsin("sim", "run", str(scenario), "--check")
    assert answer.returncode == 2
    assert "nowhere" in answer.stderr


def alerting_settings(folder: Path, more: str = "") -> Path:
    config = folder / "alerting.toml"
    config.write_text(
        f'{more}\n[command_center]\nwebhook = "http://127.0.0.1:9/x"\n'
        '[outgoing]\nnetworks = ["127.0.0.1:9"]\n'
    )
    return config


PEOPLE = """
[[contacts]]
id = "guard"
name = "Bảo vệ"
phone = "+84901000001"

[[contacts]]
id = "desk"
name = "Trực ban"
webhook = "http://127.0.0.1:9/desk"
phone = "+84901000002"

[[policies]]
id = "day"
stages = [{ after_s = 0, notify = ["desk", "guard"] }]
"""


def test_a_registry_whose_people_no_channel_here_can_tell_is_refused(
    tmp_path: Path,
) -> None:
    file = tmp_path / "registry.toml"
    file.write_text(PEOPLE)
    database = ["--database", f"sqlite:///{tmp_path}/center.db"]
    for verb in (["--check"], database):
        config = alerting_settings(tmp_path)
        refused = tocsin("registry", "import", str(file), *verb, "--config", str(config))
        assert refused.returncode == 2
        assert "contact 'guard': sms is not set up at the center; add [channels.sms]" in refused.stderr
        assert "policy 'day': none of its contacts can be reached by two channels" in refused.stderr
        with_modem = alerting_settings(tmp_path, '[channels.sms]\nport = "/dev/ttyUSB9"')
        taken = tocsin("registry", "import", str(file), *verb, "--config", str(with_modem))
        assert (taken.returncode, taken.stderr) == (0, "")
    blind = tocsin("registry", "import", str(file), "--check", "--json")
    assert "not proved" in json.loads(blind.stdout)["notes"][-1]


def test_an_import_names_contacts_that_nothing_was_ever_delivered_to(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text(PEOPLE)
    config = alerting_settings(tmp_path, '[channels.sms]\nport = "/dev/ttyUSB9"')
    url = f"sqlite:///{tmp_path}/center.db"
    options = [str(file), "--database", url, "--config", str(config)]
    imported = tocsin("registry", "import", *options)
    assert imported.returncode == 0
    assert "contact 'guard': nothing was ever delivered to its addresses" in imported.stdout
    assert "tocsin contact try guard" in imported.stdout

    asyncio.run(_try(url, Destination("guard", "sms"), "+84901000001"))
    again = json.loads(tocsin("registry", "import", *options, "--dry-run", "--json").stdout)["notes"]
    assert not any("'guard'" in each for each in again)
    assert any("'desk'" in each for each in again)


async def _try(url: str, destination: Destination, address: str) -> None:
    async with open_store(url, "test") as database:
        fingerprints = {destination: fingerprint_of(address)}
        await database.write(lambda store: store.tried.put(fingerprints, 1))


def test_a_check_names_the_channels_that_the_command_center_has_in_vain_with_all_else(
    tmp_path: Path,
) -> None:
    config = tmp_path / "alerting.toml"
    config.write_text(
        '[command_center]\nwebhook = "http://127.0.0.1:9/x"\nphone = "+84901000001"\n'
        'email = "truc@example.vn"\n'
    )
    answer = tocsin("alerting", "--config", str(config), "--check")
    assert answer.returncode == 2
    assert "command_center.phone: [channels.sms] is not set up; add that table" in answer.stderr
    assert "command_center.email: [channels.email] is not set up; add that table" in answer.stderr
    config.write_text("keep_days = 0\n" + config.read_text())
    both = tocsin("alerting", "--config", str(config), "--check", "--json")
    told = json.loads(both.stdout)
    assert (told["ok"], len(told["errors"])) == (False, 3)


def test_a_registry_is_imported_whole_or_not_at_all(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('[[premises]]\nid = "p"\nname = "P"\naddress = "A"\n')
    bad.write_text(good.read_text() + '[[zones]]\nid = "z"\npremises = "nowhere"\nname = "Z"\n')
    database = ["--database", f"sqlite:///{tmp_path}/center.db"]
    config = ["--config", str(alerting_settings(tmp_path))]
    refused = tocsin("registry", "import", str(bad), *database, *config)
    assert refused.returncode == 2
    assert "nowhere" in refused.stderr
    assert "nothing was imported" in refused.stderr
    checked = tocsin("registry", "import", str(bad), "--check")
    assert checked.returncode == 2
    assert "nowhere" in checked.stderr
    assert "nothing was imported" not in checked.stderr
    blind = tocsin("registry", "import", str(good), *database)
    assert blind.returncode == 2
    assert "--config FILE" in blind.stderr
    assert "nothing was imported" in blind.stderr
    imported = tocsin("registry", "import", str(good), *database, *config, "--json")
    assert json.loads(imported.stdout)["result"] == "imported"
    shown = tocsin("registry", "show", *database, "--json")
    assert [each["id"] for each in json.loads(shown.stdout)["registry"]["premises"]] == ["p"]


@pytest.mark.parametrize("reading", [["show"], ["rehearse"], ["import", "--dry-run"]])
def test_a_database_that_is_not_there_is_named_and_not_made(reading: list[str], tmp_path: Path) -> None:
    file, place = tmp_path / "good.toml", tmp_path / "typo" / "center.db"
    file.write_text('[[premises]]\nid = "p"\nname = "P"\n')
    files = [] if reading == ["show"] else [str(file), "--config", str(alerting_settings(tmp_path))]
    answer = tocsin("registry", *reading, *files, "--database", f"sqlite:///{place}")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == f"{place}: no database is there; name the one that alerting uses\n"
    assert not place.parent.exists()


def test_a_demonstration_that_could_not_be_written_does_not_begin(tmp_path: Path) -> None:
    report, picture = tmp_path / "nowhere" / "x.json", tmp_path / "x.svg"
    answer = tocsin("demo", "--headless", "--for", "20", "--json", str(report), "--svg", str(picture))
    assert answer.returncode == 2
    assert f"{report}: cannot be written (No such file or directory)" in answer.stderr
    assert "Starting" not in answer.stderr
    assert not picture.exists()
    answer = tocsin("demo", "--headless", "--for", "20", "--keep", str(tmp_path))
    assert answer.returncode == 2
    assert f"{tmp_path}: cannot be made (File exists)" in answer.stderr


def test_a_service_whose_port_is_taken_says_only_that(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = tmp_path / "ingest.toml"
        web = f"[web]\nport = {taken.getsockname()[1]}\n"
        config.write_text(f'data_dir = "{tmp_path}/data"\n[store]\nkind = "embedded"\n{web}')
        answer = tocsin("ingest", "--config", str(config))
    assert answer.returncode == 2
    told = answer.stdout + answer.stderr
    assert "set another web.port" in told
    assert "Traceback" not in told


def test_the_help_of_scenarios_names_the_table_of_what_is_expected() -> None:
    shown = " ".join(tocsin("sim", "list", "--help").stdout.split())
    assert "Each states its expected outcome in [expect]" in shown


def test_a_command_center_names_its_own_options_where_it_cannot_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = tocsin("sim", "command-center", "--port", port)
    assert answer.returncode == 2
    assert "set another --port" in answer.stdout + answer.stderr


def test_a_command_center_without_a_broker_names_the_option_that_says_where_it_is() -> None:
    options = ["--port", "0", "--topics", "told/#", "--broker-port", str(free_port())]
    command = [sys.executable, "-m", "tocsin", "sim", "command-center", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        running.terminate()
    assert "or correct --broker-port" in first


def test_a_recording_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path) -> None:
    recording = tmp_path / "r.csv"
    recording.write_text("t,point,quantity,value\n0,p,smoke,NaN\n")
    answer = tocsin("sim", "replay", str(recording), "--port", "0", "--speed", "100")
    assert answer.returncode == 2
    assert "line 2" in answer.stderr


def test_the_version_is_told() -> None:
    assert tocsin("--version").stdout.startswith("tocsin ")


def test_a_ledger_that_cannot_be_asked_says_so() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for service, named_by in (("alerting", "--alerting or TOCSIN_URL"), ("ingest", "--ingest")):
        answer = tocsin("ledger", f"--{service}", url)
        assert answer.returncode == 2
        assert answer.stderr == (
            f"{service} at {url} does not answer (connection refused); start it with "
            f"`tocsin {service}`, or name another with {named_by}\n"
        )


def test_a_language_without_texts_is_refused_before_the_service_is_asked() -> None:
    answer = tocsin("incident", "list", "--language", "xx", "--alerting", "http://127.0.0.1:9")
    assert (answer.returncode, answer.stderr) == (
        2,
        "--language xx: there are no texts in it; choose one of en, vi\n",
    )


def test_the_usage_names_arguments_plainly() -> None:
    usage = tocsin("incident", "close", "--help").stdout.splitlines()[0]
    assert usage.endswith(" incident close [OPTIONS] INCIDENT OUTCOME")


def test_a_scenario_that_is_not_there_is_named_as_it_was_typed_with_those_that_are() -> None:
    refused = tocsin("sim", "run", "nosuch").stderr.splitlines()
    assert refused[0] == "nosuch: neither a file nor a scenario of the library, which has:"
    assert {"kitchen", "market-spread"} <= set(" ".join(refused[1:]).split())
    assert max(map(len, refused)) <= 80


@pytest.mark.parametrize("rule", ["type_a", "type-a"])
def test_a_rule_is_named_as_the_registry_writes_it(rule: str) -> None:
    refused = tocsin("evaluate", "nosuch.csv", "--rule", rule).stderr
    assert "nosuch.csv" in refused
    assert "no such rule" not in refused


def test_an_address_that_is_no_url_is_answered_with_one() -> None:
    answer = tocsin("explain", "1", "--alerting", "127.0.0.1:8080")
    assert answer.returncode == 2
    assert answer.stderr.endswith("write http://127.0.0.1:8080\n")


def test_a_check_refuses_a_folder_that_can_never_be_and_names_a_device_that_is_not_there(
    tmp_path: Path,
) -> None:
    config = tmp_path / "gateway.toml"

    def check(data_dir: str) -> subprocess.CompletedProcess[str]:
        line = '[[lines]]\nname = "line-1"\nport = "/dev/no-such-port"\n'
        config.write_text(f'premises = "p"\ngateway = "g"\ndata_dir = "{data_dir}"\n{line}')
        return tocsin("gateway", "--config", str(config), "--check")

    refused = check("/proc/x")
    assert refused.returncode == 2
    assert "data_dir: /proc/x cannot be a folder with files" in refused.stderr
    (tmp_path / "file").touch()
    assert check(f"{tmp_path}/file/data").returncode == 2
    taken = check(f"{tmp_path}/new/data")
    assert taken.returncode == 0
    assert "line 'line-1': there is no /dev/no-such-port on this machine now" in taken.stderr
    assert not (tmp_path / "new").exists()
