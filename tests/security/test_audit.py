"""A center that runs: who rewrites its history by hand is found, and no alarm waits for that."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from audit.verify import hash_of
from tests.adapters.alerting.center import Center, Gateway, center, gateway
from tests.adapters.command_line.running import run_command
from tests.support.receiver import Receiver, receiver
from tests.support.servers import Server
from tests.support.waiting import eventually

HEAD_EVERY_S = 1.0


@pytest.fixture
async def witness() -> AsyncIterator[Receiver]:
    async with receiver(Receiver(status=503)) as one:
        yield one


@pytest.fixture
async def one(tmp_path: Path, broker: Server, witness: Receiver) -> AsyncIterator[Center]:
    """A center that signs heads every second, and shows them to a witness."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with center(folder, broker_port=broker.port, relays=tmp_path / "relays.jsonl") as running:
        await running.stop()
        audit = running.settings.audit.model_copy(
            update={
                "head_every_s": HEAD_EVERY_S,
                "witness": (f"http://127.0.0.1:{witness.port}/heads",),
            }
        )
        running.settings = running.settings.model_copy(update={"audit": audit})
        await running.start()
        yield running


@pytest.fixture
async def site(broker: Server, one: Center) -> AsyncIterator[Gateway]:
    async with gateway(broker.port) as here:
        yield here


def url_of(one: Center) -> str:
    return one.settings.database_url


def database_of(one: Center) -> Path:
    return one.settings.data_dir / "center.db"


async def told(one: Center, site: Gateway) -> str:
    """A fire was told; return the id of its incident."""
    await site.fire("button-01", quantity="manual")
    await eventually(lambda: "confirmed" in one.received.events())
    (incident,) = (await one.get("/api/v1/incidents"))["incidents"]
    return str(incident["id"])


async def exported(one: Center, folder: Path) -> Path:
    file = folder / "export.jsonl"
    code, _, errors = await run_command("audit", "export", "--database", url_of(one), str(file))
    assert code == 0, errors
    return file


