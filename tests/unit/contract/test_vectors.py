"""Every golden vector, written by hand, is read as it says and written as it stands."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from contract import detectors, messages, recordings, sentences, topics
from contract.digests import digest
from contract.messages import BadMessage
from contract.sentences import DamagedBytes, Decoder, Sentence, Status
from contract.times import from_micros, to_micros
from tests.unit.contract.reference import VECTORS, body_of, crc16_ccitt_false, vectors

DECODE: dict[str, Callable[[bytes], Any]] = {
    "telemetry.json": messages.decode_telemetry,
    "receipt.json": messages.decode_receipt,
    "presence.json": messages.decode_presence,
    "heartbeat.json": messages.decode_heartbeat,
    "incident.json": messages.decode_incident,
    "inventory.json": messages.decode_inventory,
    "inventory.request.json": messages.decode_inventory_request,
    "renewal.json": messages.decode_renewal,
    "certificate.json": messages.decode_certificate,
}
MESSAGE = {
    "telemetry.json": messages.TelemetryBatch,
    "receipt.json": messages.Receipt,
    "presence.json": messages.Presence,
    "heartbeat.json": messages.Heartbeat,
    "incident.json": messages.IncidentNotice,
    "inventory.json": messages.Inventory,
    "inventory.request.json": messages.InventoryRequest,
    "renewal.json": messages.RenewalRequest,
    "certificate.json": messages.CertificateMessage,
}
TIMES = {"at", "changed_at", "committed_at", "t"}


def in_every_file(part: str) -> list[Any]:
    return [
        pytest.param(name, case.values[0], id=f"{name}: {case.id}")
        for name in DECODE
        for case in vectors(name, part)
    ]


def in_words(value: Any, key: str = "") -> Any:
    """*value* as the vectors' fields give it: times as ISO 8601."""
    match value:
        case dict():
            return {key: in_words(each, key) for key, each in value.items()}
        case list():
            return [in_words(each, key) for each in value]
        case int() if key in TIMES:
            return from_micros(value).isoformat()
        case _:
            return value


def in_numbers(value: Any, key: str = "") -> Any:
    """The opposite of in_words."""
    match value:
        case dict():
            return {key: in_numbers(each, key) for key, each in value.items()}
        case list():
            return [in_numbers(each, key) for each in value]
        case str() if key in TIMES:
            return to_micros(datetime.fromisoformat(value))
        case _:
            return value


ELSEWHERE = {
    "modems.json",
    "webhooks.json",
    "signatures.json",
    "polling.json",
    "dc09.toml",
    "gbt26875.toml",
}
"""Vectors read by tests/unit/alerting/test_modem_words.py, tests/unit/receiver/test_frames.py, and by
test_polling.py, test_signing.py and test_gateway_signing.py beside this file."""


def test_every_file_of_vectors_is_read() -> None:
    known = ELSEWHERE | {
        *DECODE,
        "alarm.json",
        "sentences.json",
        "topics.json",
        "detectors.json",
        "recordings.json",
    }
    assert {path.name for path in VECTORS.iterdir() if path.is_file()} == known


# Sentences


def sentence_of(fields: dict[str, Any]) -> Sentence:
    return Sentence(**{**fields, "status": Status(fields["status"])})


def test_the_reference_checksum_passes_its_own_check() -> None:
    assert crc16_ccitt_false(b"123456789") == 0x29B1


@pytest.mark.parametrize("case", vectors("sentences.json", "canonical"))
def test_a_sentence_is_written_as_it_stands(case: dict[str, Any]) -> None:
    assert sentences.encode(sentence_of(case["sentence"])) == case["bytes"].encode("latin-1")


@pytest.mark.parametrize(
    "case", vectors("sentences.json", "canonical") + vectors("sentences.json", "readable")
)
def test_a_sentence_is_read_as_it_stands(case: dict[str, Any]) -> None:
    data = case["bytes"].encode("latin-1")
    assert Decoder().decode_bytes(data) == [sentence_of(case["sentence"])]


@pytest.mark.parametrize(
    "case", vectors("sentences.json", "canonical") + vectors("sentences.json", "readable")
)
def test_a_sentence_carries_the_checksum_of_its_definition(case: dict[str, Any]) -> None:
    body, _, end = case["bytes"].removeprefix("$").partition("*")
    assert end == f"{crc16_ccitt_false(body.encode()):04X}\r\n"


