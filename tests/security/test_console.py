"""The duty desk stands between browsers and the center, and opens nothing that the center does not."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import ROLES, Role
from console.domain.passing import NOT_PASSED
from contract.http.permissions import NEEDS_NO_ACCOUNT, OF_ANY_ACCOUNT, Permission
from contract.http.routes import Answer
from tests.security.test_every_route import ALERTING, BODIES, QUERIES, path_of
from tests.support.communes import BLUE, LOCAL_TOKEN, LOST, RED, of_area, province
from tests.support.desk_service import desk_service

PASSED = [each for each in ALERTING if each.path.startswith("/api/") and each.name not in NOT_PASSED]
ANSWERED = [
    each
    for each in PASSED
    if each.method == "GET" and each.permission not in NEEDS_NO_ACCOUNT
    if each.permission is not Permission.REPORTS_READ or each.name == "reportFigures"
]


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def test_every_route_answers_through_the_desk_as_it_answers_itself(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one, desk_service(one) as desk:
        for route in ANSWERED:
            role = next(each for each, has in ROLES.items() if route.permission in has | OF_ANY_ACCOUNT)
            session = one.accounts.add(f"red-{role.value}", of_area(role, RED))
            # Files take seconds, and are of the own commune as all else.
            for commune in (RED,) if route.answer is Answer.FILE else (RED, BLUE):
                path = path_of(route, commune, one).replace("{format}", "json")
                path += QUERIES.get(route.name, "").format(name=f"cho-{commune}")
                itself = await desk.ask(session, path, url=one.url)
                passed = await desk.ask(session, path)
                assert (passed.status, route.name) == (itself.status, route.name)
                assert timeless(passed.said) == timeless(itself.said), route.name


def timeless(said: Any) -> Any:
    """What an answer says, but for what differs from one moment to the next."""
    of_the_moment = {"at", "made_at", "as_of", "tables", "headings", "signature", "cursor"}
    if isinstance(said, list):
        return [timeless(each) for each in said]
    if not isinstance(said, dict):
        return said
    return {key: timeless(each) for key, each in said.items() if key not in of_the_moment}


async def test_who_shows_no_session_gets_401_and_nothing_else(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one, desk_service(one) as desk:
        for route in PASSED:
            if route.permission in NEEDS_NO_ACCOUNT:
                continue
            path = path_of(route, RED, one).replace("{format}", "json")
            body = None if route.body is None else BODIES[route.name](f"cho-{RED}")
            for session in (None, "nobodys"):
                kind = "application/octet-stream" if route.upload else "application/json"
                sent = json.dumps(body or {}).encode()
                answer = await desk.ask(
                    session, path, method=route.method, data=sent, headers={"Content-Type": kind}
                )
                assert (answer.status, route.name) == (401, route.name)
                assert RED not in answer.text
        for path in ("/live", "/map/settings", "/map/areas.geojson", "/map/premises.geojson"):
            assert (await desk.ask("nobodys", path)).status == 401


async def test_a_token_or_the_word_of_a_client_about_itself_is_not_passed_on(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one, desk_service(one) as desk:
        smuggled = {
            "Authorization": f"Bearer {LOCAL_TOKEN}",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Proto": "https",
            "Forwarded": "for=127.0.0.1",
            "X-Real-IP": "127.0.0.1",
            "Connection": "keep-alive, X-Forwarded-For, Cookie",
            "X-HTTP-Method-Override": "DELETE",
        }
        for path in ("/api/v1/incidents", "/api/v1/session", "/api/v1/access?permission=feed:read"):
            assert (await desk.ask(None, path, headers=smuggled)).status == 401
        session = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        who = await desk.ask(session, "/api/v1/session", headers=smuggled)
        assert who.said["account"] == "account-red"


async def test_only_what_is_described_is_passed_on(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one, desk_service(one) as desk:
        session = one.accounts.add("all", Grant(role=Role.DUTY_OFFICER))
        for path in (
            "/api/v1/feed",
            "/api/v1/nothing",
            "/api/v2/incidents",
            "/api/../healthz",
            "/api/v1/incidents/..%2f..%2f..%2fmetrics",
            "/api/v1/incidents/%2e%2e",
            "/api/v1/incidents/..\\..\\metrics",
            "/api/v1/premises/..%2F..%2Fsession/duties",
        ):
            answer = await desk.ask(session, path)
            assert answer.status in {400, 404}, (path, answer.status)
            assert "tocsin_alerting" not in answer.text
        asked = {"sessions": [{"session": session}]}
        checked = await desk.ask(session, "/api/v1/access/sessions", method="POST", body=asked)
        assert checked.status == 404


async def test_no_path_leads_out_of_the_pages(database: str, tmp_path: Path) -> None:
    async with province(database, communes=(RED,)) as one, desk_service(one) as desk:
        for path in (
            "/assets/../../pyproject.toml",
            "/..%2f..%2fetc/passwd",
            "//etc/passwd",
            "/etc/passwd",
        ):
            answer = await desk.ask(None, path)
            assert "root:" not in answer.text
            assert "tool.ruff" not in answer.text


async def test_a_page_of_another_site_changes_and_learns_nothing(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one, desk_service(one) as desk:
        session = one.accounts.add("all", Grant(role=Role.DUTY_OFFICER))
        act = f"/api/v1/incidents/{one.ids[RED]}/acknowledge"
        attempts: dict[str, dict[str, str | None]] = {
            "no header": {"X-Tocsin-Request": None},
            "another origin": {"Origin": "https://evil.example"},
            "another site": {"Sec-Fetch-Site": "cross-site"},
            "a form": {"Content-Type": "application/x-www-form-urlencoded"},
            "another name": {"Host": "evil.example"},
        }
        for name, headers in attempts.items():
            refused = await desk.ask(session, act, method="POST", body={}, headers=headers)
            assert refused.status in {403, 415, 421}, name
            presence = {"desk": "d1", "signs": {}}
            refused = await desk.ask(
                session, "/live/presence", method="POST", body=presence, headers=headers
            )
            assert refused.status in {403, 415, 421}, name
        for headers in (attempts["another origin"], attempts["another site"], attempts["another name"]):
            assert (await desk.ask(session, "/live", headers=headers)).status in {403, 421}
        untouched = await desk.ask(session, f"/api/v1/incidents/{one.ids[RED]}")
        assert untouched.said["owner"] is None


async def test_a_body_that_is_too_large_is_refused(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one, desk_service(one) as desk:
        session = one.accounts.add("all", Grant(role=Role.DUTY_OFFICER))
        large = json.dumps({"note": "x" * 2_000_000}).encode()
        headers = {"Content-Type": "application/json"}
        for path in (f"/api/v1/incidents/{one.ids[RED]}/acknowledge", "/live/presence"):
            refused = await desk.ask(
                session, path, method="POST", data=io.BytesIO(large), headers=headers
            )
            assert refused.status == 413, path


async def test_the_map_has_the_premises_of_the_person_alone(database: str) -> None:
    async with province(database, communes=(RED, BLUE, LOST)) as one, desk_service(one) as desk:
        session = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        for path in ("/map/premises.geojson", "/map/areas.geojson"):
            found = await desk.ask(session, path)
            assert found.status == 200
            assert BLUE not in found.text
            assert LOST not in found.text
