"""A receiver believes what the center sent to it, and nothing that another receiver can make."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.center_secret import FILE
from alerting.domain.model.incident_ids import sealed_id
from contract.incident_ids import TIME_DIGITS, WHOLE, incident_id
from contract.signing import receiver_keys, sign
from contract.webhook import addressed, decode
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from runtime.clock import utc_now
from runtime.secret_files import NotASecret, read_or_make
from tests.adapters.alerting.center import center, gateway
from tests.adapters.alerting.channels.bench import relay
from tests.adapters.command_line.running import run_command
from tests.support.servers import Server
from tests.support.waiting import eventually

SECRET = b"a secret of the center, 32 bytes"


def signed(delivery: str, *, audience: str, key: bytes) -> tuple[bytes, dict[str, str]]:
    said = json.loads(relay(delivery, "KẾT THÚC: báo động giả"))
    body = json.dumps(said | {"audience": audience}).encode()
    at = int(utc_now().timestamp())
    return body, sign(body, message_id=delivery, at=at, keys=[key])


@pytest.mark.parametrize(
    ("audience", "key_of", "status"),
    [
        pytest.param("command-center", "command-center", 200, id="from the center"),
        pytest.param("command-center", "village", 401, id="by the key of another receiver"),
        pytest.param("village", "command-center", 400, id="meant for another receiver"),
    ],
)
async def test_a_receiver_believes_what_is_signed_and_meant_for_it_alone(
    audience: str, key_of: str, status: int
) -> None:
    desk = CommandCenter(secrets=(SECRET,))
    (key,) = receiver_keys([SECRET], key_of)
    body, headers = signed("01m8/closed/0/command-center", audience=audience, key=key)
    async with (
        open_command_center(center=desk) as url,
        aiohttp.ClientSession() as http,
        http.post(url, data=body, headers=headers) as answer,
    ):
        assert answer.status == status
    assert len(desk.relays) == (status == 200)


async def test_a_forged_delivery_takes_the_place_of_no_true_one(broker: Server, tmp_path: Path) -> None:
    """The things that a receiver with its own key, and the ids, could do to the command center."""
    async with center(tmp_path, broker_port=broker.port) as one, gateway(broker.port) as site:
        secret = (tmp_path / FILE).read_text().strip().encode()
        one.received.secrets = (secret,)
        (own,) = receiver_keys([secret], "district")
        await site.fire("smoke-01")
        await site.fire("smoke-02")
        confirmed = await eventually(
            lambda: next((r.body for r in one.received.relays if r.body.event == "confirmed"), None)
        )
        for event in ("closed", "spread"):
            delivery = confirmed.delivery.replace("confirmed", event)
            body, headers = signed(delivery, audience="command-center", key=own)
            async with (
                aiohttp.ClientSession() as http,
                http.post(one.settings.command_center.webhook, data=body, headers=headers) as answer,
            ):
                assert answer.status == 401
        await site.fire("manual-01", quantity="manual")
        await eventually(lambda: "spread" in one.received.events())
        assert "closed" not in one.received.events()
        sequences = [r.body.sequence for r in one.received.relays]
        assert all(isinstance(each, int) for each in sequences)
        assert len(set(sequences)) == len(sequences)
        assert {r.body.audience for r in one.received.relays} == {"command-center"}
        assert all(len(r.body.incident) == WHOLE for r in one.received.relays)

        config = tmp_path / "alerting.toml"
        config.write_text(
            f'data_dir = "{tmp_path}"\n[command_center]\nwebhook = "http://127.0.0.1:9/"\n'
        )
        code, shown, _ = await run_command("relay", "key", "district", "--config", str(config), "--json")
        assert code == 0
        assert json.loads(shown)["version"] == 1


@given(st.binary(min_size=24, max_size=64), st.text(max_size=30), st.text(max_size=30))
def test_each_receiver_and_each_version_has_another_key(secret: bytes, one: str, other: str) -> None:
    keys = {
        receiver_keys([secret], one),
        receiver_keys([secret], one, 2),
        receiver_keys([secret], other),
    }
    assert len(keys) == (2 if one == other else 3)
    assert all(len(key) == 32 for found in keys for key in found)


@given(st.dictionaries(st.text(min_size=1), st.integers(), min_size=1), st.text(), st.integers(0))
def test_an_addressed_body_says_all_that_it_said(said: dict[str, Any], name: str, number: int) -> None:
    body = json.loads(addressed(json.dumps(said), audience=name, sequence=number))
    assert body == said | {"audience": name, "sequence": number}


def test_a_body_without_a_number_is_a_notification_too() -> None:
    body = json.loads(relay("a/confirmed/0/x", "x"))
    assert decode(addressed(json.dumps(body), audience="x", sequence=None).encode()).audience == "x"


@given(st.integers(1, 2**50), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_an_id_is_the_same_for_the_same_cause_and_secret_alone(at: int, one: bytes, two: bytes) -> None:
    named = incident_id(at, "cho", "gw-1", "e", 7)
    assert sealed_id(named, one) == sealed_id(incident_id(at, "cho", "gw-1", "e", 7), one)
    assert (sealed_id(named, one) == sealed_id(named, two)) == (one == two)
    assert sealed_id(named, one) != sealed_id(incident_id(at, "cho", "gw-1", "e", 8), one)
    assert sealed_id(named, one)[:TIME_DIGITS] == named[:TIME_DIGITS]
    assert len(sealed_id(named, one)) == WHOLE


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / FILE
    first = read_or_make(file)
    assert read_or_make(file) == first
    assert len(first) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == [FILE]


def test_a_secret_that_is_a_link_or_short_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "known").write_text("x" * 64)
    link, short = tmp_path / "link", tmp_path / "short"
    link.symlink_to(tmp_path / "known")
    short.write_text("\n")
    with pytest.raises(OSError, match="symbolic links"):
        read_or_make(link)
    with pytest.raises(NotASecret, match="remove it, and a new one is made"):
        read_or_make(short)


def test_a_secret_of_which_a_power_cut_left_zeros_is_not_used(tmp_path: Path) -> None:
    zeros = tmp_path / "zeros"
    zeros.write_bytes(bytes(65))
    with pytest.raises(NotASecret, match="damaged; remove it, and a new one is made"):
        read_or_make(zeros)
