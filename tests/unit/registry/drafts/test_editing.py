"""Rows that are put into a draft: read, refused where they lie elsewhere, based on what is there."""

from typing import Any

import pytest

from contract.personal_texts import masked
from registry.drafts.domain.access import DraftAccess
from registry.drafts.domain.comparison import compared, encoded_row, overlaid, row_of
from registry.drafts.domain.draft import DraftRow, DraftState
from registry.drafts.domain.editing import MOST_ROWS, BadEdit, Edit, edit, rebase
from registry.drafts.domain.entering import RowEdits
from registry.drafts.explaining import explained
from registry.model.registry import Registry
from tests.support.communes import BLUE, RED
from tests.support.reach import NamedReach
from tests.unit.registry.drafts.two_communes import ANYBODY, OF_RED, access, communes, draft

CHO_RED = f"cho-{RED}"


def made(edits: RowEdits, *, by: DraftAccess = ANYBODY, rows: tuple[DraftRow, ...] = ()) -> Edit:
    return edit(draft(), rows, communes(), edits=edits, access=by, now=9, explain=explained)


def refused(edits: RowEdits, *, by: DraftAccess = ANYBODY) -> list[tuple[str, str, str]]:
    with pytest.raises(BadEdit) as error:
        made(edits, by=by)
    return [(each.table, each.key, each.field) for each in error.value.errors]


def premises(of: str = RED, **changed: Any) -> dict[str, Any]:
    row = row_of(communes(), "premises", f"cho-{of}")
    assert row is not None
    return row.model_dump(mode="json") | changed


def renamed(name: str = RED) -> RowEdits:
    return RowEdits(fields={"premises": {f"cho-{name}": {"name": "Chợ mới"}}})


def test_a_field_is_changed_and_all_others_stay() -> None:
    (row,) = made(renamed()).put
    change = compared(row, row.before)
    assert [(each.name, each.before, each.after) for each in change.fields] == [
        ("name", f"Chợ {RED}", "Chợ mới")
    ]


def test_a_field_within_a_table_of_the_row_is_changed_alone() -> None:
    first = made(
        RowEdits(fields={"premises": {CHO_RED: {"facility": {"floors_above": 2, "keys": "tủ"}}}})
    )
    second = made(
        RowEdits(fields={"premises": {CHO_RED: {"facility": {"floors_above": 3}}}}), rows=first.put
    )
    (row,) = second.put
    after = compared(row, row.before).fields[0].after
    assert (after["floors_above"], after["keys"]) == (3, "tủ")


def test_a_row_that_is_as_it_was_is_taken_out_of_the_draft() -> None:
    first = made(renamed())
    back = made(RowEdits(put={"premises": [premises()]}), rows=first.put)
    assert (back.put, back.drop) == ((), (("premises", CHO_RED),))
    reverted = made(RowEdits(revert={"premises": [CHO_RED]}), rows=first.put)
    assert reverted.drop == (("premises", CHO_RED),)


def test_every_fault_of_every_row_is_named_at_once() -> None:
    bad = RowEdits(
        put={
            "premises": [premises(lat=91.0), premises(BLUE, colour="red")],
            "zones": [{"id": "a", "premises": CHO_RED}],
        },
        remove={"points": [f"{CHO_RED}/nowhere"]},
    )
    assert refused(bad) == [
        ("premises", CHO_RED, "lat"),
        ("premises", f"cho-{BLUE}", "colour"),
        ("zones", f"{CHO_RED}/a", "name"),
        ("points", f"{CHO_RED}/nowhere", ""),
    ]


def test_an_unknown_table_is_named() -> None:
    assert refused(RowEdits(put={"colours": [{"id": "red"}]})) == [("colours", "", "")]


def test_a_row_is_named_once() -> None:
    assert refused(RowEdits(put={"premises": [premises(), premises()]})) == [("premises", CHO_RED, "")]


def test_a_row_keeps_its_key() -> None:
    moved = RowEdits(fields={"points": {f"{CHO_RED}/smoke-0-{RED}": {"premises": f"cho-{BLUE}"}}})
    assert refused(moved) == [("points", f"{CHO_RED}/smoke-0-{RED}", "premises")]


def test_a_masked_number_never_replaces_the_real_one() -> None:
    hidden = masked("0912345678")
    facility = {"facility": {"head_phone": hidden}}
    assert refused(RowEdits(fields={"premises": {CHO_RED: facility}})) == [
        ("premises", CHO_RED, "facility.head_phone")
    ]


RED_ALONE = access(OF_RED)
"""Somebody who proposes in one commune."""


@pytest.mark.parametrize(
    "edits",
    [
        RowEdits(put={"premises": [premises(BLUE, name="Chợ mới")]}),
        RowEdits(put={"zones": [{"id": "a", "premises": f"cho-{BLUE}", "name": "Dãy"}]}),
        RowEdits(put={"water": [{"id": "w", "name": "Ao", "kind": "pond", "area": f"area-{BLUE}"}]}),
        RowEdits(put={"water": [{"id": "w", "name": "Ao", "kind": "pond"}]}),
        RowEdits(put={"units": [{"id": "u", "name": "Đội", "kind": "station"}]}),
        RowEdits(put={"policies": [{"id": "p", "stages": [{"after_s": 0, "notify": ["duty"]}]}]}),
        RowEdits(put={"areas": [{"id": f"area-{RED}", "name": "Phường", "parent": None}]}),
        RowEdits(put={"contacts": [{"id": "new", "name": "Ai đó"}]}),
        RowEdits(put={"contacts": [{"id": "duty", "name": "Ai đó"}]}),
        RowEdits(put={"contacts": [{"id": f"head-{BLUE}", "name": "Ai đó"}]}),
        RowEdits(put={"means": [{"id": "m", "name": "Xe", "kind": "engine", "unit": f"team-{BLUE}"}]}),
        RowEdits(put={"premises": [premises(area=f"area-{BLUE}")]}),
        RowEdits(put={"premises": [premises(area=None)]}),
        RowEdits(fields={"water": {f"pond-{RED}": {"area": f"area-{BLUE}"}}}),
        RowEdits(put={"memberships": [{"id": "m", "premises": CHO_RED, "area": f"area-{BLUE}"}]}),
    ],
    ids=lambda each: next(iter(each.put or each.fields)),
)
def test_a_row_outside_ones_places_is_refused_before_and_after_the_change(edits: RowEdits) -> None:
    assert refused(edits, by=RED_ALONE)


