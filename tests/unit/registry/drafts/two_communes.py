"""A registry of two communes, and whoever works in them."""

from dataclasses import replace
from typing import Any

from registry.drafts.domain.access import DraftAccess
from registry.drafts.domain.draft import Draft
from registry.model.registry import Registry
from tests.support.communes import BLUE, RED, registered
from tests.support.reach import EVERYWHERE, NOWHERE, NamedReach

OF_RED = NamedReach(areas=frozenset({f"area-{RED}"}))


def communes() -> Registry:
    """Return the registry, with what both communes share and water, units and means of each."""
    content = registered(RED, BLUE).model_dump(mode="json")
    content["contacts"].append({"id": "duty", "name": "Trực ban", "webhook": "http://127.0.0.1:1/duty"})
    content["policies"] = [{"id": "province", "stages": [{"after_s": 0, "notify": ["duty"]}]}]
    for each in content["premises"]:
        each["policy"] = "province"
    for name in (RED, BLUE):
        content["water"] = [
            *content["water"],
            {"id": f"pond-{name}", "name": f"Ao {name}", "kind": "pond", "area": f"area-{name}"},
        ]
        content["units"] = [
            *content["units"],
            {"id": f"team-{name}", "name": name, "kind": "civil-defence", "area": f"area-{name}"},
        ]
        content["means"] = [
            *content["means"],
            {"id": f"pump-{name}", "name": name, "kind": "pump", "unit": f"team-{name}"},
        ]
    return Registry.model_validate(content)


def access(reach: NamedReach, *, writes: bool = False, account: str = "an") -> DraftAccess:
    """Return what somebody may do who proposes in *reach*, and applies there if it *writes*."""
    write = reach if writes else NOWHERE
    return DraftAccess(
        account=account,
        name=f"Chị {account}",
        is_person=True,
        read=reach,
        propose=reach,
        write=write,
        approve=write,
    )


def draft(**changed: Any) -> Draft:
    """Return a draft of An."""
    made = Draft(
        id="d-1",
        account="an",
        name="Chị An",
        based_on=1,
        made_at=1,
        changed_at=1,
        editors=("an",),
    )
    return replace(made, **changed)


ANYBODY = access(EVERYWHERE, writes=True)
