"""Rights end at the borders of one's areas, on every day and in any tree."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.actor import Actor, ActorKind, Evidence, Grant, local_actor
from accounts.domain.areas import AreaNode, AreaTree, Validity
from accounts.domain.rights import Rights
from accounts.domain.roles import ROLES, Role
from contract.http.permissions import Permission

TODAY = date(2026, 11, 29)
SEE = Permission.INCIDENTS_READ


def actor(*grants: Grant, scopes: frozenset[Permission] | None = None) -> Actor:
    return Actor(
        account="an",
        name="An",
        kind=ActorKind.PERSON,
        evidence=Evidence.PASSWORD,
        grants=grants,
        scopes=scopes,
    )


def tree(parents: dict[str, str | None], premises: dict[str, str]) -> AreaTree:
    return AreaTree((AreaNode(each, parent) for each, parent in parents.items()), premises.get)


PROVINCE = tree(
    {"camau": None, "phuong-1": "camau", "xa-2": "camau"}, {"market": "phuong-1", "school": "xa-2"}
)


def test_a_commune_sees_its_own_premises_and_no_others() -> None:
    rights = Rights(actor(Grant(role=Role.COMMUNE, area="phuong-1")), PROVINCE, TODAY)
    assert rights.within(SEE, ["market", "school", "unregistered"]) == {"market"}


def test_the_province_sees_all_communes_but_not_what_is_in_no_area() -> None:
    rights = Rights(actor(Grant(role=Role.COMMANDER, area="camau")), PROVINCE, TODAY)
    assert rights.within(SEE, ["market", "school", "unregistered"]) == {"market", "school"}


def test_a_role_everywhere_sees_the_unregistered_too() -> None:
    rights = Rights(actor(Grant(role=Role.DUTY_OFFICER)), PROVINCE, TODAY)
    assert rights.may_in(SEE, "unregistered")
    assert rights.everywhere(SEE)


def test_rights_of_one_role_are_not_had_where_another_is_held() -> None:
    rights = Rights(
        actor(
            Grant(role=Role.SHIFT_LEADER, area="phuong-1"),
            Grant(role=Role.TEAM_MEMBER, premises="school"),
        ),
        PROVINCE,
        TODAY,
    )
    assert rights.may_in(Permission.INCIDENTS_CLOSE, "market")
    assert not rights.may_in(Permission.INCIDENTS_CLOSE, "school")


def test_a_role_before_or_after_its_days_is_no_role() -> None:
    ended = Grant(role=Role.COMMUNE, area="phuong-1", validity=Validity(until=TODAY))
    coming = Grant(role=Role.COMMUNE, area="phuong-1", validity=Validity(since=date(2026, 11, 30)))
    assert not Rights(actor(ended, coming), PROVINCE, TODAY).may(SEE)


def test_an_area_that_moved_to_another_parent_is_that_ones_from_the_day_on() -> None:
    moved = AreaTree(
        [
            AreaNode("a"),
            AreaNode("b"),
            AreaNode("hamlet", "a", Validity(until=TODAY)),
            AreaNode("hamlet", "b", Validity(since=TODAY)),
        ],
        {"market": "hamlet"}.get,
    )
    of_a = actor(Grant(role=Role.COMMUNE, area="a"))
    assert Rights(of_a, moved, date(2026, 11, 28)).may_in(SEE, "market")
    assert not Rights(of_a, moved, TODAY).may_in(SEE, "market")


def test_scopes_of_a_token_narrow_its_role() -> None:
    held = actor(Grant(role=Role.INTEGRATION), scopes=frozenset({Permission.FEED_READ}))
    rights = Rights(held, PROVINCE, TODAY)
    assert rights.may_in(Permission.FEED_READ, "market")
    assert not rights.may(SEE)


def test_scopes_never_add_what_the_role_has_not() -> None:
    held = actor(Grant(role=Role.TEAM_MEMBER), scopes=frozenset({Permission.REGISTRY_WRITE}))
    assert not Rights(held, PROVINCE, TODAY).may(Permission.REGISTRY_WRITE)


def test_this_machine_itself_may_do_everything() -> None:
    rights = Rights(local_actor(Evidence.LOOPBACK), PROVINCE, TODAY)
    assert all(rights.may_in(each, "unregistered") for each in Permission)


def test_an_auditor_changes_nothing() -> None:
    changing = {
        Permission.INCIDENTS_ACT, Permission.INCIDENTS_CLOSE, Permission.OVERRIDES_ORDER,
        Permission.APPROVE, Permission.REGISTRY_WRITE, Permission.ACCOUNTS_MANAGE,
        Permission.KEYS_MANAGE,
    }  # fmt: skip
    assert not ROLES[Role.AUDITOR] & changing


NAMES = st.sampled_from([f"a{number}" for number in range(8)])
PARENTS = st.dictionaries(NAMES, st.none() | NAMES, max_size=8)
PREMISES = st.dictionaries(st.sampled_from([f"p{number}" for number in range(6)]), NAMES, max_size=6)


@given(PARENTS, PREMISES, NAMES)
def test_premises_are_seen_exactly_where_the_area_is_on_the_way_up(
    parents: dict[str, str | None], premises: dict[str, str], area: str
) -> None:
    rights = Rights(actor(Grant(role=Role.COMMUNE, area=area)), tree(parents, premises), TODAY)
    for each, nearest in premises.items():
        assert rights.may_in(SEE, each) == (area in _way_up(parents, nearest))


def _way_up(parents: dict[str, str | None], area: str | None) -> set[str]:
    way: set[str] = set()
    while area in parents and area not in way:
        way.add(area)
        area = parents[area]
    return way
