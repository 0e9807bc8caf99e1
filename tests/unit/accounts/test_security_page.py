"""docs/security.md has the same table of roles as the code."""

import re
from pathlib import Path

from accounts.domain.roles import ROLES, Role, RoleRights
from contract.http.permissions import Permission

ROOT = Path(__file__).parents[3]
SECTION = (ROOT / "docs" / "security.md").read_text().partition("\n## Accounts and roles\n")[2]
ALL_SEEN = "all that is to be seen"


def codes(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_role_is_explained_with_what_it_may_and_no_other() -> None:
    sentence = re.search(r"\*All that is to be seen\* is (.*?)\.", SECTION, re.DOTALL)
    assert sentence is not None
    seen = codes(sentence[1])
    explained = {}
    for row in re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \| (yes|no) \|$", SECTION, re.MULTILINE):
        named = (seen if ALL_SEEN in row[1] else []) + codes(row[1])
        explained[row[0]] = frozenset(map(Permission, named)), row[2] == "yes"
    assert explained == {
        each.value: (ROLES[each], RoleRights(each).needs_second_factor) for each in Role
    }
