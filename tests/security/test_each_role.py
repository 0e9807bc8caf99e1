"""Right and wrong requests of each role find no fault of the server, and nothing of another commune."""

import asyncio
import warnings
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from accounts.domain.roles import Role
from contract.http.openapi import document
from contract.http.permissions import NEEDS_NO_ACCOUNT
from contract.http.routes import ROUTES, Service
from tests.adapters.http.by_description import operations
from tests.support.communes import BLUE, LOST, RED, of_area, province

EXAMPLES = 3
"""Requests of each kind by each role to each operation, which has a test of its own: what requests are
made of is made once for all roles, and no test is long."""

WITH_FILES = frozenset(
    {
        *("reportFigures", "reportResponse", "reportAvailability", "reportDaily", "reportDuties"),
        *("reportShifts", "previewSheet", "uploadFile"),
    }
)
"""Operations of which each request makes or reads a file in a process of its own: a role sends two."""

FINE = frozenset({200, 201, 400, 401, 403, 404, 409, 410, 413, 415, 421, 422, 429})
"""Statuses of answers; any other is a fault of the server."""


OPEN = frozenset(each.name for each in ROUTES if each.permission in NEEDS_NO_ACCOUNT)
"""Operations in which a role makes no difference."""

TRIED = {
    each.definition.raw["operationId"]: each
    for each in operations(document("0"), Service.ALERTING)
    if each.definition.raw["operationId"] not in OPEN
}
CAN_BE_WRONG = [name for name, each in TRIED.items() if each.query or each.body or each.headers]
CASES = [
    *((each, GenerationMode.POSITIVE, tuple(Role)) for each in TRIED),
    *((each, GenerationMode.NEGATIVE, (Role.SHIFT_LEADER,)) for each in CAN_BE_WRONG),
]
"""Right requests of each role, and wrong ones of the one that may do most."""


@pytest.mark.slow
@pytest.mark.timeout(300)  # a process for each file that a role sends
@pytest.mark.parametrize(
    ("name", "mode", "roles"), CASES, ids=lambda each: str(each) if isinstance(each, str) else ""
)
async def test_no_request_of_a_role_finds_a_fault_or_another_commune(
    name: str, mode: GenerationMode, roles: tuple[Role, ...], tmp_path: Path
) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db") as one:
        ids = [*one.ids.values(), *one.overrides.values(), "nowhere"]
        hidden = [BLUE, LOST]
        for role in roles:
            token = one.accounts.add(role.value, of_area(role, RED))
            await asyncio.to_thread(_try, TRIED[name], one.url, token, mode=mode, ids=ids, hidden=hidden)


def _try(
    operation: Any,
    url: str,
    token: str,
    *,
    mode: GenerationMode,
    ids: list[str],
    hidden: list[str],
) -> None:
    examples = 2 if operation.definition.raw["operationId"] in WITH_FILES else EXAMPLES
    names = [f"cho-{RED}", *(f"cho-{each}" for each in hidden)]
    with requests.Session() as session:

        @seed(13)
        @settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def each(case: Any, data: st.DataObject) -> None:
            if "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = data.draw(st.sampled_from(ids))
            for given_ in (case.query, case.body):
                if isinstance(given_, dict) and "premises" in given_:
                    given_["premises"] = data.draw(st.sampled_from(names))
            headers = {"Authorization": f"Bearer {token}", "X-Tocsin-Request": "1"}
            answer = case.call(base_url=url, session=session, timeout=60, headers=headers)
            assert answer.status_code in FINE, answer.text
            _names_none(answer.text, hidden, asked=repr((case.query, case.body)))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            each()


def _names_none(text: str, hidden: list[str], *, asked: str) -> None:
    """Assert that no hidden name is in *text*, but for one that was asked for and is not there."""
    for name in hidden:
        left = text.replace(f"'cho-{name}'", "") if f"cho-{name}" in asked else text
        assert name not in left
