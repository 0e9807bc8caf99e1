"""What can happen to the incidents of a premises."""

from dataclasses import dataclass
from enum import StrEnum

from alerting.domain.model.answering import Calls
from alerting.domain.model.fire import Phase, PointInFire
from alerting.domain.model.incident import Outcome, PremisesSnapshot
from alerting.domain.model.rule import Rule
from alerting.domain.model.trouble import Condition
from contract.messages import Edge, Kind, Signal
from contract.times import Micros

DRILL_PART = "~"
"""Prefix of the part of a fire in a drill; no building's name begins with it."""


class ClockSource(StrEnum):
    """Which clock tells when a signal's point changed."""

    GATEWAY = "gateway"
    CORRECTED = "corrected_clock"
    BAD = "bad_clock"


class DetectorKind(StrEnum):
    """What a registered point is."""

    SMOKE = "smoke"
    HEAT = "heat"
    CO = "co"
    MULTI = "multi"
    MANUAL = "manual"
    LEVEL = "level"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class SignalSubject:
    """The point that a signal is about; *zone* and *detector* are None where it is unregistered.

    *rule* is how its fire is confirmed; *unavailable_partners* names the
    points that could do it, if none can speak.
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
    """A stored signal. *happened_at* is when its point changed, by the *clock* that can be trusted.

    *restored_at* is set where the same condition's end overtook it.
    """

    gateway: str
    epoch: str
    signal: Signal
    received_at: Micros
    happened_at: Micros
    clock: ClockSource
    restored_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class FireSignalStored:
    """A signal was stored for the first time.

    *standing* are the points that the last incident of the premises left in fire when it was closed;
    they matter only where none is open and the signal raises fire. *drill* is the one whose point it is.
    """

    stored: StoredSignal
    subject: SignalSubject
    site: PremisesSnapshot
    late_grace: Micros
    standing: tuple[PointInFire, ...] = ()
    drill: str | None = None

    @property
    def part(self) -> str:
        """Which of the premises' fires it belongs to: that of its building, or that of the *drill*.

        So no exercise is ever mixed with a real fire.
        """
        return self.subject.building if self.drill is None else f"{DRILL_PART}{self.drill}"

    @property
    def raises_fire(self) -> bool:
        """Whether a point says that it is in fire."""
        return self.stored.signal.kind is Kind.FIRE and self.stored.signal.edge is Edge.RAISED


@dataclass(frozen=True, slots=True)
class TroubleSignalStored:
    """A fault or supervisory signal was stored for the first time; *site* says who is told of such.

    What is *common* to many premises the command center is told once, in another case.
    """

    stored: StoredSignal
    site: PremisesSnapshot
    common: bool = False


@dataclass(frozen=True, slots=True)
class TroubleFound:
    """The center found by itself that *condition* began, or ended, at *site*; no signal says so.

    *part* tells apart the troubles of one premises that do not wait for each other. *more* began, or
    ended, at the same moment, and is told in the same message.
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
    """A gateway of the premises is not heard any more, for the named *reason*."""

    gateway: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartnersLost:
    """None of the points that could confirm some point can speak any more.

    *unavailable_partners* names them, by the key of the point that waits for them.
    """

    unavailable_partners: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DeadlineDue:
    """A deadline of the incident came, by its *key* (``alerting.domain.decisions.escalation``).

    *reached* says whether anybody has received anything of the incident by then, *calls* who was called
    when, for a stage; None where nothing is known of that.
    """

    key: str
    reached: bool = True
    calls: Calls | None = None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A person takes the incident."""

    by: str


@dataclass(frozen=True, slots=True)
class MarkSeen:
    """A person has seen the incident, which stops nothing."""

    by: str


@dataclass(frozen=True, slots=True)
class Advance:
    """A person goes on with the incident: forces are dispatched, on scene, or have it under control."""

    by: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class Close:
    """A person ends the incident, naming what it was."""

    by: str
    outcome: Outcome


OperatorAction = Acknowledge | MarkSeen | Advance | Close
"""What a person does."""


@dataclass(frozen=True, slots=True)
class DeliverySucceeded:
    """A destination was told by *channel*; *attempt* counts from 1."""

    delivery: str
    destination: str
    kind: str
    attempt: int
    channel: str = "webhook"


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """A destination was not told; it is tried again."""

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
    | DeliverySucceeded
    | DeliveryFailed
)