@pytest.mark.parametrize("case", vectors("sentences.json", "refused"))
def test_bytes_that_are_not_a_sentence_are_damage_with_a_cause(case: dict[str, Any]) -> None:
    data = case["bytes"].encode("latin-1")
    assert Decoder().decode_bytes(data) == [DamagedBytes(sentences.DamageCause(case["flaw"]), data)]


@pytest.mark.parametrize("case", vectors("sentences.json", "refused"))
def test_no_shape_is_refused_for_its_checksum_alone(case: dict[str, Any]) -> None:
    whole = re.fullmatch(r"\$(.*)\*([0-9A-F]{4})\r\n", case["bytes"])
    if whole is not None and case["flaw"] == "shape":
        assert whole[2] == f"{crc16_ccitt_false(whole[1].encode()):04X}"


@pytest.mark.parametrize("case", vectors("sentences.json", "streams"))
def test_a_stream_falls_into_sentences_and_damage(case: dict[str, Any]) -> None:
    data = case["bytes"].encode("latin-1")
    assert [_short(each) for each in Decoder().decode_bytes(data)] == case["found"]


def _short(found: Sentence | DamagedBytes) -> str:
    if isinstance(found, Sentence):
        return f"{found.address} {found.sequence}"
    return f"{found.cause} {len(found.data)}"


# Messages


@pytest.mark.parametrize(("name", "case"), in_every_file("both_ways"))
def test_a_message_is_written_as_it_stands(name: str, case: dict[str, Any]) -> None:
    message = msgspec.convert(in_numbers(case["fields"]), MESSAGE[name])
    written = messages.encode(message)
    assert json.loads(written) == case["body"]


@pytest.mark.parametrize(("name", "case"), in_every_file("both_ways") + in_every_file("read_only"))
def test_a_message_is_read_as_it_stands(name: str, case: dict[str, Any]) -> None:
    message = DECODE[name](body_of(case))
    assert in_words(msgspec.to_builtins(message)) == case["fields"]


@pytest.mark.parametrize(("name", "case"), in_every_file("refused"))
def test_a_message_that_cannot_be_taken_is_refused_with_its_reason(
    name: str, case: dict[str, Any]
) -> None:
    with pytest.raises(BadMessage) as caught:
        DECODE[name](body_of(case))
    _expect_refusal(caught.value, case)


@pytest.mark.parametrize("case", vectors("telemetry.json", "both_ways"))
def test_a_batch_around_encoded_series_is_written_as_it_stands(case: dict[str, Any]) -> None:
    batch = msgspec.convert(in_numbers(case["fields"]), messages.TelemetryBatch)
    series = messages.encode(batch.series)
    written = messages.encode_telemetry(batch.epoch, batch.floor, batch.seq, series)
    assert json.loads(written) == case["body"]


def _expect_refusal(error: BadMessage, case: dict[str, Any]) -> None:
    assert error.refusal == case["refusal"]
    assert case.get("says", "") in str(error)
    header = error.header
    read = header and {"epoch": header.epoch, "floor": header.floor, "seq": header.seq}
    assert read == case.get("header")


@pytest.mark.parametrize("case", vectors("receipt.json", "digests"))
def test_a_receipt_names_the_digest_of_the_bytes_as_they_stood(case: dict[str, Any]) -> None:
    body = case["bytes"].encode()
    assert digest(body) == case["digest"]
    alarm = b'{"v":1,"epoch":"a","floor":1,"signals":[ ' + body + b" ]}"
    batch = b'{"v":1,"epoch":"a","floor":1,"seq":1,"series": ' + body + b" }"
    if body.startswith(b"{"):
        assert [digest(bad.raw) for bad in messages.decode_alarm(alarm).bad] == [case["digest"]]
    else:
        assert messages.telemetry_digest(batch) == case["digest"]


# Alarms


@pytest.mark.parametrize("case", vectors("alarm.json", "both_ways"))
def test_an_alarm_is_written_as_it_stands(case: dict[str, Any]) -> None:
    fields = in_numbers(case["fields"])
    signals = [messages.encode(msgspec.convert(each, messages.Signal)) for each in fields["signals"]]
    written = messages.encode_alarm(fields["epoch"], fields["floor"], signals)
    assert json.loads(written) == case["body"]


@pytest.mark.parametrize("case", vectors("alarm.json", "both_ways") + vectors("alarm.json", "read_only"))
def test_an_alarm_is_read_as_it_stands(case: dict[str, Any]) -> None:
    message = messages.decode_alarm(body_of(case))
    signals = [in_words(msgspec.to_builtins(each)) for each in message.signals]
    assert {"epoch": message.epoch, "floor": message.floor, "signals": signals} == case["fields"]
    assert message.bad == ()


