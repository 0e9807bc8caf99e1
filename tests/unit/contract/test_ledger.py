"""The ledger: nothing is called lost or stored because somebody claims it."""

from contract.coverage import Coverage
from contract.ledger import EpochCount, LedgerLine, ledger_line
from contract.messages import LaneState


def account(
    coverage: Coverage, *, stored: int, quarantined: int = 0, last: int, depth: int = 0, skipped: int = 0
) -> LedgerLine:
    counted = EpochCount(
        coverage=coverage, stored=stored, quarantined=quarantined, duplicated=0, heard_at=1
    )
    said = LaneState(epoch="e", depth=depth, oldest_age_s=0.0, last_seq=last, skipped=skipped)
    return ledger_line(("p", "g", "e"), counted, said)


def test_all_that_was_sent_is_stored_quarantined_claimed_waiting_or_missing() -> None:
    found = account(Coverage([(5, 6), (9, 9)], 5), stored=3, last=10, depth=1)
    assert (found.sent, found.stored, found.claimed, found.waiting, found.missing) == (10, 3, 4, 1, 2)
    assert found.first_missing == [7, 8, 10]


def test_a_poisoned_floor_hides_no_loss() -> None:
    coverage = Coverage([(1, 4)])
    coverage.note_message([2**53], 2**53)
    found = account(coverage, stored=5, last=6)
    assert (found.claimed, found.missing, found.first_missing) == (0, 2, [5, 6])


def test_a_seen_signal_that_is_no_longer_stored_is_missing() -> None:
    assert account(Coverage([(1, 10)]), stored=7, quarantined=1, last=10).missing == 2


def test_a_signal_that_the_disk_of_the_site_refused_is_not_missing() -> None:
    assert account(Coverage([(1, 3), (5, 6)]), stored=5, last=6, skipped=1).missing == 0
