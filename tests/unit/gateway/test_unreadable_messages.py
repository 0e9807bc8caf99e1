"""A source of which something is not understood is in fault until it is readable again."""

from contract.messages import Scope
from gateway.domain.dialects.outcome_counts import OutcomeCounts
from gateway.domain.model.conditions import ConditionChange, ConditionSet
from gateway.domain.supervision.unreadable_messages import (
    FORGOTTEN_AFTER_S,
    READABLE_FOR_S,
    UnreadableMessageWatch,
)
from tests.unit.gateway.bench_point import moment

RAISED = ["raised unreadable_messages"]


def watch() -> UnreadableMessageWatch:
    return UnreadableMessageWatch(ConditionSet(Scope.LINE, "zigbee"))


def story(changes: list[ConditionChange]) -> list[str]:
    return [f"{each.edge} {each.reason}" for each in changes]


def test_an_unreadable_message_is_reported_at_once_and_once() -> None:
    here = watch()
    assert story(here.note_unreadable("bep", moment(0))) == RAISED
    assert here.note_unreadable("bep", moment(1)) == []
    assert here.note_unreadable("kho", moment(2)) == []
    assert here.senders == ("bep", "kho")


def test_it_is_over_when_its_sender_was_understood_for_a_while() -> None:
    here = watch()
    here.note_unreadable("bep", moment(0))
    here.note_understood("bep")
    assert here.tick(moment(READABLE_FOR_S - 1)) == []
    assert story(here.tick(moment(READABLE_FOR_S))) == ["restored unreadable_messages"]


def test_another_sender_that_is_understood_ends_nothing() -> None:
    here = watch()
    here.note_unreadable("bep", moment(0))
    here.note_understood("kho")
    assert here.tick(moment(READABLE_FOR_S + 1)) == []
    assert story(here.tick(moment(FORGOTTEN_AFTER_S))) == ["restored unreadable_messages"]


def test_a_sender_that_alternates_between_readable_and_unreadable_stays_in_fault() -> None:
    here = watch()
    changes = []
    for t in range(0, 2_000, 50):
        changes += here.note_unreadable("bep", moment(t))
        here.note_understood("bep")
        changes += here.tick(moment(t + 20))
    assert story(changes) == RAISED


def test_however_many_senders_are_not_understood_memory_is_bounded() -> None:
    here = watch()
    for number in range(1_000):
        here.note_unreadable(f"s-{number}", moment(0))
    assert len(here.senders) <= 101


def test_unknown_fields_are_counted_by_name_up_to_a_bound() -> None:
    fates = OutcomeCounts()
    for number in range(1_000):
        fates.note_unknown([f"field_{number}", "x" * 500])
    assert len(fates.unknown_fields) <= 101
    assert sum(fates.unknown_fields.values()) == 2_000
