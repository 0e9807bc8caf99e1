"""In any tree of areas an account sees exactly the premises below its areas, in every list and by id."""

import asyncio
import tempfile
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from registry.model.registry import Registry
from tests.support.communes import LOCAL_TOKEN, Province, province, registered

PREMISES = ("ena", "dva", "tri", "cam", "nam")
"""Each with a fire, a fault and maintenance; the last one is not registered."""

AREAS = 6
LISTS = {
    "/api/v1/incidents?kind=all&state=all&limit=1000": "incidents",
    "/api/v1/overrides?state=all": "overrides",
    "/api/v1/signals": "signals",
    "/api/v1/gateways": "gateways",
    "/api/v1/ledger": "gateways",
}


@dataclass(frozen=True)
class World:
    """The parent of each area but the first, the area of each premises, and what an account holds."""

    parents: tuple[int, ...]
    places: tuple[int, ...]
    areas: frozenset[int]
    premises: frozenset[str]

    def sees(self, number: int) -> bool:
        """Return whether the account sees a premises, told apart from how the program finds it."""
        if PREMISES[number] in self.premises:
            return True
        return number < len(self.places) and bool(self.areas & set(self.way_up(self.places[number])))

    def way_up(self, area: int) -> list[int]:
        return [area] if area == 0 else [area, *self.way_up(self.parents[area - 1])]

    def registry(self) -> Registry:
        known = registered(*PREMISES[:-1])
        areas = [
            {"id": f"a{each}", "name": f"a{each}", "parent": _parent(self.parents, each)}
            for each in range(AREAS)
        ]
        fields = known.model_dump(exclude_none=True)
        places = [
            {**row, "area": f"a{area}"}
            for row, area in zip(fields["premises"], self.places, strict=True)
        ]
        return Registry.model_validate({**fields, "areas": areas, "premises": places})


def _parent(parents: tuple[int, ...], area: int) -> str | None:
    return None if area == 0 else f"a{parents[area - 1]}"


WORLDS = st.builds(
    World,
    parents=st.tuples(*(st.integers(0, each) for each in range(AREAS - 1))),
    places=st.tuples(*(st.integers(0, AREAS - 1) for _ in PREMISES[:-1])),
    areas=st.frozensets(st.integers(0, AREAS - 1), max_size=2),
    premises=st.frozensets(st.sampled_from(PREMISES), max_size=1),
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds=st.lists(WORLDS, min_size=3, max_size=6))
def test_an_account_sees_exactly_what_is_below_its_areas(worlds: list[World]) -> None:
    asyncio.run(_all_as_expected(worlds))


async def _all_as_expected(worlds: list[World]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with province(f"sqlite:///{folder}/center.db", communes=PREMISES) as one:
            for number, world in enumerate(worlds):
                await one.register(world.registry())
                await _as_expected(one, world, token=f"t{number}")


async def _as_expected(one: Province, world: World, *, token: str) -> None:
    grants = [Grant(role=Role.AUDITOR, area=f"a{each}") for each in world.areas]
    grants += [Grant(role=Role.AUDITOR, premises=f"cho-{each}") for each in world.premises]
    one.accounts.add(token, *(grants or [Grant(role=Role.AUDITOR, area="nowhere")]))
    seen = {f"cho-{name}" for number, name in enumerate(PREMISES) if world.sees(number)}
    for path, listed in LISTS.items():
        said = (await one.ask(token, path)).said
        assert {_premises(each) for each in said[listed]} == seen & set(await _there(one, path, listed))
        if "total" in said:
            assert said["total"] == len(said[listed])
    for name, incident in one.ids.items():
        status = (await one.ask(token, f"/api/v1/incidents/{incident}")).status
        assert status == (200 if f"cho-{name}" in seen else 404)


async def _there(one: Province, path: str, listed: str) -> set[str]:
    """Return the premises that this machine itself finds in the list."""
    return {_premises(each) for each in (await one.ask(LOCAL_TOKEN, path)).said[listed]}


def _premises(listed: Any) -> str:
    found = listed["premises"]
    return str(found["id"] if isinstance(found, dict) else found)
