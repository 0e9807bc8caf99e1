"""Events of the incidents of a premises."""

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from alerting.domain.model.answering import Calls
from alerting.domain.model.condition import Condition
from alerting.domain.model.desk import NO_DESK, DeskWatch
from alerting.domain.model.fire import UNVERIFIED_PART, Phase
from alerting.domain.model.force import Forces
from alerting.domain.model.incident import IncidentCause, Outcome, PremisesSnapshot
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.rule import Rule
from alerting.domain.model.signal_order import SignalOrder
from contract.answers import AnswerKind, AnswerWay, AnswerWeight
from contract.messages import Edge, Kind, Signal
from contract.recovered_fires import is_unverified
from contract.times import Micros

DRILL_PART = "~"
"""Prefix of the part of a fire in a drill; no building's name begins with it."""


class ClockSource(StrEnum):
    """The clock that a signal's time of change comes from."""

    GATEWAY = "gateway"
    CORRECTED = "corrected_clock"
    BAD = "bad_clock"


class DetectorKind(StrEnum):
    """The kind of a registered point."""

    SMOKE = "smoke"
    HEAT = "heat"
    CO = "co"
    MULTI = "multi"
    MANUAL = "manual"
    LEVEL = "level"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class SignalSubject:
    """The point of a signal; *zone* and *detector* are None where it is unregistered.

    *rule* confirms its fire; *unavailable_partners* names the points that could do it, if all of them
    are out of service.
    """

    zone: str | None
    zone_name: str
    place: str
    detector: DetectorKind | None
    rule: Rule
    unavailable_partners: tuple[str, ...] = ()
    building: str = ""


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """A stored signal. *happened_at* is the change of its point by the trusted *clock*.

    *restored_at* is set where the end of the same condition overtook it.
    """

    gateway: str
    epoch: str
    signal: Signal
    received_at: Micros
    happened_at: Micros
    clock: ClockSource
    restored_at: Micros | None = None

    @property
    def is_unverified(self) -> bool:
        """Whether its gateway, which has a key, did not sign it."""
        return is_unverified(self.epoch)

    @property
    def order(self) -> SignalOrder:
        """Its place among the signals of its point."""
        signal = self.signal
        return SignalOrder(self.epoch, signal.seq, self.happened_at, signal.committed_at)


@dataclass(frozen=True, slots=True)
class FireSignalStored:
    """A signal was stored for the first time.

    *standing* are the points that the last incident of the premises left in fire when it was closed;
    they matter only where no incident is open and the signal raises fire. *drill* names the drill that
    its point takes part in.
    """

    stored: StoredSignal
    subject: SignalSubject
    site: PremisesSnapshot
    late_grace: Micros
    standing: tuple[PointInFire, ...] = ()
    drill: str | None = None

    @property
    def part(self) -> str:
        """The part of the premises that the fire belongs to: its building, or the *drill*.

        So an exercise is never mixed with a real fire, nor is one that nobody signed.
        """
        if self.stored.is_unverified:
            return UNVERIFIED_PART
        return self.subject.building if self.drill is None else f"{DRILL_PART}{self.drill}"

    @property
    def raises_fire(self) -> bool:
        """Whether a point raises fire."""
        return self.stored.signal.kind is Kind.FIRE and self.stored.signal.edge is Edge.RAISED


@dataclass(frozen=True, slots=True)
class TroubleSignalStored:
    """A fault or supervisory signal was stored for the first time; *site* has the policy for it.

    One that is *common* to many premises is notified to the command center once, in an incident of the
    network.
    """

    stored: StoredSignal
    site: PremisesSnapshot
    common: bool = False


@dataclass(frozen=True, slots=True)
class TroubleFound:
    """The center itself found that *condition* began, or ended, at *site*; no signal reports it.

    *part* separates the troubles of one premises that do not wait for each other. *more* began, or
    ended, at the same moment, and goes into the same message.
    """

    condition: Condition
    site: PremisesSnapshot
    edge: Edge
    part: str = ""
    more: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class TestSignalStored:
    """A signal of a point on test was stored for the first time."""

    stored: StoredSignal


