"""The journal of a line keeps what came lately, and what told something for longer."""

from contract.messages import Edge, Kind, Scope
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.supervision.line_journal import MOST_ENTRIES, JournalOutcome, LineJournal

FIRE = ConditionChange(Kind.FIRE, Edge.RAISED, Scope.POINT, "kho", "detector_alarm", 7)


def test_entries_are_numbered_in_their_order_and_name_point_kind_and_signal() -> None:
    journal = LineJournal()
    journal.note_port(1, lost="")
    journal.note_bytes(2, JournalOutcome.READ, b"FIRE")
    journal.note_understood(3, "fire begins at z1", point=("kho", "level"), changes=[FIRE])
    journal.note_refused(4, "unknown_line", b"?", quarantined=True)
    journal.note_port(5, lost="unplugged")
    entries = journal.entries
    assert [each.number for each in entries] == [1, 2, 3, 4, 5]
    assert [each.outcome.value for each in entries] == ["open", "read", "understood", "refused", "lost"]
    assert entries[1].hex == "46 49 52 45"
    assert (entries[2].point, entries[2].kind) == ("kho", "level")
    assert entries[2].changes == ("kho fire raised: detector_alarm",)
    assert entries[3].quarantined


def test_polling_pushes_no_signal_and_no_refusal_out() -> None:
    journal = LineJournal()
    journal.note_refused(1, "wrong_crc", b"x", quarantined=False)
    journal.note_understood(2, "fire begins at z1", changes=[FIRE])
    for at in range(10 * MOST_ENTRIES):
        journal.note_bytes(at, JournalOutcome.SENT, b"poll")
        journal.note_understood(at, "alive")
    entries = journal.entries
    assert len(entries) == MOST_ENTRIES + 2
    assert [each.text for each in entries[:2]] == ["wrong_crc", "fire begins at z1"]


def test_a_long_frame_is_cut() -> None:
    journal = LineJournal()
    journal.note_bytes(1, JournalOutcome.READ, bytes(1_000))
    assert len(bytes.fromhex(journal.entries[0].hex)) == 300
