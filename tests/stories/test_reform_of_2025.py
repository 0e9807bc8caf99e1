"""The reform of 2025-07-01 is replayed: the old Xã Phước Long of Bạc Liêu becomes part of Xã Vĩnh Phước.

The areas are those that are delivered, with a team for each commune of the story; everything is
imported days before, and at midnight in Viet Nam the running center goes by the new law by itself.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from alerting.domain.model.events import Close
from alerting.domain.model.incident import Outcome
from contract.ids import IncidentId
from contract.times import to_micros
from registry.domain.area_history import UnitReason
from registry.domain.index import Index
from registry.files import read_registry
from registry.model.areas import Area, Membership
from registry.model.contacts import Contact
from registry.model.policies import Policy, PolicyStage
from registry.model.registry import Registry
from registry.model.rules import RuleKind
from tests.support.communes import BLUE, RED, Province, province, registered

DELIVERED = Path(__file__).parents[2] / "deploy" / "registry" / "areas-ca-mau.toml"
OLD, NEW = "xa-31876", "xa-31876-2025"
"""One code: the old Xã Phước Long, and the new Xã Vĩnh Phước that it lies in."""
NEIGHBOUR = "xa-31867-2025"
"""The new Xã Phước Long, which has the name and nothing of the territory."""
HAMLET = "ap-long-hoa"
"""A hamlet of the old Xã Phước Long, which goes on."""
SPLIT = "xa-32142"
"""Xã Đông Hưng, of which Xã Cái Nước and Xã Tân Hưng each received a part."""

IMPORTED = datetime(2025, 6, 29, 3, 0, tzinfo=UTC)
LAST_DAY = datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Viet Nam
MIDNIGHT = datetime(2025, 6, 30, 17, 0, tzinfo=UTC)
SECOND_DAY = datetime(2025, 7, 2, 3, 0, tzinfo=UTC)


@dataclass
class SetClock:
    """A clock that stands where a test sets it."""

    now: datetime = IMPORTED

    def __call__(self) -> datetime:
        """Return the time that was set."""
        return self.now


def content(
    *, area: str = OLD, memberships: Iterable[Membership] = (), rule: RuleKind = RuleKind.IMMEDIATE
) -> Registry:
    """Return premises RED in *area* and BLUE in the neighbour; each commune of the story has a team."""
    delivered, places = read_registry([DELIVERED]), registered(RED, BLUE)
    teams = {name: f"team-{name}" for name in (OLD, NEW, NEIGHBOUR, *parts_of(delivered))}
    areas = [
        each.model_copy(update={"team": (teams[each.id],)}) if each.id in teams else each
        for each in delivered.areas
    ]
    contacts = [
        Contact(id=name, name=name, webhook=f"http://127.0.0.1:1/{name}") for name in teams.values()
    ]
    policy = Policy(id="area", stages=(PolicyStage(after_s=0, notify=("area",)),))
    red, blue = places.premises
    return places.model_copy(
        update={
            "areas": (*areas, Area(id=HAMLET, name="Ấp Long Hòa", parent=OLD)),
            "zones": tuple(each.model_copy(update={"rule": rule}) for each in places.zones),
            "successions": delivered.successions,
            "contacts": (*places.contacts, *contacts),
            "policies": (policy,),
            "memberships": tuple(memberships),
            "premises": (
                red.model_copy(update={"area": area, "policy": "area"}),
                blue.model_copy(update={"area": NEIGHBOUR, "policy": "area"}),
            ),
        }
    )


def parts_of(delivered: Registry) -> list[str]:
    """Return the communes that received a part of SPLIT."""
    return [each.new for each in delivered.successions if each.old == SPLIT]


@asynccontextmanager
async def center(folder: Path, registry: Registry, clock: SetClock) -> AsyncIterator[Province]:
    """Serve a center without any incident yet, at the time of *clock*."""
    database = f"sqlite:///{folder}/center.db"
    async with province(database, communes=(), content=registry, clock=clock) as one:
        yield one


def of_commune(area: str) -> Grant:
    return Grant(role=Role.COMMUNE, area=area)


async def fire(one: Province, point: int = 0) -> IncidentId:
    """Have a fire at RED, and return its incident, which is closed."""
    await one.burn(RED, point=point)
    found = await one.engine.transactions.read(
        lambda store: store.list_incidents(which="open", limit=10)
    )
    await one.engine.operators.act(found[0].id, Close("Anh Hai", Outcome.GENUINE), now=one.clock())
    return found[0].id


async def listed(one: Province, token: str) -> dict[str, str | None]:
    """Return the incidents that *token* sees, each with its area."""
    answer = await one.ask(token, "/api/v1/incidents?state=all")
    return {each["id"]: each["area"] for each in answer.said["incidents"]}


async def notified(one: Province, incident: IncidentId, token: str) -> set[str]:
    answer = await one.ask(token, f"/api/v1/incidents/{incident}")
    return {name for name in answer.said["notified"] if name.startswith("team-")}


async def test_incidents_before_and_after_the_reform_belong_to_the_commune_of_their_day(
    tmp_path: Path,
) -> None:
    clock = SetClock()
    async with center(tmp_path, content(), clock) as one:
        old, new = one.accounts.add("old", of_commune(OLD)), one.accounts.add("new", of_commune(NEW))
        desk = one.accounts.add("desk", Grant(role=Role.DUTY_OFFICER))
        clock.now = LAST_DAY
        before = await fire(one)
        assert await listed(one, old) == {before: OLD}
        assert await listed(one, new) == {}
        clock.now = SECOND_DAY
        after = await fire(one, point=1)
        assert await listed(one, desk) == {before: OLD, after: NEW}
        assert await notified(one, before, desk) == {f"team-{OLD}"}
        assert await notified(one, after, desk) == {f"team-{NEW}"}


async def test_a_communes_account_sees_both_by_the_law_of_today(tmp_path: Path) -> None:
    clock = SetClock(LAST_DAY)
    async with center(tmp_path, content(), clock) as one:
        before = await fire(one)
        clock.now = SECOND_DAY
        after = await fire(one, point=1)
        new = one.accounts.add("new", of_commune(NEW))
        assert await listed(one, new) == {before: OLD, after: NEW}
        assert (await one.ask(new, f"/api/v1/incidents/{before}")).status == 200
        for name in (OLD, NEIGHBOUR):
            other = one.accounts.add(f"of-{name}", of_commune(name))
            assert await listed(one, other) == {}
            assert (await one.ask(other, f"/api/v1/incidents/{before}")).status == 404


async def test_the_province_of_today_sees_what_was_in_the_other_province(tmp_path: Path) -> None:
    clock = SetClock(LAST_DAY)
    async with center(tmp_path, content(), clock) as one:
        before = await fire(one)
        old, new = (
            one.accounts.add("95", of_commune("tinh-95")),
            one.accounts.add("96", of_commune("tinh-96-2025")),
        )
        assert await listed(one, old) == {before: OLD}
        assert await listed(one, new) == {}
        clock.now = MIDNIGHT
        assert await listed(one, old) == {}
        assert await listed(one, new) == {before: OLD}


async def test_rights_and_teams_change_at_midnight_in_viet_nam_without_an_import(
    tmp_path: Path,
) -> None:
    clock = SetClock(LAST_DAY)
    async with center(tmp_path, content(), clock) as one:
        version = one.engine.registry.current.version
        new = one.accounts.add("new", of_commune(NEW))
        first = await fire(one)
        assert await listed(one, new) == {}
        clock.now = MIDNIGHT
        second = await fire(one, point=1)
        assert await listed(one, new) == {first: OLD, second: NEW}
        assert await notified(one, second, new) == {f"team-{NEW}"}
        assert one.engine.registry.current.version == version


async def test_a_reader_of_the_feed_is_sent_the_new_territory_from_midnight_on(tmp_path: Path) -> None:
    clock = SetClock(LAST_DAY)
    async with center(tmp_path, content(), clock) as one:
        token = one.accounts.add("new", of_commune(NEW))
        headers = {"Authorization": f"Bearer {token}"}
        async with one.http.get(f"{one.url}/api/v1/feed", headers=headers) as feed:
            await one.burn(RED)
            clock.now = MIDNIGHT
            text = ""

            async def burnt_and_sent() -> bool:
                nonlocal text
                await one.burn(RED, point=1)
                try:
                    text += (await asyncio.wait_for(feed.content.readany(), 0.2)).decode()
                except TimeoutError:
                    return False
                return f"cho-{RED}" in text

            while not await burnt_and_sent():
                pass
        assert f"smoke-0-{RED}" not in text


async def test_a_split_commune_is_seen_and_notified_by_both_parts_until_a_row_names_one(
    tmp_path: Path,
) -> None:
    clock = SetClock(LAST_DAY)
    known = content(area=SPLIT)
    parts = parts_of(known)
    async with center(tmp_path, known, clock) as one:
        tokens = [one.accounts.add(name, of_commune(name)) for name in parts]
        clock.now = SECOND_DAY
        first = await fire(one)
        for token in tokens:
            assert await listed(one, token) == {first: None}
        assert await notified(one, first, tokens[0]) == {f"team-{name}" for name in parts}
        row = Membership(id="tan-hung", premises=f"cho-{RED}", area=parts[1])
        await one.register(content(area=SPLIT, memberships=[row]))
        second = await fire(one, point=1)
        assert await listed(one, tokens[0]) == {}
        assert await listed(one, tokens[1]) == {first: None, second: parts[1]}
        index = one.engine.registry.current.index
        found = index.unit_of_incident(None, f"cho-{RED}", to_micros(SECOND_DAY))
        assert (found.area, found.reason) == (parts[1], UnitReason.NAMED)


async def test_a_hamlet_goes_on_and_the_commune_above_it_is_the_one_of_the_day(tmp_path: Path) -> None:
    clock = SetClock(LAST_DAY)
    async with center(tmp_path, content(area=HAMLET), clock) as one:
        old, new = one.accounts.add("old", of_commune(OLD)), one.accounts.add("new", of_commune(NEW))
        first = await fire(one)
        assert await listed(one, old) == {first: HAMLET}
        assert await listed(one, new) == {}
        clock.now = MIDNIGHT
        second = await fire(one, point=1)
        assert await listed(one, old) == {}
        assert await listed(one, new) == {first: HAMLET, second: HAMLET}
        assert await notified(one, second, new) == {f"team-{NEW}"}


async def test_a_fire_suspected_before_midnight_keeps_its_area_and_is_confirmed_to_the_new_team(
    tmp_path: Path,
) -> None:
    clock = SetClock(LAST_DAY)
    async with center(tmp_path, content(rule=RuleKind.TYPE_B), clock) as one:
        new = one.accounts.add("new", of_commune(NEW))
        await one.burn(RED)
        clock.now = MIDNIGHT
        await one.burn(RED, point=1)
        (found,) = (await one.ask(new, "/api/v1/incidents")).said["incidents"]
        assert (found["phase"], found["area"]) == ("confirmed", OLD)
        assert f"team-{NEW}" in found["notified"]


async def test_the_area_stays_with_the_incident_when_the_registry_is_written_anew(
    tmp_path: Path,
) -> None:
    clock = SetClock(LAST_DAY)
    async with center(tmp_path, content(), clock) as one:
        before = await fire(one)
        clock.now = SECOND_DAY
        await one.register(content(area=NEW))
        new = one.accounts.add("new", of_commune(NEW))
        assert await listed(one, new) == {before: OLD}


def test_on_any_day_the_premises_are_in_one_commune() -> None:
    index = Index(content())
    for day in (date(2000, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2100, 1, 1)):
        assert index.unit_of(f"cho-{RED}", day).area == (NEW if day >= date(2025, 7, 1) else OLD)