@dataclass(frozen=True, slots=True)
class GatewayLost:
    """A gateway of the premises is no longer received, for the named *reason*."""

    gateway: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartnersLost:
    """All points that could confirm some point are out of service.

    *unavailable_partners* names them, by the key of the point that waits for them.
    """

    unavailable_partners: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DeadlineDue:
    """A deadline of the incident is due, by its *key* (``alerting.domain.decisions.escalation``).

    *reached* is true if anybody has received anything of the incident by then; *calls* are the call
    records for a stage, None where they are unknown. *desks* says whether a person is at a duty desk
    that watches the premises, *pending* has the other deadlines of the incident, where it is about that.
    """

    key: str
    reached: bool = True
    calls: Calls | None = None
    desks: DeskWatch = NO_DESK
    pending: tuple[tuple[str, Micros], ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A person acknowledges the incident, by an *account*."""

    by: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class MarkSeen:
    """A person has seen the incident, which stops nothing; *contact* is who it is in the registry."""

    by: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """A person advances the incident: *forces* are dispatched, on scene, or have it under control.

    *skipped* is the reason why the steps before were not taken; "" where they were.
    """

    by: str
    phase: Phase
    account: str = ""
    forces: Forces = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """A person closes the incident with its outcome, and its *cause* if it is known.

    Where points of a confirmed fire stand, a second person has *approve_within* microseconds to approve
    it; None where one person is enough. *account* is that of the first. *instead_of* is the moment of
    the proposal that waits already, and that this one replaces.
    """

    by: str
    outcome: Outcome
    account: str = ""
    approve_within: Micros | None = None
    cause: IncidentCause | None = None
    instead_of: Micros | None = None


@dataclass(frozen=True, slots=True)
class Approve:
    """A second person, by another *account*, approves what the first one asked for."""

    by: str
    account: str


@dataclass(frozen=True, slots=True)
class EndProposal:
    """A person ends what waits for a second one: who asked withdraws it, who could approve it *refuses*.

    *text* is the reason of a refusal.
    """

    by: str
    account: str
    text: str = ""
    _: KW_ONLY
    refuses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswered:
    """The information of *contact*, called *by*, about a fire; *kind* is None for their own *text*."""

    by: str
    contact: str
    kind: AnswerKind | None
    weight: AnswerWeight
    way: AnswerWay
    people: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class AddNote:
    """A person writes a note."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteCall:
    """A person notes a call to *whom*, who is a *contact* if registered, and what was *said*."""

    by: str
    whom: str
    answered: bool
    contact: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class OfferHandOver:
    """The owner, by an *account*, offers the incident to the account *to* of the name *to_name*."""

    by: str
    account: str
    to: str
    to_name: str


@dataclass(frozen=True, slots=True)
class AcceptHandOver:
    """A person, by an *account*, accepts the incident that its owner offers."""

    by: str
    account: str


@dataclass(frozen=True, slots=True)
class DeclineHandOver:
    """A person, by an *account*, declines an offered incident, or takes the offer back."""

    by: str
    account: str


@dataclass(frozen=True, slots=True)
class CheckStep:
    """A person checks the *step* of a procedure, or skips it for a *reason*; *text* is what it says."""

    by: str
    step: str
    text: str
    skipped: bool = False
    reason: str = ""


DeskAction = AddNote | NoteCall | OfferHandOver | AcceptHandOver | DeclineHandOver | CheckStep
"""An act at a desk that changes no phase; it is the same for incidents of all kinds."""

OperatorAction = Acknowledge | MarkSeen | Advance | Close | Approve | EndProposal
"""An action of a person that is another one for each kind of incident."""


@dataclass(frozen=True, slots=True)
class DeliverySucceeded:
    """A delivery to a destination succeeded over *channel*; *attempt* counts from 1."""

    delivery: str
    destination: str
    kind: str
    attempt: int
    channel: str = "webhook"


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """An attempt to notify a destination failed; it is repeated."""

    delivery: str
    destination: str
    kind: str
    attempt: int
    reason: str
    channel: str = "webhook"


Event = (
    FireSignalStored
    | TroubleSignalStored
    | TroubleFound
    | TestSignalStored
    | GatewayLost
    | PartnersLost
    | DeadlineDue
    | OperatorAction
    | DeskAction
    | PersonAnswered
    | DeliverySucceeded
    | DeliveryFailed
)
