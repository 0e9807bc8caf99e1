"""The row of a fire in the queue of a duty desk: clock, growth, what comes next, who was reached."""

from enum import StrEnum

from msgspec import Struct

from contract.times import Micros


class ClockStep(StrEnum):
    """The steps of the responders, in their order; each has a limit in the policy."""

    CONFIRM = "confirm"
    ACKNOWLEDGE = "acknowledge"
    DISPATCH = "dispatch"
    ARRIVE = "arrive"


class ResponderClock(Struct, frozen=True, kw_only=True):
    """The next step of the responders: due at *due_at*, which is *limit_s* after *from_at*."""

    step: ClockStep
    from_at: Micros
    due_at: Micros
    limit_s: float


class NamedContact(Struct, frozen=True, kw_only=True):
    """A contact, a roster or the command center, and the name that people read."""

    contact: str
    name: str


class ComingStage(Struct, frozen=True, kw_only=True):
    """The next notification if nobody acts: *stage* of the policy, or nothing where it repeats.

    It is of an *unconfirmed* fire where only a suspicion is told.
    """

    at: Micros
    stage: int | None
    unconfirmed: bool
    notify: list[NamedContact]


class ReachedContacts(Struct, frozen=True, kw_only=True):
    """The number of contacts that were notified, to whom a message was delivered, who has seen it, and
    who answered: four separate states.
    """

    notified: int
    delivered: int
    seen: int
    answered: int


class FireGrowth(Struct, frozen=True, kw_only=True):
    """The growth of a fire: its points and those still in fire, the first and the last that joined, and
    the number that joined within the last minute and the last five.
    """

    points: int
    standing: int
    first_at: Micros | None
    last_at: Micros | None
    last_minute: int
    last_five_minutes: int


class QueueRow(Struct, frozen=True, kw_only=True):
    """The part of a row of the queue beside the incident.

    Rows are sorted by *sort*, ascending: real fires with a clock that runs, by the time left and then by
    age; real fires without one; drills.
    """

    area_name: str | None
    lat: float | None
    lon: float | None
    growth: FireGrowth
    clock: ResponderClock | None
    next: ComingStage | None
    reached: ReachedContacts
    sort: tuple[int, Micros, Micros]
