"""Tries a running service against the description that it serves, with right and with wrong requests."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from contract.http.routes import Service
from tests.support.patterns import make_each_once

make_each_once()

ALWAYS: tuple[CheckFunction, ...] = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.missing_required_header,
    checks.ignored_auth,
)
WRONG: tuple[CheckFunction, ...] = (*ALWAYS, checks.negative_data_rejection)
RIGHT: tuple[CheckFunction, ...] = (*ALWAYS, checks.positive_data_acceptance)

ENDLESS = frozenset({"readFeed"})
"""Operations without an end; they have tests of their own."""

PATIENCE_S = 60
"""Seconds for an answer: some are made by a process of their own, on a busy machine."""

PERSON = "Chị Lan"
"""The person in whose name the tests ask: the machine itself signs nobody in."""

NEEDS_MORE = {
    "beginOverride": "each kind needs other fields, and zones, points and a tester of the registry",
    "dispatchIncident": "units and means must be those of the registry",
    "arriveOnScene": "units and means must be those of the registry",
    "reportUnderControl": "units and means must be those of the registry",
    "noteCall": "a contact or a name says whom somebody called",
    "sayOfIncident": "people inside are counted, and the incident must be a fire",
    "checkStep": "the step must be one of the procedure of the incident",
    "listReadings": "a range of times must end after it begins",
    "uploadFile": "the file must be of a kind that is kept, by its bytes",
    "getFile": "the premises or the draft must be named through which the file may be seen",
    "recordDailyFigures": "a day must be of the last year, and a line is named once",
    "previewSheet": "headings and fills are JSON in a text, and the body is a spreadsheet",
    "readSnapshot": "a cursor must be one that the center gave (410)",
    "readDeltas": "a cursor must be one that the center gave (410)",
    "reportFigures": "a period must end after it begins",
    "reportResponse": "a period must end after it begins",
    "reportAvailability": "a period must end after it begins",
    "reportDaily": "a period must end after it begins",
    "reportDuties": "a period must end after it begins",
    "reportShifts": "a period must end after it begins",
    "editDraft": "rows must be rows of the registry, by its own description",
}
"""Operations that may refuse what fits their description, and the rule that it cannot say."""


def operations(document: Mapping[str, Any], service: Service) -> Iterator[Any]:
    """Return every operation of *service* in *document*, but for the endless ones."""
    schema = schemathesis.openapi.from_dict(_of(document, service))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.definition.raw["operationId"] not in ENDLESS:
            yield operation


def try_out(operation: Any, url: str, *, examples: int, ids: Sequence[str] = ()) -> None:
    """Send *operation* at *url* right and wrong requests; raises on an answer that is not described."""
    name = operation.definition.raw["operationId"]
    right = ALWAYS if name in NEEDS_MORE else RIGHT
    _try(operation, url, GenerationMode.POSITIVE, right, examples=examples, ids=ids)
    if operation.query or operation.body or operation.headers:
        _try(operation, url, GenerationMode.NEGATIVE, WRONG, examples=examples, ids=())


def _try(
    operation: Any,
    url: str,
    mode: GenerationMode,
    against: Sequence[CheckFunction],
    *,
    examples: int,
    ids: Sequence[str],
) -> None:
    with requests.Session() as session:

        @seed(1)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def each(case: Any, data: st.DataObject) -> None:
            if ids and "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = data.draw(st.sampled_from([*ids, "nowhere"]))
            if mode is GenerationMode.POSITIVE:
                _name_person(case)
            answer = case.call(base_url=url, session=session, timeout=PATIENCE_S)
            case.validate_response(answer, checks=list(against))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            each()


def _name_person(case: Any) -> None:
    """Let *case* be asked in a person's name where it may be."""
    body = case.operation.definition.raw.get("requestBody", {}).get("content", {})
    schema = body.get("application/json", {}).get("schema", {})
    if isinstance(case.body, dict) and case.body.get("by") is None and _has_person(schema, case):
        case.body["by"] = PERSON


def _has_person(schema: Mapping[str, Any], case: Any) -> bool:
    name = schema.get("$ref", "").rpartition("/")[2]
    found = case.operation.schema.raw_schema["components"]["schemas"].get(name, schema)
    return "by" in found.get("properties", {})


def _of(document: Mapping[str, Any], service: Service) -> dict[str, Any]:
    """Return the part of *document* that *service* serves."""
    paths = {
        path: {name: each for name, each in found.items() if name != "servers"}
        for path, found in document["paths"].items()
        if any(service.value in each["tags"] for name, each in found.items() if name != "servers")
    }
    return {**document, "paths": paths}
