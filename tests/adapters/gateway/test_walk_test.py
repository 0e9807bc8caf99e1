"""A technician at the gateway: its status at the terminal, and a walk test whose result is signed."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from contract.gateway_signing import SigningKey
from gateway.certificates import key_pem, new_key
from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually
from tocsin.__main__ import app

BEARER = "a-token-of-thirty-two-characters"


def file_for(folder: Path, broker: Server, line: PtyLine, port: int) -> Path:
    """Write the settings of a gateway with two call points, as its technician has them."""
    file = folder / "gateway.toml"
    file.write_text(
        f"""
premises = "p"
gateway = "g"
data_dir = "{folder}/data"
[broker]
port = {broker.port}
[web]
port = {port}
token = "{BEARER}"
[[lines]]
name = "line-1"
port = "{line.port}"
[[points]]
name = "call-1"
line = "line-1"
kind = "manual"
[[points]]
name = "call-2"
line = "line-1"
kind = "manual"
"""
    )
    return file


def parts(line: PtyLine, port: int) -> dict[str, Any]:
    return {
        "lines": [{"name": "line-1", "port": line.port}],
        "points": [{"name": f"call-{n}", "line": "line-1", "kind": "manual"} for n in (1, 2)],
        "web": {"port": port, "token": BEARER},
    }


async def run(*words: str) -> Result:
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, ["gateway", *words]))


async def test_status_names_what_is_wrong_first_and_links_to_the_page(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    port = free_port()
    config = str(file_for(tmp_path, broker, line, port))
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **parts(line, port))):
        await eventually(lambda: rct.sees_lines)
        line.say("call-2", "manual", 1.0)
        await eventually(lambda: "call-2 fire raised: manual_call" in rct.story)
        shown = await run("status", "--config", config)
        assert shown.exit_code == 0, shown.output
        said = shown.stdout.splitlines()
        assert said[0] == "p/g: connected"
        points = [each.split()[:2] for each in said if each.startswith("call-")]
        assert points == [["call-2", "alarm"], ["call-1", "never_heard"]]
        link = await run("status", "--config", config, "--link")
        assert link.stdout.strip() == f"http://127.0.0.1:{port}/#token={BEARER}"
        document = json.loads((await run("status", "--config", config, "--json")).stdout)
        assert document["points"][1]["tripped_at"] is not None


async def test_a_walk_test_names_what_is_missing_and_its_signature_holds_it(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    port = free_port()
    config = str(file_for(tmp_path, broker, line, port))
    result, key = tmp_path / "walk.json", tmp_path / "data" / "identity" / "key.pem"
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **parts(line, port))):
        await eventually(lambda: rct.sees_lines)
        key.parent.mkdir(parents=True)
        key.write_bytes(key_pem(new_key()))
        walk = asyncio.create_task(
            run("walk-test", "--config", config, "--by", "Anh Tư", "--for", "3", "--write", str(result))
        )
        await asyncio.sleep(0)
        async with asyncio.timeout(60):
            while not walk.done():  # until it looks
                line.say("call-1", "manual", 1.0)
                line.say("call-1", "manual", 0.0)
                await asyncio.sleep(0.2)
    shown = await walk
    assert shown.exit_code == 1, shown.output
    assert "1 of 2 tripped" in shown.stdout
    assert "missing: call-2" in shown.stdout
    verified = await run("walk-test", "--verify", str(result))
    assert verified.exit_code == 0, verified.output
    assert SigningKey.from_pem(key.read_bytes()).key_id in verified.stdout
    result.write_text(
        result.read_text().replace(
            '"name":"call-2","address":"call-2","tripped_at":null',
            '"name":"call-2","address":"call-2","tripped_at":1',
        )
    )
    forged = await run("walk-test", "--verify", str(result))
    assert forged.exit_code == 2
    assert "was changed after it was signed" in forged.stderr
