"""The description of the HTTP for machines and the code say the same of every path and field."""

import json
import re
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from alerting.engine.engine import Engine, open_engine
from alerting.http.accounts import accounts_of
from alerting.http.feed import Feed
from alerting.http.server import Served
from alerting.http.server import web_app as alerting_app
from alerting.metrics import Metrics as AlertingMetrics
from alerting.settings import AccountsSettings, Confirmation
from contract.http.incidents import Incident
from contract.http.openapi import document
from contract.http.routes import ROUTES, Answer, Service
from contract.timeline import DATA, TimelineEvent
from contract.webhook import Body, NotificationKind
from ingest.adapters.ledger_api import LedgerApi
from ingest.adapters.metrics import Metrics as IngestMetrics
from ingest.adapters.readings_api import web_app as ingest_app
from ingest.settings import Settings as IngestSettings
from runtime.clock import utc_now
from runtime.settings import GuardedWeb
from tests.support.documents import read_yaml

ROOT = Path(__file__).parents[3]
DOCUMENT: dict[str, Any] = read_yaml(ROOT / "docs" / "openapi.yaml")
PAGE = (ROOT / "docs" / "protocol.md").read_text()
NOTHING: Any = None
"""Stands for what a route answers from: here nobody asks it anything."""


def script() -> Any:
    spec = spec_from_file_location("openapi", ROOT / "scripts" / "openapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def alerting(engine: Engine) -> web.Application:
    feed = Feed(engine.transactions, limit=1, metrics=AlertingMetrics(CollectorRegistry()))
    served = Served(
        engine=engine,
        supervision=NOTHING,
        points=NOTHING,
        feed=feed,
        accounts=accounts_of(engine, AccountsSettings(), utc_now),
        clock=utc_now,
    )
    return alerting_app(served, guarded=GuardedWeb(port=0), metrics=CollectorRegistry(), health=NOTHING)


def ingest(tmp_path: Path) -> web.Application:
    settings = IngestSettings(data_dir=tmp_path)
    more = LedgerApi(NOTHING, NOTHING, utc_now).routes()
    return ingest_app(
        settings, utc_now, store=NOTHING, metrics=IngestMetrics(), health=NOTHING, more=more
    )


def served_by(app: web.Application) -> set[tuple[str, str]]:
    return {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


def described(service: Service) -> set[tuple[str, str]]:
    return {
        (method.upper(), path)
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if method != "servers" and service.value in operation["tags"]
    }


def references(value: Any) -> Iterator[str]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        yield value["$ref"]
    for child in children:
        yield from references(child)


def test_the_page_is_what_the_code_describes() -> None:
    remedy = "docs/openapi.yaml is old: run make format"
    version = DOCUMENT["info"]["version"]
    assert (ROOT / "docs" / "openapi.yaml").read_text() == script().text(version), remedy
    assert document(version) == DOCUMENT


async def test_alerting_serves_what_is_described_and_nothing_else(tmp_path: Path) -> None:
    url, metrics = f"sqlite:///{tmp_path}/center.db", AlertingMetrics(CollectorRegistry())
    async with open_engine(url, Confirmation(), metrics) as engine:
        assert served_by(alerting(engine)) == described(Service.ALERTING)


def test_ingest_serves_what_is_described_and_nothing_else(tmp_path: Path) -> None:
    assert served_by(ingest(tmp_path)) == described(Service.INGEST)


def test_a_path_names_the_services_that_serve_it() -> None:
    for path, operations in DOCUMENT["paths"].items():
        servers = {each["description"] for each in operations["servers"]}
        tags = {tag for name, each in operations.items() if name != "servers" for tag in each["tags"]}
        assert servers == tags, path


def test_every_reference_leads_somewhere_and_every_schema_is_used_or_told_of() -> None:
    found = set(references(DOCUMENT))
    schemas = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert found <= schemas
    assert len(found) > 50
    assert schemas - found == set()


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def structs() -> Iterator[Any]:
    for route in ROUTES:
        if not isinstance(route.answer, Answer):
            yield from get_args(route.answer) or (
                route.answer if isinstance(route.answer, tuple) else (route.answer,)
            )
        if route.body is not None:
            yield route.body
    yield from get_args(Body)
    yield from get_args(Incident)
    yield from DATA.values()


@pytest.mark.parametrize("struct", dict.fromkeys(structs()), ids=lambda each: each.__name__)
def test_a_schema_has_the_fields_of_its_struct(struct: Any) -> None:
    schema = DOCUMENT["components"]["schemas"][struct.__name__]
    info = msgspec.inspect.type_info(struct)
    assert isinstance(info, msgspec.inspect.StructType)
    tag = {info.tag_field} if info.tag_field else set()
    assert set(schema["properties"]) == {each.encode_name for each in info.fields} | tag
    required = {each.encode_name for each in info.fields if each.required}
    assert set(schema.get("required", [])) == required | tag


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_parameter_is_described_as_it_is_read(route: Any) -> None:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    said = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
    assert said == {each.encode_name for each in msgspec.structs.fields(route.query)}


def test_every_path_stands_on_the_page_for_people() -> None:
    for route in ROUTES:
        last = route.path.removesuffix("/").rpartition("/")[2]
        assert f"`{route.method} {route.path}" in PAGE or f"`.../{last}`" in PAGE, route.path


def test_every_event_of_the_feed_is_described() -> None:
    assert set(DATA) == set(TimelineEvent)
    table = PAGE.split("### 9.1 ")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)} == set(TimelineEvent)


def test_every_field_of_an_events_data_is_named_on_the_page() -> None:
    table = PAGE.split("### 9.1 ")[1].split("\n## ")[0]
    for line in table.splitlines():
        events = re.findall(r"`([a-z_]+)`", line.partition(" | ")[0]) if line.startswith("| `") else []
        for event in events:
            fields = {each.encode_name for each in msgspec.structs.fields(DATA[TimelineEvent(event)])}
            assert fields <= set(re.findall(r"`([a-z_]+)`", line.partition(" | ")[2])), event


def test_every_notification_is_described() -> None:
    table = PAGE.split("## 7. Relay")[1].split("## 8.")[0]
    for kind in NotificationKind:
        assert f"`{kind.value}`" in table


def test_the_document_is_json() -> None:
    assert json.loads(msgspec.json.encode(document("0.1.0"))) == document("0.1.0")
