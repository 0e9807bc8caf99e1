"""What a person's act leads to: the incident is taken, or ended."""

from alerting.domain.effects import CancelDeadline, Entry, Mark, Notice, Refusal, Refuse, Told
from alerting.domain.escalation import WINDOW, cancelled
from alerting.domain.events import Acknowledge, Close
from alerting.domain.incident import Incident, Outcome, Phase
from alerting.domain.telling import Decision, deliver
from contract.times import Micros


def act(incident: Incident, event: Acknowledge | Close, now: Micros) -> Decision:
    """What becomes of *incident* by what a person did."""
    if isinstance(event, Close):
        return _close(incident, event.by, outcome=event.outcome, now=now)
    return _acknowledge(incident, event.by, now)


def _acknowledge(incident: Incident, by: str, now: Micros) -> Decision:
    """*by* takes the incident, which ends its escalation; twice is the same as once."""
    if incident.phase is Phase.CLOSED:
        return incident, [Refuse(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    if incident.phase is Phase.ACKNOWLEDGED:
        taken = incident.owner or ""
        return incident, [] if taken == by else [Refuse(Refusal.OWNED_BY_ANOTHER, taken)]
    reason, turn = "acknowledged_by_operator", incident.acknowledgements + 1
    after = incident.moved(
        Phase.ACKNOWLEDGED, reason=reason, owner=by, acknowledged_at=now, acknowledgements=turn
    )
    return after, [
        Entry(Mark.ACKNOWLEDGED, reason, {"by": by}),
        *cancelled(after),
        *deliver(after, after.told, told=Told.ACKNOWLEDGED, reason=reason, now=now, turn=turn),
        Notice(reason, by),
    ]


def _close(incident: Incident, by: str, *, outcome: Outcome, now: Micros) -> Decision:
    """*by* ends the incident, whoever has taken it; all who were told learn that."""
    if incident.phase is Phase.CLOSED:
        same = incident.closed_by == by and incident.outcome is outcome
        return incident, [] if same else [Refuse(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    reason = "closed_by_operator"
    after = incident.moved(Phase.CLOSED, reason=reason, outcome=outcome, closed_by=by, closed_at=now)
    return after, [
        Entry(Mark.CLOSED, reason, {"by": by, "outcome": outcome.value}),
        CancelDeadline(WINDOW),
        *cancelled(after),
        *deliver(after, after.told, told=Told.CLOSED, reason=reason, now=now),
        Notice(reason, by),
    ]
