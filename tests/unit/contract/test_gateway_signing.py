"""A gateway's message is believed only from its key, for its topic, and byte by byte."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from contract.gateway_signing import (
    PURPOSE,
    TAIL_BYTES,
    BadKey,
    SignatureVerdict,
    SigningKey,
    VerifyingKey,
    key_id,
    signed_bytes,
    split_signature,
)
from contract.messages import decode_alarm, encode_alarm
from contract.topics import Leaf, Topic
from tests.unit.contract.reference import VECTORS, vectors

KEY = json.loads((VECTORS / "signatures.json").read_text())["key"]
TOPIC = Topic("cho-an-binh", "gw-1", Leaf.ALARM)


def signing_key() -> SigningKey:
    return SigningKey.from_seed(bytes.fromhex(KEY["seed"]))


def topic_of(case: dict[str, Any]) -> Topic:
    return Topic(case["premises"], case["gateway"], Leaf(case["leaf"]))


def verdict_of(topic: Topic, payload: bytes) -> SignatureVerdict:
    message = split_signature(payload)
    if message is None:
        return SignatureVerdict.MISSING
    return VerifyingKey(bytes.fromhex(KEY["public"])).verify(topic, message)


def test_a_key_has_the_id_of_its_public_bytes() -> None:
    assert signing_key().public_key.hex() == KEY["public"]
    assert signing_key().key_id == key_id(bytes.fromhex(KEY["public"])) == KEY["key_id"]


@pytest.mark.parametrize("case", vectors("signatures.json", "signed"))
def test_a_message_is_signed_as_the_vectors_say(case: dict[str, Any]) -> None:
    topic, body = topic_of(case), case["body"].encode()
    assert signed_bytes(topic, body).decode() == case["signed_bytes"]
    assert signing_key().sign(topic, body).decode() == case["payload"]
    assert verdict_of(topic, case["payload"].encode()) is SignatureVerdict.VALID


@pytest.mark.parametrize("case", vectors("signatures.json", "refused"))
def test_a_message_that_is_not_what_its_gateway_signed_is_not_valid(case: dict[str, Any]) -> None:
    assert verdict_of(topic_of(case), case["payload"].encode()) == case["verdict"]


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_change_of_a_single_byte_is_found(extra: bytes, data: st.DataObject) -> None:
    body = encode_alarm("e", 1, [b'"' + extra.hex().encode() + b'"'])
    payload = bytearray(signing_key().sign(TOPIC, body))
    at = data.draw(st.integers(0, len(payload) - 4))  # the last letter of base64 has spare bits
    payload[at] ^= data.draw(st.integers(1, 255))
    assert verdict_of(TOPIC, bytes(payload)) is not SignatureVerdict.VALID


@given(st.binary(max_size=300))
def test_any_bytes_have_a_verdict(payload: bytes) -> None:
    assert verdict_of(TOPIC, payload) is SignatureVerdict.MISSING


def test_a_signature_adds_a_fixed_number_of_bytes_and_readers_ignore_it() -> None:
    body = encode_alarm("e", 1, [b'"x"'])
    payload = signing_key().sign(TOPIC, body)
    assert len(payload) == len(body) - 1 + TAIL_BYTES
    signed, plain = decode_alarm(payload), decode_alarm(body)
    assert (signed.epoch, signed.bad) == (plain.epoch, plain.bad)


def test_what_is_signed_begins_with_its_purpose_and_ends_its_line_before_the_message() -> None:
    assert signed_bytes(TOPIC, b"{}") == f"{PURPOSE} cho-an-binh/gw-1/alarm\n{{}}".encode()


def test_a_key_file_of_pkcs8_is_read() -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert SigningKey.from_pem(pem).public_key == key.public_key().public_bytes_raw()


def test_a_key_of_another_kind_is_refused_with_a_remedy_and_not_repeated() -> None:
    other = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    for pem in (b"secret", other):
        with pytest.raises(BadKey, match="enroll the gateway") as refused:
            SigningKey.from_pem(pem)
        assert "secret" not in str(refused.value)
    for make in (SigningKey.from_seed, VerifyingKey):
        with pytest.raises(BadKey, match="32"):
            make(b"short")
