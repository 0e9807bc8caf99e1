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

ENDLESS = frozenset({"readFeed", "previewSheet"})
"""Operations without an end, or with a query longer than a line; they have tests of their own."""

WITHOUT_ACCOUNT = frozenset(
    {
        "markIncidentSeen",
        "acknowledgeIncident",
        "dispatchIncident",
        "arriveOnScene",
        "reportUnderControl",
        "closeIncident",
        "addNote",
        "noteCall",
        "offerIncident",
        "acceptIncident",
        "declineIncident",
        "checkStep",
        "reportDesk",
        "giveShift",
        "receiveShift",
        "restoreVersion",
        "beginDraft",
        *(f"{each}Draft" for each in ("edit", "validate", "rehearse", "rebase", "submit")),
        *(f"{each}Draft" for each in ("approve", "apply", "discard")),
        "previewSheet",
        "applySheet",
        "recordDailyFigures",
        "tryContact",
        "beginTraining",
        "endOverride",
        "approveOverride",
    }
)
"""Operations that the machine itself asks in a person's name: 400 where it does not say whose."""

NEEDS_MORE = WITHOUT_ACCOUNT | {
    *("beginOverride", "explainIncident", "listReadings", "uploadFile"),
    *("listRecipients", "checkSessions", "giveAnswer", "showAnswerPage", "recordDuty", "getFile"),
    *(
        "listDuties",
        "listDutyEvents",
        "recordDuty",
        "getFloorPlan",
        "reportFigures",
        "reportResponse",
        "reportAvailability",
        "reportDaily",
        "reportDuties",
        "recordDailyFigures",
    ),
    *(
        "previewSheet",
        "applySheet",
        "downloadSheetCsv",
        "downloadSheetXlsx",
        "listRows",
        "readSnapshot",
        "readDeltas",
    ),
}
"""Operations that may refuse what fits: no cursor, no day, unknown premises, a language without
texts, from after to, a file of no kind that is kept."""


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
            answer = case.call(base_url=url, session=session, timeout=10)
            case.validate_response(answer, checks=list(against))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            each()


def _of(document: Mapping[str, Any], service: Service) -> dict[str, Any]:
    """Return the part of *document* that *service* serves."""
    paths = {
        path: {name: each for name, each in found.items() if name != "servers"}
        for path, found in document["paths"].items()
        if any(service.value in each["tags"] for name, each in found.items() if name != "servers")
    }
    return {**document, "paths": paths}