@pytest.mark.parametrize("table", ["premises", "zones", "contacts", "water", "units", "means"])
def test_a_row_elsewhere_is_answered_as_one_that_is_not_there(table: str) -> None:
    names = {
        "premises": "cho-{}", "zones": "cho-{0}/zone-{0}", "contacts": "head-{}", "water": "pond-{}",
        "units": "team-{}", "means": "pump-{}",
    }  # fmt: skip
    for kind in ("fields", "remove"):
        answers = []
        for name in (BLUE, "nowhere"):
            key = names[table].format(name)
            edits = RowEdits(fields={table: {key: {"name": "x"}}} if kind == "fields" else {})
            edits = RowEdits(remove={table: [key]}) if kind == "remove" else edits
            with pytest.raises(BadEdit) as error:
                made(edits, by=RED_ALONE)
            answers.append([(each.error, each.remedy) for each in error.value.errors])
        assert answers[0] == answers[1]


def test_ones_own_rows_and_people_can_be_changed() -> None:
    edits = RowEdits(
        put={
            "contacts": [{"id": "deputy", "name": "Bà Tư"}, {"id": f"head-{RED}", "name": "Ông Ba"}],
            "premises": [premises(people=[f"head-{RED}", "deputy"])],
            "water": [{"id": "well", "name": "Giếng", "kind": "tank", "premises": CHO_RED}],
            "means": [{"id": "m", "name": "Xe", "kind": "engine", "unit": f"team-{RED}"}],
        }
    )
    assert len(made(edits, by=RED_ALONE).put) == 5


def test_moving_premises_takes_a_right_in_both_areas() -> None:
    move = RowEdits(fields={"premises": {CHO_RED: {"area": f"area-{BLUE}"}}})
    head = access(NamedReach(premises=frozenset({CHO_RED})))
    both = access(NamedReach(areas=frozenset({f"area-{RED}", f"area-{BLUE}"})))
    assert refused(move, by=head)
    assert made(move, by=both).put


def test_a_head_of_premises_changes_these_alone() -> None:
    head = access(NamedReach(premises=frozenset({CHO_RED})))
    assert made(renamed(), by=head).put
    assert refused(renamed(BLUE), by=head)


def test_a_draft_has_a_bounded_number_of_rows() -> None:
    rows = tuple(DraftRow("water", f"w-{number}", None, "{}") for number in range(MOST_ROWS))
    with pytest.raises(BadEdit, match="rows at most"):
        made(renamed(), rows=rows)


def test_an_edit_opens_a_submitted_draft_again_and_nobody_has_approved_it() -> None:
    again = edit(
        draft(state=DraftState.SUBMITTED, revision=3),
        (),
        communes(),
        edits=renamed(),
        access=access(NamedReach(everywhere=True), account="binh"),
        now=9,
        explain=explained,
    ).draft
    assert (again.state, again.approved, again.revision) == (DraftState.OPEN, None, 4)
    assert again.editors == ("an", "binh")


def changed_meanwhile(**fields: Any) -> Registry:
    content = communes()
    rows = [each.model_copy(update=fields if each.id == CHO_RED else {}) for each in content.premises]
    return content.model_copy(update={"premises": tuple(rows)})


def test_a_row_that_somebody_else_changed_is_a_conflict_until_the_draft_is_rebased() -> None:
    rows = made(renamed()).put
    newer = changed_meanwhile(address="2 đường mới")
    active = row_of(newer, "premises", CHO_RED)
    assert active is not None
    assert compared(rows[0], encoded_row(active)).is_conflict
    (again,) = rebase(draft(), rows, newer, version=2, access=ANYBODY, now=9).put
    change = compared(again, encoded_row(active))
    assert (change.is_conflict, [each.name for each in change.fields]) == (False, ["name"])


def test_rebasing_drops_what_somebody_else_did_already() -> None:
    again = rebase(
        draft(), made(renamed()).put, changed_meanwhile(name="Chợ mới"), version=2, access=ANYBODY, now=9
    )
    assert (again.put, again.drop, again.draft.based_on) == ((), (("premises", CHO_RED),), 2)


def test_a_draft_overlays_the_registry_with_its_rows() -> None:
    edits = RowEdits(
        put={"water": [{"id": "w", "name": "Ao", "kind": "pond"}]},
        fields={"premises": {CHO_RED: {"name": "Chợ mới"}}},
        remove={"means": [f"pump-{BLUE}"]},
    )
    after = overlaid(communes(), made(edits).put)
    assert row_of(after, "water", "w")
    assert row_of(after, "means", f"pump-{BLUE}") is None
    assert [each.name for each in after.premises] == ["Chợ mới", f"Chợ {BLUE}"]
