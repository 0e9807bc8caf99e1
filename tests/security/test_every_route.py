"""Accounts of two communes walk every route of alerting: to each, what is the other's is not there."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import ROLES, Role
from contract.http.permissions import NEEDS_NO_ACCOUNT, OF_ANY_ACCOUNT, Permission
from contract.http.routes import ROUTES, Answer, Route, Service
from contract.times import to_micros
from registry.domain.local_days import local_day_at
from runtime.clock import utc_now
from tests.support.communes import (
    BLUE,
    LOCAL_TOKEN,
    LOST,
    RED,
    Answered,
    Province,
    of_area,
    plan_hash,
    plan_of,
    province,
    registered,
)

NOWHERE = "nowhere"
"""The id or the name of nothing."""

ALERTING = [each for each in ROUTES if Service.ALERTING in each.services]
ENDLESS = [each for each in ALERTING if each.answer is Answer.EVENTS]
WITHOUT_ACCOUNT = {"getAuthority", "enrollGateway", "showAnswerPage", "giveAnswer"}
"""Routes for machines and people that have no account: what they tell whom is in test_enrolment.py and
test_answer_links.py."""
ABOUT_ONESELF = {
    each.name for each in ALERTING if each.path.startswith(("/api/v1/session", "/api/v1/setup"))
}
"""Routes about who asks, and no premises: what they tell whom is in test_sign_in.py."""
FOR_THE_DESK = {"checkSessions"}
"""Routes for the service of the duty desk alone: what they tell is in test_session_checks.py."""
ENDING = [
    each
    for each in ALERTING
    if each.answer is not Answer.EVENTS
    and each.name not in WITHOUT_ACCOUNT | ABOUT_ONESELF | FOR_THE_DESK
]

DRAFT_ACTS = ("validate", "rehearse", "rebase", "submit", "approve", "apply", "discard")

OF_NO_PREMISES = {"beginDraft", "giveShift", "receiveShift"}
"""Routes with a body that names nothing which could be elsewhere."""

Bodies = Mapping[str, Callable[[str], object]]


def _order(name: str) -> object:
    return {"kind": "maintenance", "premises": name, "by": "Anh Hai", "minutes": 10}


BODIES: Bodies = {
    **{
        each.name: lambda _: {"by": "Anh Hai"}
        for each in ALERTING
        if each.path.startswith("/api/v1/incidents/{id}/") and each.method == "POST"
    },
    "refuseClose": lambda _: {"by": "Anh Hai", "reason": "còn cháy"},
    "refuseOverride": lambda _: {"by": "Anh Hai", "reason": "chưa báo cơ sở"},
    "closeIncident": lambda _: {"by": "Anh Hai", "outcome": "genuine"},
    "checkStep": lambda _: {"by": "Anh Hai", "step": "goi-chu"},
    "sayOfIncident": lambda _: {"by": "Anh Hai", "answer": "checking"},
    "addNote": lambda _: {"by": "Anh Hai", "text": "đã kiểm tra"},
    "noteCall": lambda _: {"by": "Anh Hai", "whom": "bảo vệ", "answered": False},
    "offerIncident": lambda _: {"by": "Anh Hai", "to": "ba"},
    "beginOverride": _order,
    "giveShift": lambda _: {"by": "Anh Hai", "note": "ca đêm yên tĩnh"},
    "receiveShift": lambda _: {"by": "Anh Hai", "hand_over": 1},
    "reportDesk": lambda name: {"desk": "man-1", "areas": [name.replace("cho-", "area-")]},
    "endOverride": lambda _: {"by": "Anh Hai"},
    "approveOverride": lambda _: {"by": "Anh Hai"},
    **{each: lambda _: {} for each in ABOUT_ONESELF},
    "recordDailyFigures": lambda name: {
        "by": "Anh Hai",
        "day": local_day_at(to_micros(utc_now())).isoformat(),
        "area": name.replace("cho-", "area-"),
        "figures": [{"line": 2, "value": 0}],
    },
    "beginTraining": lambda name: {"premises": name, "by": "Anh Hai"},
    "tryContact": lambda name: {"contact": name.replace("cho-", "head-"), "by": "Anh Hai"},
    "recordDuty": lambda name: {"premises": name, "duty": "drill", "by": "Anh Hai"},
    "checkSessions": lambda _: {"sessions": [{"session": NOWHERE}]},
    "beginDraft": lambda _: {"note": "sửa", "by": "Anh Hai"},
    "restoreVersion": lambda _: {"by": "Anh Hai"},
    "editDraft": lambda name: {"by": "Anh Hai", "fields": {"premises": {name: {"address": "2 mới"}}}},
    **{f"{each}Draft": lambda _: {"by": "Anh Hai"} for each in DRAFT_ACTS},
    "applySheet": lambda _: {"by": "Anh Hai"},
    "enrollGateway": lambda name: {
        "premises": name,
        "gateway": "gw-1",
        "secret": "0" * 16,
        "request": "A" * 80,
    },
}
"""The body of each route that has one, about the premises of a name; a new route needs one here."""

TEN_YEARS = "?from=2026-01-01&to=2035-12-31"
"""Days in which whatever a test does happens."""

REPORTS = [each for each in ALERTING if each.permission is Permission.REPORTS_READ]

QUERIES = {
    "getAccess": "?permission=incidents:read",
    "getFile": "?premises={name}",
    "listDutyEvents": f"?premises=cho-{RED}",
    **{each.name: TEN_YEARS for each in REPORTS},
}
"""The query of each route that needs one."""

OF_ONE = {"{id}", "{premises}", "{policy}", "{key}"}
"""Parts of paths that name one thing."""

REFUSED_FIRST = {
    *("arriveOnScene", "reportUnderControl", "dispatchIncident"),
    *("approveClose", "approveOverride"),
    *("refuseClose", "refuseOverride", "withdrawClose"),
    *("offerIncident", "acceptIncident", "declineIncident", "receiveShift"),
    *("approveDraft", "restoreVersion"),
    "beginTraining",
}
"""Steps that a fire refuses, and approvals of what nobody asked: 409 tells that it is there."""


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


def role_for(permission: Permission) -> Role:
    """Return a role with *permission*."""
    return next(each for each, has in ROLES.items() if permission in has | OF_ANY_ACCOUNT)


def thing(route: Route, commune: str, one: Province) -> str:
    """Return the id of what *route* is about in *commune*."""
    if commune == NOWHERE:
        return NOWHERE
    if route.path.startswith("/api/v1/registry/drafts"):
        return one.drafts[commune]
    if route.name == "restoreVersion":
        return "1" if commune == RED else NOWHERE
    is_override = route.path.startswith("/api/v1/overrides")
    return (one.overrides if is_override else one.ids)[commune]


def path_of(route: Route, commune: str, one: Province) -> str:
    """Return the path of *route* about what is of *commune*."""
    point = NOWHERE if commune == NOWHERE else f"cho-{commune}%2Fsmoke-0-{commune}"
    path = route.path.replace("{hash}", "0" * 64 if commune == NOWHERE else plan_hash(commune))
    path = path.replace("{floor}", "ground")
    path = path.replace("{premises}", NOWHERE if commune == NOWHERE else f"cho-{commune}")
    path = path.replace("{policy}", NOWHERE if commune == NOWHERE else f"policy-{commune}")
    path = path.replace("{table}", "points").replace("{key}", point)
    return path.replace("{id}", thing(route, commune, one)) if "{id}" in path else path


async def call(
    route: Route, one: Province, token: str | None, commune: str, query: str = ""
) -> Answered:
    """Ask *route* about what is of *commune*."""
    path = path_of(route, commune, one).replace("{format}", "json")
    assert "{" not in path, f"{route.name}: the test does not know what {path} is about; tell it"
    name = NOWHERE if commune == NOWHERE else f"cho-{commune}"
    if route.name == "previewSheet":
        return await one.ask(token, f"{path}?table=premises", method="POST", file=sheet_of(commune))
    if route.upload:
        return await one.ask(token, path, method=route.method, file=plan_of(commune))
    if route.name == "applySheet":
        path = path.replace(thing(route, commune, one), await preview_of(one, token, commune))
    body = None
    if route.body is not None:
        assert route.name in BODIES, f"{route.name} has a body: add it to BODIES"
        body = BODIES[route.name](name)
    asked = query or QUERIES.get(route.name, "").format(name=name)
    if route.name == "readDeltas":
        first = await one.ask(token, "/api/v1/exchange/snapshot")
        asked = f"?cursor={first.said['cursor'] if first.status == 200 else 'none'}"
    return await one.ask(token, path + asked, method=route.method, body=body)


def sheet_of(commune: str) -> bytes:
    """Return a spreadsheet that changes the address of the premises in *commune*."""
    return f"id;address\r\ncho-{commune};3 mới".encode()


async def preview_of(one: Province, token: str | None, commune: str) -> str:
    """Return the id of a preview of *commune*: in RED that of whoever has *token*, else of another."""
    if commune == NOWHERE:
        return NOWHERE
    maker = token if commune == RED else LOCAL_TOKEN
    sent = await one.ask(
        maker, "/api/v1/registry/sheets?table=premises", method="POST", file=sheet_of(commune)
    )
    return str(sent.said["id"]) if sent.status == 200 else NOWHERE


def premises_query(route: Route, name: str) -> str | None:
    """Return the query by which *route* is asked about premises; None where it has none."""
    fields = getattr(route.query, "__struct_fields__", ())
    return f"?premises={name}" if "premises" in fields else None


def names_neither(answer: Answered, *others: str) -> None:
    for other in others:
        assert other not in answer.text.replace(NOWHERE, "")


Together = list[Route]
"""Routes that are tried at one center: none of their requests changes anything."""


def subjects(routes: Iterable[Route]) -> list[Any]:
    """Return *routes* by what they are about, each with its name."""
    found: dict[str, Together] = {}
    for each in routes:
        found.setdefault(each.path.strip("/").removeprefix("api/v1/").split("/")[0], []).append(each)
    return [pytest.param(together, id=name or "start") for name, together in found.items()]


def alone_or_together(routes: Iterable[Route]) -> list[Any]:
    """Return reading routes by what they are about, and each changing route by itself."""
    all_ = list(routes)
    changing = [pytest.param([each], id=each.name) for each in all_ if each.method != "GET"]
    return [*subjects(each for each in all_ if each.method == "GET"), *changing]


def token_for(route: Route, one: Province) -> str:
    """Return the token of the account of RED, which has from now on a role that may ask *route*."""
    return one.accounts.add("red", of_area(role_for(route.permission), RED))


@pytest.mark.parametrize("routes", alone_or_together(ENDING))
async def test_nothing_of_another_commune_is_in_any_answer(routes: Together, database: str) -> None:
    async with province(database) as one:
        for route in routes:
            own = await call(route, one, token_for(route, one), RED)
            names_neither(own, BLUE, LOST)
            _check_own(route, own)


def _check_own(route: Route, own: Answered) -> None:
    if route.permission in NEEDS_NO_ACCOUNT:
        assert own.status < 500, route.name
    elif route.permission is Permission.METRICS_READ:
        assert own.status == 200, f"{route.name} is open on loopback"
    else:
        is_refused_first = own.status == 409 and route.name in REFUSED_FIRST
        assert own.status in {200, 201} or is_refused_first, (route.name, own.text)


@pytest.mark.parametrize(
    "routes",
    subjects(
        each
        for each in ENDING
        if (OF_ONE & set(each.path.split("/")) or each.body) and each.name not in OF_NO_PREMISES
    ),
)
async def test_what_is_elsewhere_is_answered_as_what_is_not_there(
    routes: Together, database: str
) -> None:
    async with province(database) as one:
        for route in routes:
            token = token_for(route, one)
            nowhere = await call(route, one, token, NOWHERE)
            assert nowhere.status in {400, 403, 404}, route.name
            for other in (BLUE, LOST):
                elsewhere = await call(route, one, token, other)
                assert elsewhere.status == nowhere.status, (route.name, other)
                is_named = thing(route, other, one) if "{id}" in route.path else f"cho-{other}"
                said = elsewhere.text.replace(is_named, NOWHERE).replace(f"area-{other}", NOWHERE)
                assert said == nowhere.text, (route.name, other)


@pytest.mark.parametrize("routes", subjects(each for each in ENDING if premises_query(each, "")))
async def test_premises_that_are_asked_for_by_name_are_not_there_either(
    routes: Together, database: str
) -> None:
    async with province(database) as one:
        for route in routes:
            token = token_for(route, one)
            own = await _asked_about(route, one, token, RED)
            assert (own.status, RED in own.text) == (200, True), route.name
            nowhere = await _asked_about(route, one, token, NOWHERE)
            for other in (BLUE, LOST):
                elsewhere = await _asked_about(route, one, token, other)
                assert elsewhere.status == nowhere.status, (route.name, other)
                assert _timeless(elsewhere, f"cho-{other}") == _timeless(nowhere, NOWHERE), route.name


async def _asked_about(route: Route, one: Province, token: str, commune: str) -> Answered:
    name = NOWHERE if commune == NOWHERE else f"cho-{commune}"
    return await one.ask(token, path_of(route, commune, one) + (premises_query(route, name) or ""))


def _timeless(answer: Answered, name: str) -> Any:
    said = dict(answer.said)
    said.pop("at", None)
    return str(said).replace(name, NOWHERE)


@pytest.mark.parametrize(
    "routes",
    subjects(
        each for each in ALERTING if each.permission not in NEEDS_NO_ACCOUNT | {Permission.METRICS_READ}
    ),
)
async def test_whoever_shows_no_account_or_has_no_permission_is_refused(
    routes: Together, database: str
) -> None:
    async with province(database, communes=(RED,)) as one:
        tokens = {each: one.accounts.add(each.value, Grant(role=each)) for each in ROLES}
        for route in routes:
            for nobody in (None, "wrong"):
                refused = await call(route, one, nobody, RED)
                assert refused.status == 401, route.name
                names_neither(refused, RED)
            for role, has in ROLES.items():
                if route.permission not in has | OF_ANY_ACCOUNT:
                    answered = await call(route, one, tokens[role], RED)
                    assert answered.status == 403, (route.name, role)


async def test_counts_are_those_of_ones_own_premises(database: str) -> None:
    async with province(database) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        both = one.accounts.add("both", Grant(role=Role.COMMUNE, area="province"))
        everywhere = one.accounts.add("all", Grant(role=Role.DUTY_OFFICER))
        counts = {
            token: (await one.ask(token, "/api/v1/incidents?kind=all&state=all&limit=1")).said["total"]
            for token in (red, both, everywhere, LOCAL_TOKEN)
        }
        assert counts[red] * 2 == counts[both] < counts[everywhere] == counts[LOCAL_TOKEN]
        account = (await one.ask(red, "/api/v1/ledger")).said
        assert account["summary"]["stored"] == 2


async def test_a_premises_that_moves_to_another_area_is_seen_there_at_once(database: str) -> None:
    async with province(database) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        path = f"/api/v1/incidents/{one.ids[BLUE]}"
        assert (await one.ask(red, path)).status == 404
        content = registered_with_move()
        await one.register(content)
        assert (await one.ask(red, path)).status == 200


def registered_with_move() -> Any:
    content = registered(RED, BLUE)
    moved = [each.model_copy(update={"area": f"area-{RED}"}) for each in content.premises]
    return content.model_copy(update={"premises": tuple(moved)})


async def test_a_right_to_see_is_no_right_to_act(database: str) -> None:
    async with province(database) as one:
        grants = of_area(Role.COMMUNE, RED), of_area(Role.SHIFT_LEADER, BLUE)
        token = one.accounts.add("two", *grants)
        close = {"by": "Anh Hai", "outcome": "genuine"}
        refused = await one.ask(
            token, f"/api/v1/incidents/{one.ids[RED]}/close", method="POST", body=close
        )
        assert (refused.status, "incidents:close" in refused.text) == (403, True)
        order = await one.ask(token, "/api/v1/overrides", method="POST", body=_order(f"cho-{RED}"))
        assert order.status == 403


async def test_the_tester_of_a_test_is_nobody_of_another_commune(database: str) -> None:
    async with province(database) as one:
        red = one.accounts.add("red", of_area(Role.HEAD_OF_PREMISES, RED))
        order = {
            "kind": "test",
            "premises": f"cho-{RED}",
            "by": "Anh Hai",
            "minutes": 5,
            "points": [f"smoke-2-{RED}"],
        }
        answers = [
            await one.ask(red, "/api/v1/overrides", method="POST", body={**order, "tester": name})
            for name in (f"head-{BLUE}", NOWHERE, f"head-{RED}")
        ]
        assert [each.status for each in answers] == [400, 400, 201]
        assert answers[0].text.replace(f"head-{BLUE}", NOWHERE) == answers[1].text


async def test_health_names_nobody_to_whoever_may_not_see_all_gateways(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        duty = one.accounts.add("duty", Grant(role=Role.DUTY_OFFICER))
        for token in (None, "wrong", red):
            found = await one.ask(token, "/healthz")
            assert (found.status, found.said["unreachable_count"]) == (200, 2)
            names_neither(found, RED, BLUE)
        for token in (duty, LOCAL_TOKEN):
            assert len((await one.ask(token, "/healthz")).said["unreachable"]) == 2