@pytest.mark.parametrize("case", vectors("alarm.json", "set_aside"))
def test_a_bad_signal_spares_the_others_of_its_message(case: dict[str, Any]) -> None:
    good = vectors("alarm.json", "both_ways")[0].values[0]["body"]["signals"][0]
    body = {"v": 1, "epoch": "a", "floor": 1, "signals": [good, case["signal"], good]}
    message = messages.decode_alarm(json.dumps(body).encode())
    assert [each.seq for each in message.signals] == [412, 412]
    (bad,) = message.bad
    assert bad.seq == case["seq"]
    assert json.loads(bad.raw) == case["signal"]
    assert bad.reason


@pytest.mark.parametrize("case", vectors("alarm.json", "refused"))
def test_an_alarm_that_cannot_be_taken_is_refused_with_its_reason(case: dict[str, Any]) -> None:
    with pytest.raises(BadMessage) as caught:
        messages.decode_alarm(body_of(case))
    _expect_refusal(caught.value, case)


# Topics


@pytest.mark.parametrize("case", vectors("topics.json", "topics"))
def test_a_topic_is_written_and_read_as_it_stands(case: dict[str, Any]) -> None:
    topic = topics.Topic(case["premises"], case["gateway"], topics.Leaf(case["leaf"]))
    assert topic.under(case["root"]) == case["text"]
    assert topics.parse_topic(case["text"], case["root"]) == topic


@pytest.mark.parametrize("case", vectors("topics.json", "subscriptions"))
def test_a_subscription_is_written_as_it_stands(case: dict[str, Any]) -> None:
    assert topics.topic_filter(topics.Leaf(case["leaf"]), case["root"]) == case["text"]


@pytest.mark.parametrize("case", vectors("topics.json", "refused"))
def test_a_topic_that_is_not_tocsins_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"topic|Leaf"):
        topics.parse_topic(case["text"], case["root"])


# Detectors with MQTT of their own


@pytest.mark.parametrize("case", vectors("detectors.json", "tocsin", "both_ways"))
def test_a_sample_is_written_as_it_stands(case: dict[str, Any]) -> None:
    assert json.loads(detectors.encode_sample(sentence_of(case["sentence"]))) == case["body"]


@pytest.mark.parametrize(
    "case",
    vectors("detectors.json", "tocsin", "both_ways") + vectors("detectors.json", "tocsin", "read_only"),
)
def test_a_sample_is_read_as_it_stands(case: dict[str, Any]) -> None:
    assert detectors.decode_sample(body_of(case)) == sentence_of(case["sentence"])


@pytest.mark.parametrize("case", vectors("detectors.json", "tocsin", "refused"))
def test_a_sample_that_cannot_be_taken_is_refused_with_its_reason(case: dict[str, Any]) -> None:
    with pytest.raises(BadMessage) as caught:
        detectors.decode_sample(body_of(case))
    _expect_refusal(caught.value, case)


@pytest.mark.parametrize("case", vectors("detectors.json", "zigbee2mqtt", "both_ways"))
def test_a_sensor_state_is_written_as_it_stands(case: dict[str, Any]) -> None:
    assert json.loads(detectors.encode_zigbee(detectors.ZigbeeState(**case["fields"]))) == case["body"]


# Recordings


@pytest.mark.parametrize("case", vectors("recordings.json", "both_ways"))
def test_a_recording_is_written_as_it_stands(case: dict[str, Any]) -> None:
    readings = [recordings.RecordedReading(**each) for each in case["readings"]]
    assert list(recordings.write(readings)) == case["lines"]


@pytest.mark.parametrize(
    "case", vectors("recordings.json", "both_ways") + vectors("recordings.json", "read_only")
)
def test_a_recording_is_read_as_it_stands(case: dict[str, Any]) -> None:
    readings = [recordings.RecordedReading(**each) for each in case["readings"]]
    assert list(recordings.read(case["lines"])) == readings


@pytest.mark.parametrize("case", vectors("recordings.json", "refused"))
def test_a_recording_that_cannot_be_read_names_the_line(case: dict[str, Any]) -> None:
    with pytest.raises(recordings.BadRecording) as caught:
        list(recordings.read(case["lines"]))
    assert case["says"] in str(caught.value)
