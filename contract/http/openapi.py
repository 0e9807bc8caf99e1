"""The description of the center's HTTP for machines: OpenAPI 3.1, made from the structs and routes.

docs/openapi.yaml is the same; a test holds them together.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec
from msgspec.structs import fields

from contract.http.common import Error
from contract.http.console import LIVE_DATA
from contract.http.incidents import Incident, Override
from contract.http.permissions import Permission
from contract.http.request_header import REQUEST_HEADER, SESSION_COOKIE
from contract.http.routes import (
    EVENTS,
    HTML,
    JSON,
    METRICS,
    OCTETS,
    REPORT_TYPES,
    ROUTES,
    Answer,
    Route,
    Service,
)
from contract.ledger import Ledger
from contract.timeline import DATA, Entry
from contract.webhook import Body

SERVERS = {
    Service.ALERTING: "http://127.0.0.1:8080",
    Service.INGEST: "http://127.0.0.1:8081",
    Service.CONSOLE: "http://127.0.0.1:8090",
}
"""Default address of each service."""

_ABOUT = (
    "What other systems ask of the center. Each path names the services that serve it. "
    "Console answers all paths below /api/ but the feed, too, from the services that are named there. "
    "Times are microseconds since 1970. docs/protocol.md, 7 to 9, is normative."
)
_FEED = (
    "Events in the form of the WHATWG standard: `id` is the number to resume after, `event` what "
    "happened, `data` an Entry as JSON. A line `: beat` comes every 15 s while nothing happens."
)
_LIVE = (
    "Events in the form of the WHATWG standard: `event` is hello, tick, rows or entries, `data` the "
    "struct of that name as JSON (docs/console.md)."
)

_ID = {"type": "string", "minLength": 1, "maxLength": 64}
_IN_PATH: dict[str, dict[str, Any]] = {"format": {"type": "string", "enum": list(REPORT_TYPES.values())}}
_OTHER_SITE = "page of another site asks, or the header of a program is missing."

Schema = dict[str, Any]
"""A part of the document."""

T = TypeVar("T")


def document(version: str) -> Schema:
    """Return the whole description, as of *version* of Tocsin."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tocsin",
            "version": version,
            "summary": "The HTTP of the center: alerting, ingest and console.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [_server(each) for each in Service],
        "security": [{}, {"token": []}, {"session": []}],
        "tags": [
            {"name": Service.ALERTING.value, "description": "Signals, incidents, overrides, the feed."},
            {"name": Service.INGEST.value, "description": "Readings."},
            {"name": Service.CONSOLE.value, "description": "The duty desk."},
        ],
        "paths": _paths(ROUTES),
        "webhooks": {"notification": {"post": _webhook()}},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Where one is configured."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": SESSION_COOKIE,
                    "description": "Set by signing in.",
                },
            },
        },
    }


def _server(service: Service) -> Schema:
    return {"url": SERVERS[service], "description": service.value}


