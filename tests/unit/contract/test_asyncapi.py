"""The document for machines, the page for people and the code say the same of every topic."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from jsonschema.protocols import Validator

from alerting.settings import MqttSettings
from contract import detectors, messages
from contract.names import NAME_PATTERN
from contract.quantities import QUANTITIES
from contract.sentences import MAX_SENTENCE, Status
from contract.topics import DEFAULT_ROOT, RECEIPT_OF, Lane, Leaf
from tests.support.documents import read_yaml
from tests.unit.contract.reference import vectors
from tests.unit.contract.test_messages import anything, signals

DOCS = Path(__file__).parents[3] / "docs"
DOCUMENT: dict[str, Any] = read_yaml(DOCS / "asyncapi.yaml")
OPENAPI: dict[str, Any] = read_yaml(DOCS / "openapi.yaml")
PAGE = (DOCS / "protocol.md").read_text()

NOTIFICATIONS = "notification"
"""The one channel that is no gateway's."""

SCHEMA_OF = {
    messages.TelemetryBatch: "Telemetry",
    messages.Receipt: "Receipt",
    messages.Presence: "Presence",
    messages.Heartbeat: "Heartbeat",
    messages.IncidentNotice: "Incident",
    messages.Inventory: "Inventory",
    messages.InventoryRequest: "InventoryRequest",
    messages.RenewalRequest: "Renewal",
    messages.CertificateMessage: "Certificate",
}
FILE_OF = {
    "alarm.json": "Alarm",
    "telemetry.json": "Telemetry",
    "receipt.json": "Receipt",
    "presence.json": "Presence",
    "heartbeat.json": "Heartbeat",
    "incident.json": "Incident",
    "inventory.json": "Inventory",
    "inventory.request.json": "InventoryRequest",
    "renewal.json": "Renewal",
    "certificate.json": "Certificate",
}


def schema(name: str) -> Validator:
    """The validator of one schema of the document."""
    root = {**DOCUMENT["components"]["schemas"][name], "components": DOCUMENT["components"]}
    validator: Validator = Draft07(root)
    return validator