def verify_alone(verifier: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier with nothing but the interpreter, in an empty folder."""
    empty = verifier.parent / "empty"
    empty.mkdir(exist_ok=True)
    command = [sys.executable, "-I", "-S", str(verifier), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=empty)


async def test_a_signed_head_reaches_the_feed_the_file_and_the_witness(
    one: Center, site: Gateway, witness: Receiver
) -> None:
    await told(one, site)
    file = one.settings.data_dir / "audit-heads.jsonl"
    await eventually(file.exists)
    head = json.loads(file.read_text().splitlines()[0])
    await eventually(lambda: witness.asked)
    assert await one.metric("tocsin_alerting_audit_failures_total") > 0, "the witness said 503"
    witness.status = 200
    await eventually(lambda: witness.taken, within=60.0)
    assert witness.taken[0]["head"] == head["head"]
    entry = await head_on_feed(one)
    assert entry["data"]["hash"] == head["head"]["hash"]
    assert entry["data"]["signature"] == head["signature"]


async def head_on_feed(one: Center) -> dict[str, Any]:
    url = f"{one.api}/api/v1/feed?after=0"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        async for line in answer.content:
            if line.startswith(b"data: ") and b'"head_signed"' in line:
                entry: dict[str, Any] = json.loads(line[6:])
                return entry
    raise AssertionError("the feed ended")


async def test_the_key_of_the_center_is_for_its_owner_alone(one: Center) -> None:
    file = one.settings.data_dir / "center.key"
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    await one.stop()
    await one.start()
    assert file.read_bytes() == before


async def test_an_export_is_verified_without_tocsin_and_one_changed_row_is_named(
    one: Center, site: Gateway, tmp_path: Path
) -> None:
    await told(one, site)
    await eventually((one.settings.data_dir / "audit-heads.jsonl").exists)
    file = await exported(one, tmp_path)
    verifier = tmp_path / "verify.py"
    _, text, _ = await run_command("audit", "verifier")
    verifier.write_text(text)

    answer = verify_alone(verifier, str(file))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("ok: blocks 1 to ")
    heads = one.settings.data_dir / "audit-heads.jsonl"
    assert verify_alone(verifier, "--witness", str(heads), str(file)).returncode == 0
    lines = file.read_text().splitlines()
    place = next(number for number, line in enumerate(lines) if '"event":"confirmed"' in line)
    lines[place] = lines[place].replace('"event":"confirmed"', '"event":"suspected"')
    file.write_text("\n".join(lines) + "\n")
    wrong = verify_alone(verifier, "--json", str(file))
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["line"] == place + 1
    assert json.loads(wrong.stdout)["fault"] == "changed"
    assert verify_alone(verifier, str(tmp_path / "none")).returncode == 2
    assert (await run_command("audit", "verify", str(file)))[0] == 1


ATTACKS = {
    "the timeline of an incident deleted": "DELETE FROM timeline WHERE incident IS NOT NULL",
    "an entry replaced": (
        "INSERT OR REPLACE INTO timeline (id, at, premises, incident, event, reason, data) "
        "SELECT id, at, premises, incident, 'suspected', reason, data FROM timeline "
        "WHERE event = 'confirmed'"
    ),
    "a signal deleted": "DELETE FROM signals",
    "who imported the registry changed": "UPDATE registry_versions SET who = 'nobody'",
    "an attempt deleted": "DELETE FROM attempts",
    "premises of the registry deleted": "DELETE FROM registry_records WHERE kind = 'premises'",
    "a row of the registry taken out of its version": (
        "UPDATE registry_records SET until_version = since_version WHERE kind <> 'premises'"
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_history_rewritten_by_hand_is_found_and_alarms_go_on(
    one: Center, site: Gateway, attack: str
) -> None:
    await told(one, site)
    await sealed(one)
    with closing(sqlite3.connect(database_of(one), timeout=20)) as database:
        assert database.execute(ATTACKS[attack]).rowcount
        database.commit()

    code, text, _ = await run_command("audit", "verify", "--database", url_of(one))
    assert code == 1, text
    assert "WRONG: " in text
    await site.fire("heat-01", quantity="heat")
    await eventually(lambda: len(one.received.events()) > 1)


async def sealed(one: Center) -> None:
    """All that is stored is in the chain."""

    def nothing_waits() -> bool:
        with closing(sqlite3.connect(database_of(one), timeout=20)) as database:
            (count,) = database.execute("SELECT count(*) FROM audit_unsealed").fetchone()
        return bool(count == 0)

    await eventually(nothing_waits, within=30.0)


async def test_a_chain_that_is_damaged_begins_anew_is_reported_and_delays_no_fire(
    one: Center, site: Gateway
) -> None:
    await sealed(one)
    with closing(sqlite3.connect(database_of(one), timeout=20)) as database:
        database.execute("UPDATE audit_blocks SET body = '{}', hash = ?", (hash_of("{}"),))
        database.commit()

    await told(one, site)
    await eventually(lambda: "fault" in one.received.events(), within=30.0)
    reasons = [each.body.reason for each in one.received.relays]
    assert any(each.startswith("audit_chain_broken:") for each in reasons)


async def test_a_registry_changed_by_hand_is_refused_and_told(one: Center) -> None:
    await one.stop()
    with closing(sqlite3.connect(database_of(one), timeout=20)) as database:
        database.execute("UPDATE registry_versions SET who = 'nobody'")
        database.commit()
    await one.start(status=503)

    await eventually(lambda: "registry_refused" in [each.body.reason for each in one.received.relays])
    health = await one.get("/healthz")
    assert "not as it was imported" in health["registry"]["trouble"]


async def test_an_explanation_says_which_records_are_missing_and_tells_no_empty_story(
    one: Center, site: Gateway
) -> None:
    incident = await told(one, site)
    await sealed(one)
    with closing(sqlite3.connect(database_of(one), timeout=20)) as database:
        (entries,) = database.execute("SELECT count(*) FROM timeline WHERE incident = ?", (incident,))
        database.execute("DELETE FROM timeline WHERE incident = ?", (incident,))
        database.commit()

    answer = await one.get(f"/api/v1/incidents/{incident}/explanation?lang=en")
    first = answer["explanation"][0]["text"]
    assert first.startswith(f"{entries[0]} records are missing here"), answer
    assert "timeline 1" in first