def _paths(routes: Iterable[Route]) -> Schema:
    paths: dict[str, Schema] = {}
    for route in routes:
        path = paths.setdefault(route.path, {"servers": [_server(each) for each in route.services]})
        path[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> Schema:
    operation: Schema = {
        "operationId": route.name,
        "tags": [each.value for each in route.services],
        "summary": route.summary,
        "parameters": list(_parameters(route)),
        "responses": dict(_responses(route)),
    }
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": _json(_schema(route.body))}
    if route.upload:
        operation["requestBody"] = {"required": True, "content": {OCTETS: {}}}
    if route.permission is Permission.OPEN:
        operation["security"] = []
    return operation


def _parameters(route: Route) -> Iterator[Schema]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": _IN_PATH.get(name, _ID)}
    if route.method != "GET":
        about = "Any value. Not needed with a token; a form of a web page cannot send it."
        yield {
            "name": REQUEST_HEADER,
            "in": "header",
            "required": True,
            "description": about,
            "schema": {"type": "string"},
        }
    named = _plain(msgspec.json.schema_components([route.query], ref_template="{name}")[1])
    properties = named[route.query.__name__]
    for field in fields(route.query):
        yield {
            "name": field.encode_name,
            "in": "query",
            "required": field.encode_name in properties.get("required", []),
            "schema": _inline(properties["properties"][field.encode_name], named),
        }
    if route.answer is Answer.EVENTS:
        about = "The id of the last event that was read; it comes before `after`."
        schema = {"type": "string", "pattern": "^[0-9]{1,16}$"}
        yield {"name": "Last-Event-ID", "in": "header", "description": about, "schema": schema}


_FOR_PEOPLE = "/a/"
"""Below it people read what is wrong, not programs."""


def _responses(route: Route) -> Iterator[tuple[str, Schema]]:
    success: Schema = {"description": _success(route)}
    if route.answer is not Answer.REDIRECTION:
        success["content"] = _content(route)
    yield str(route.status), success
    if route.path == "/healthz":
        yield "503", {"description": "Not well: the fields say what.", "content": _content(route)}
    if route.is_guarded:
        yield _error(400, "Something cannot be understood: every fault, and its remedy.")
        yield _error(401, "Whoever asks is not signed in, or the token is wrong.")
    yield _error(403, f"{'No permission; or a' if route.is_guarded else 'A'} {_OTHER_SITE}")
    if route.body is not None:
        yield _error(413, "The body is too large.")
        yield _error(415, "The body is not JSON by its Content-Type.")
    if route.upload:
        yield _error(415, f"The body is not {OCTETS} by its Content-Type.")
    yield _error(421, "The name in Host is not one of this server.")
    for status, about in sorted(route.errors.items()):
        yield _page(status, about) if route.path.startswith(_FOR_PEOPLE) else _error(status, about)


def _page(status: int, about: str) -> tuple[str, Schema]:
    return str(status), {"description": about, "content": {"text/html": {"schema": {"type": "string"}}}}


def _error(status: int, about: str) -> tuple[str, Schema]:
    return str(status), {"description": about, "content": _json(_schema(Error))}


def _success(route: Route) -> str:
    return {200: "Done.", 201: "Ordered.", 303: "Go to Location."}[route.status]


def _content(route: Route) -> Schema:
    if route.answer is Answer.FILE:
        return {each: {} for each in route.media}
    return _text_content(route)


def _text_content(route: Route) -> Schema:
    match route.answer:
        case Answer.EVENTS:
            return {EVENTS: {"schema": {"type": "string", "description": _FEED}}}
        case Answer.LIVE:
            return {EVENTS: {"schema": _live()}}
        case Answer.METRICS | Answer.PAGE:
            return {METRICS if route.answer is Answer.METRICS else HTML: {"schema": {"type": "string"}}}
        case Answer.DOCUMENT | Answer.START:
            return _json({"type": "object"})
        case tuple():
            return _json({"anyOf": [_schema(each) for each in route.answer]})
    return _json(_schema(route.answer))


def _live() -> Schema:
    each = [{"$ref": _TEMPLATE.format(name=one.__name__)} for one in LIVE_DATA.values()]
    return {"type": "string", "description": _LIVE, "contentSchema": {"anyOf": each}}


def _json(schema: Schema) -> Schema:
    return {JSON: {"schema": schema}}


def _webhook() -> Schema:
    headers = (
        ("webhook-id", "The delivery, the same in each attempt."),
        ("webhook-timestamp", "When this attempt was made, in seconds since 1970."),
        ("webhook-signature", "Where a secret is configured; see Standard Webhooks."),
    )
    return {
        "operationId": "notify",
        "tags": [Service.ALERTING.value],
        "summary": "Receive a notification (Standard Webhooks; docs/protocol.md, 7).",
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "description": about, "schema": {"type": "string"}}
            for name, about in headers
        ],
        "requestBody": {"required": True, "content": _json(_schema(Body))},
        "responses": {
            "2XX": {"description": "Received; it is not sent again."},
            "default": {
                "description": "Sent again: at once where it may help, else more and more rarely."
            },
        },
    }


def _described() -> list[Any]:
    """Return every type that the description names."""
    bodies = [route.body for route in ROUTES if route.body is not None]
    answers = (route.answer for route in ROUTES if not isinstance(route.answer, Answer))
    each = (one for some in answers for one in (some if isinstance(some, tuple) else (some,)))
    return [*bodies, *each, Ledger, Entry, Error, Body, *DATA.values(), *LIVE_DATA.values()]


_TEMPLATE = "#/components/schemas/{name}"

_UNIONS = {"Incident": Incident, "Override": Override, "Notification": Body}
"""Unions of structs, by their names in the description."""


def _schemas() -> Schema:
    schemas = _plain(msgspec.json.schema_components(_described(), ref_template=_TEMPLATE)[1])
    some = sorted({_TEMPLATE.format(name=each.__name__) for each in DATA.values()})
    # ``Raw`` has no schema of its own.
    schemas["Entry"]["properties"]["data"] = {"type": "object", "anyOf": [{"$ref": one} for one in some]}
    schemas |= {name: _in_full(union) for name, union in _UNIONS.items()}
    return dict(sorted(schemas.items()))


def _schema(kind: Any) -> Schema:
    for name, union in _UNIONS.items():
        if kind == union:
            return {"$ref": _TEMPLATE.format(name=name)}
    return _in_full(kind)


def _in_full(kind: Any) -> Schema:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_TEMPLATE)
    return _plain(schema)


def _inline(schema: Schema, named: Schema) -> Schema:
    """Return the whole schema of a parameter, which is absent where a field may be null."""
    some = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    own = some[0] if len(some) == 1 else schema
    found = named[own["$ref"]] if "$ref" in own else own
    default = {} if schema.get("default") is None else {"default": schema["default"]}
    return {name: each for name, each in found.items() if name != "default"} | default


def _plain(value: T) -> T:
    """Return *value* as JSON Schema has it: patterns end with ``$``, texts are one line."""
    if isinstance(value, dict):
        return {name: _text(name, _plain(each)) for name, each in value.items()}  # type: ignore[return-value]
    if isinstance(value, list):
        return [_plain(each) for each in value]  # type: ignore[return-value]
    return value


def _text(name: str, value: Any) -> Any:
    if name == "pattern" and isinstance(value, str):
        return re.sub(r"\\Z$", "$", value)
    if name == "description" and isinstance(value, str):
        return re.sub(r"\*(\w+)\*", r"`\1`", " ".join(value.split())).replace("``", "`")
    return value
