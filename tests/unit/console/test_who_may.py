"""The pages say of each act who may do it, as the center decides it."""

import re
from pathlib import Path

from accounts.domain.roles import ROLES, Role
from contract.http.permissions import Permission

MAY = (Path(__file__).parents[3] / "console" / "web" / "src" / "data" / "may.ts").read_text()


def said() -> dict[Permission, set[Role]]:
    """Return the roles that the pages name, by permission."""
    table = re.search(r"const ROLES = \{(.*?)\n\} as const", MAY, re.DOTALL)
    assert table is not None
    rows = re.findall(r'"([a-z]+:[a-z]+)": \[(.*?)\]', table[1], re.DOTALL)
    return {
        Permission(name): {Role(each) for each in re.findall(r'"([a-z-]+)"', row)} for name, row in rows
    }


def test_the_pages_name_the_roles_of_people_that_may_and_no_others() -> None:
    assert said() == {
        permission: {role for role in Role if permission in ROLES[role] and role is not Role.INTEGRATION}
        for permission in said()
    }


def test_the_pages_name_every_permission_by_which_they_act() -> None:
    assert {Permission.INCIDENTS_CLOSE, Permission.APPROVE, Permission.OVERRIDES_ORDER} <= set(said())
