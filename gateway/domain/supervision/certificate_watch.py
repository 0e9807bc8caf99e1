"""Report a certificate that nears its end as a fault: with it, the gateway would be silent."""

from contract.certificates import ends_soon_from, renewed_from
from contract.messages import Kind
from contract.times import SECOND, Micros
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

_ENDS = ConditionCause(Kind.FAULT, SignalReason.CERTIFICATE_ENDS)

_DAY_S = 86_400


class CertificateWatch:
    """The life of the gateway's certificate; one *until* 0 is a certificate that cannot be read."""

    def __init__(self, conditions: ConditionSet, since: Micros, until: Micros) -> None:
        self._conditions = conditions
        self.since = since
        self.until = until

    def renew(self, since: Micros, until: Micros) -> None:
        """Note that another certificate has taken its place."""
        self.since, self.until = since, until

    def is_renewal_due(self, at: Micros) -> bool:
        """Return whether the gateway asks for a new certificate."""
        return at >= renewed_from(self.since, self.until)

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by the part of its life that is over; the value is the days left."""
        if moment.at < ends_soon_from(self.since, self.until):
            return self._conditions.end(_ENDS, moment)
        days = (self.until - moment.at) / SECOND / _DAY_S
        return self._conditions.begin(_ENDS, moment, quantity="days", value=round(days, 1))
