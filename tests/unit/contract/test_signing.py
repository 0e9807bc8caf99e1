"""A webhook is believed only from whom it says, unchanged, and now."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from contract.signing import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    TOLERANCE_S,
    BadSecret,
    BadSignature,
    read_secrets,
    sign,
    verify,
)
from tests.unit.contract.reference import vectors

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
NOW = 1_795_464_785
OLD, NEW = b"old secret of 24 bytes..", b"new secret of 24 bytes.."

keys = st.binary(min_size=24, max_size=64)
ids = st.text(alphabet="0123456789abcdefghjkmnpqrstvwxyz/-", min_size=1, max_size=80)


def secret(key: bytes) -> str:
    return "whsec_" + base64.b64encode(key).decode()


@pytest.mark.parametrize("case", vectors("webhooks.json", "signed"))
def test_a_signature_is_the_one_of_the_vectors(case: dict[str, Any]) -> None:
    signing = read_secrets("\n".join(case["secrets"]))
    headers = sign(case["body"].encode(), message_id=case["id"], at=case["timestamp"], keys=signing)
    assert headers == {
        ID: case["id"],
        TIMESTAMP: str(case["timestamp"]),
        SIGNATURE: case["signature"],
    }
    for each in signing:
        verify(headers, case["body"].encode(), keys=[each], now=case["timestamp"])


@pytest.mark.parametrize("case", vectors("webhooks.json", "refused"))
def test_a_forged_or_late_webhook_is_refused_with_its_reason(case: dict[str, Any]) -> None:
    headers = {ID: case["id"], TIMESTAMP: case["timestamp"], SIGNATURE: case["signature"]}
    with pytest.raises(BadSignature, match=case["says"]):
        verify(headers, case["body"].encode(), keys=read_secrets(case["secrets"][0]), now=case["now"])


@pytest.mark.parametrize("case", vectors("webhooks.json", "secrets_refused"))
def test_a_text_that_is_not_a_secret_is_refused_and_not_repeated(case: dict[str, Any]) -> None:
    with pytest.raises(BadSecret, match="make one: echo whsec_") as caught:
        read_secrets(case["text"])
    assert case["text"] in {"", "whsec_"} or case["text"] not in str(caught.value)


def test_the_page_shows_a_signature_of_the_vectors() -> None:
    case = vectors("webhooks.json", "signed")[1].values[0]
    for shown in (case["secrets"][0], case["id"], str(case["timestamp"]), case["signature"]):
        assert shown in PAGE
    assert re.search(rf"more than {TOLERANCE_S} s off its clock", PAGE)


@given(st.binary(max_size=200), ids, keys, keys, st.integers(-TOLERANCE_S, TOLERANCE_S))
def test_whatever_is_signed_is_believed_by_the_holder_of_either_secret(
    body: bytes, message_id: str, old: bytes, new: bytes, off: int
) -> None:
    headers = sign(body, message_id=message_id, at=NOW, keys=[old, new])
    for key in (old, new):
        verify(headers, body, keys=[key], now=NOW + off)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_changed_byte_is_seen(body: bytes, data: st.DataObject) -> None:
    headers = sign(body, message_id="m1", at=NOW, keys=[OLD])
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(1, 255))
    changed = body[:place] + bytes([body[place] ^ other]) + body[place + 1 :]
    with pytest.raises(BadSignature, match="compare the secrets"):
        verify(headers, changed, keys=[OLD], now=NOW)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_any_headers_are_believed_or_refused_with_a_reason(
    message_id: str, timestamp: str, signature: str
) -> None:
    headers = {ID: message_id, TIMESTAMP: timestamp, SIGNATURE: signature}
    with pytest.raises(BadSignature):
        verify(headers, b"{}", keys=[OLD], now=NOW)


def test_headers_that_are_not_utf_8_are_refused() -> None:
    headers = {ID: "\udcff", TIMESTAMP: str(NOW), SIGNATURE: "v1,\udcff"}
    with pytest.raises(BadSignature, match="compare the secrets"):
        verify(headers, b"{}", keys=[OLD], now=NOW)


def test_a_webhook_without_a_secret_names_its_delivery_and_is_not_signed() -> None:
    assert sign(b"{}", message_id="m1", at=NOW, keys=()) == {ID: "m1", TIMESTAMP: str(NOW)}


# An implementation that shares no code with this one: that of the specification's authors.


@given(st.text(max_size=200), ids, keys)
def test_the_library_of_the_specification_signs_the_same(body: str, message_id: str, key: bytes) -> None:
    at = datetime.fromtimestamp(NOW, UTC)
    ours = sign(body.encode(), message_id=message_id, at=NOW, keys=[key])
    assert ours[SIGNATURE] == Webhook(secret(key)).sign(message_id, at, body)


@given(st.text(max_size=200), ids, st.sampled_from([OLD, NEW]))
def test_the_library_of_the_specification_believes_either_secret_of_a_rotation(
    body: str, message_id: str, key: bytes
) -> None:
    now = int(datetime.now(UTC).timestamp())
    headers = sign(body.encode(), message_id=message_id, at=now, keys=[OLD, NEW])
    Webhook(secret(key)).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret(key)).verify(body + "x", headers, json_parse=False)
