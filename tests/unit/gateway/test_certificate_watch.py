"""A certificate that nears its end is a fault, until it is renewed."""

from contract.messages import Edge, Scope
from contract.times import SECOND
from gateway.domain.model.conditions import ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.certificate_watch import CertificateWatch

DAY = 86_400 * SECOND


def moment(day: float) -> Moment:
    return Moment(round(day * DAY), day)


def watch() -> CertificateWatch:
    return CertificateWatch(ConditionSet(Scope.GATEWAY, "gw-1"), 0, 90 * DAY)


def test_a_renewal_is_due_from_day_60_of_90() -> None:
    assert not watch().is_renewal_due(round(59.9 * DAY))
    assert watch().is_renewal_due(60 * DAY)


def test_a_certificate_that_was_not_renewed_is_a_fault_from_day_75_with_the_days_that_are_left() -> None:
    one = watch()
    assert one.tick(moment(74.9)) == []
    (change,) = one.tick(moment(75))
    assert (change.edge, change.reason, change.value) == (Edge.RAISED, "certificate_ends", 15)
    assert one.tick(moment(76)) == []


def test_the_fault_ends_with_the_renewal() -> None:
    one = watch()
    one.tick(moment(80))
    one.renew(80 * DAY, 170 * DAY)
    (change,) = one.tick(moment(81))
    assert change.edge is Edge.RESTORED


def test_a_certificate_that_cannot_be_read_is_a_fault_at_once() -> None:
    one = CertificateWatch(ConditionSet(Scope.GATEWAY, "gw-1"), 0, 0)
    assert one.is_renewal_due(DAY)
    assert [each.reason for each in one.tick(moment(1))] == ["certificate_ends"]