def _pattern(_: Validator, pattern: str, value: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    # In JSON Schema, which follows ECMA 262, "$" is the very end; in Python it is not quite.
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


# AsyncAPI 3.0 takes JSON Schema draft 07 for its payloads.
Draft07 = jsonschema.validators.extend(  # type: ignore[no-untyped-call] # so in its stubs
    jsonschema.Draft7Validator, {"pattern": _pattern}
)


def resolved(reference: str) -> Any:
    """Return the target of a reference, here or in the description of the HTTP; fail without one."""
    file, _, place = reference.partition("#/")
    found: Any = {"": DOCUMENT, "./openapi.yaml": OPENAPI}[file]
    for part in place.split("/"):
        found = found[part]
    return found


def references(value: Any) -> Iterator[str]:
    """Every reference in *value*."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and "$ref" in value:
        yield value["$ref"]
    for child in children:
        yield from references(child)


def cases(part: str) -> list[Any]:
    return [
        pytest.param(name, case.values[0], id=f"{name}: {case.id}")
        for file, name in FILE_OF.items()
        for case in vectors(file, part)
    ]


# The document itself


def test_the_document_has_the_form_of_asyncapi_3() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    assert DOCUMENT.keys() <= {
        *(
            "asyncapi",
            "id",
            "info",
            "servers",
            "defaultContentType",
            "channels",
            "operations",
            "components",
        )
    }
    for server in DOCUMENT["servers"].values():
        assert {"host", "protocol"} <= server.keys()
    for channel in DOCUMENT["channels"].values():
        assert {"address", "messages", "parameters"} <= channel.keys()
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert operation["channel"]["$ref"].startswith("#/channels/")


def test_every_reference_points_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > 50
    for reference in found:
        assert resolved(reference) is not None


def test_nothing_in_the_document_is_unused() -> None:
    used = set(references(DOCUMENT))
    declared = {
        f"#/components/{kind}/{name}" for kind, parts in DOCUMENT["components"].items() for name in parts
    }
    assert declared <= used
    assert {f"#/channels/{name}" for name in DOCUMENT["channels"]} <= used


def test_an_address_names_its_parameters_and_no_others() -> None:
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel["parameters"])


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_json_schema(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(DOCUMENT["components"]["schemas"][name])


# The document and the code


def test_the_channels_are_the_topics_of_the_code() -> None:
    channels = DOCUMENT["channels"]
    addresses = {each["address"] for name, each in channels.items() if name != NOTIFICATIONS}
    assert addresses == {f"{DEFAULT_ROOT}/{{premises}}/{{gateway}}/{leaf}" for leaf in Leaf}


def test_notifications_come_by_the_topics_of_contacts() -> None:
    prefix = MqttSettings.model_fields["prefix"].default
    assert DOCUMENT["channels"][NOTIFICATIONS]["address"] == f"{prefix}/{{topic}}"
    assert f"`{prefix}/#`" in PAGE


def test_a_notification_over_mqtt_is_the_body_of_the_webhook() -> None:
    payload = resolved("#/components/messages/notification")["payload"]["$ref"]
    assert resolved(payload) == OPENAPI["components"]["schemas"]["Notification"]
    webhook = OPENAPI["webhooks"]["notification"]["post"]["requestBody"]["content"]["application/json"]
    assert webhook["schema"]["$ref"].rpartition("/")[2] == payload.rpartition("/")[2]


def test_each_lane_is_answered_by_its_receipt() -> None:
    for lane in Lane:
        operation = DOCUMENT["operations"][f"receive{lane.capitalize()}"]
        answer = resolved(operation["reply"]["channel"]["$ref"])
        assert answer["address"].endswith(f"/{RECEIPT_OF[lane]}")


def test_the_closed_sets_are_those_of_the_code() -> None:
    properties = DOCUMENT["components"]["schemas"]["Signal"]["properties"]
    assert properties["kind"]["enum"] == list(messages.Kind)
    assert properties["edge"]["enum"] == list(messages.Edge)
    assert properties["scope"]["enum"] == list(messages.Scope)
    assert DOCUMENT["components"]["schemas"]["Name"]["pattern"] == NAME_PATTERN
    assert DOCUMENT["components"]["schemas"]["Version"]["const"] == messages.VERSION


@pytest.mark.parametrize(
    ("struct", "name"),
    [
        *SCHEMA_OF.items(),
        (messages.Signal, "Signal"),
        (messages.Series, "Series"),
        (messages.LaneState, "LaneState"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_a_schema_has_the_fields_of_its_message(struct: Any, name: str) -> None:
    assert set(DOCUMENT["components"]["schemas"][name]["properties"]) == set(struct.__struct_fields__)


@given(anything)
def test_every_message_of_tocsin_fits_its_schema(message: messages.Versioned) -> None:
    schema(SCHEMA_OF[type(message)]).validate(json.loads(messages.encode(message)))


@given(signals)
def test_every_signal_of_tocsin_fits_its_schema(signal: messages.Signal) -> None:
    payload = messages.encode_alarm("a", 1, [messages.encode(signal)])
    schema("Alarm").validate(json.loads(payload))


# The document and the vectors


@pytest.mark.parametrize(("name", "case"), cases("both_ways") + cases("read_only"))
def test_a_message_that_is_read_fits_its_schema(name: str, case: dict[str, Any]) -> None:
    schema(name).validate(case["body"])


@pytest.mark.parametrize(("name", "case"), cases("refused"))
def test_a_message_that_is_refused_does_not_fit_its_schema(name: str, case: dict[str, Any]) -> None:
    if "body" in case and "beyond_schema" not in case:
        assert not schema(name).is_valid(case["body"])


@pytest.mark.parametrize("case", vectors("alarm.json", "set_aside"))
def test_a_quarantined_signal_does_not_fit_its_schema(case: dict[str, Any]) -> None:
    assert not schema("Signal").is_valid(case["signal"])


# The page and the code


def test_the_table_of_topics_is_that_of_the_document() -> None:
    rows = re.findall(
        r"^\| `\{premises\}/\{gateway\}/(\S+)` \| (\w+)[^|]*\| (\d) \| (\w+) \|", PAGE, re.M
    )
    operations = [
        (
            resolved(operation["channel"]["$ref"])["address"],
            operation["action"],
            operation["bindings"]["mqtt"],
        )
        for operation in DOCUMENT["operations"].values()
        if not operation["channel"]["$ref"].endswith(NOTIFICATIONS)
    ]
    told = {
        (
            address.removeprefix(f"{DEFAULT_ROOT}/{{premises}}/{{gateway}}/"),
            {"receive": "up", "send": "down"}[action],
            str(mqtt["qos"]),
            {True: "yes", False: "no"}[mqtt["retain"]],
        )
        for address, action, mqtt in operations
    }
    assert told == set(rows)
    assert {row[0] for row in rows} == set(Leaf)


def test_the_page_names_every_value_of_every_closed_set() -> None:
    for closed in (messages.Kind, messages.Edge, messages.Scope, Status):
        for value in closed:
            assert f"`{value}`" in PAGE


def test_the_page_names_every_quantity_with_its_unit() -> None:
    units = {"0/1": "0 or 1"}
    text = " ".join(PAGE.split())
    for each in QUANTITIES.values():
        assert f"`{each.name}` {units.get(each.unit, each.unit)}" in text


def test_the_page_states_the_limits_of_the_code() -> None:
    assert f"A message is at most {messages.MAX_PAYLOAD:,} bytes" in PAGE
    assert f"A message is at most {detectors.MAX_PAYLOAD:,} bytes" in PAGE
    assert f"A sentence is at most {MAX_SENTENCE} bytes" in PAGE
    assert f"`stored` (at most {messages.MAX_PROOFS:,})" in PAGE
    assert NAME_PATTERN.strip("^$") in PAGE


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("4.1", "Alarm"),
        ("4.2", "Telemetry"),
        ("4.3", "Receipt"),
        ("4.4", "Presence"),
        ("4.5", "Heartbeat"),
        ("4.6", "Incident"),
        ("4.7", "Inventory"),
    ],
)
def test_each_example_of_the_page_fits_its_schema_and_is_read(section: str, name: str) -> None:
    text = PAGE.split(f"### {section} ")[1].split("\n\n")[1]
    body = json.loads(text)
    schema(name).validate(body)
    reader = {
        "Alarm": messages.decode_alarm,
        "Telemetry": messages.decode_telemetry,
        "Receipt": messages.decode_receipt,
        "Presence": messages.decode_presence,
        "Heartbeat": messages.decode_heartbeat,
        "Incident": messages.decode_incident,
        "Inventory": messages.decode_inventory,
    }[name]
    message = reader(text.encode())
    assert not getattr(message, "bad", ())
