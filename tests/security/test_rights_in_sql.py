"""Lists are filtered and counted alike by each kind of database, however many premises one sees."""

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from contract.incidents import IncidentKind
from tests.support.communes import BLUE, LOST, RED, of_area, province

LISTS = ("/api/v1/incidents?kind=all&state=all", "/api/v1/overrides?state=all", "/api/v1/signals")


async def test_an_account_of_a_commune_is_listed_its_own(database: str) -> None:
    async with province(database) as one:
        red = one.accounts.add("red", of_area(Role.AUDITOR, RED))
        none = one.accounts.add("none", Grant(role=Role.AUDITOR, area="elsewhere"))
        for path in LISTS:
            own = (await one.ask(red, path)).text
            assert (RED in own, BLUE in own, LOST in own) == (True, False, False)
            assert RED not in (await one.ask(none, path)).text
        assert (await one.ask(none, LISTS[0])).said["total"] == 0
        for name in ("a\u0000b", "a'b", "a" * 65):
            found = await one.ask(red, f"/api/v1/incidents/{name}")
            assert found.status == 404


@pytest.mark.parametrize("many", [0, 1, 40_000])
async def test_any_number_of_premises_is_one_condition(database: str, many: int) -> None:
    async with province(database) as one:
        within = frozenset([f"cho-{RED}", *(f"p{each}" for each in range(many))])
        found = await one.engine.transactions.read_for_web(
            lambda store: store.page_of_incidents(
                which="all", limit=100, kinds=list(IncidentKind), within=within
            )
        )
        assert {each.site.id for each in found.incidents if hasattr(each, "site")} == {f"cho-{RED}"}
        assert found.total == len(found.incidents)
