"""Training: a fire that the center itself makes for one person who learns. It notifies nobody.

It is of an exercise of its own, whose name no drill can have, and whose fires only ``training_event``
makes: no signal that came from a gateway is ever routed to it (docs/adr/0070).
"""

from alerting.domain.model.events import (
    DRILL_PART,
    ClockSource,
    FireSignalStored,
    SignalSubject,
    StoredSignal,
)
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident, PremisesSnapshot
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND, Micros

PREMISES_PREFIX = "huan-luyen"
"""The beginning of the ids of premises that are there to learn at."""

_TRAINING = "~"
"""The beginning of the name of a training's exercise. That of a drill is its id, which never has it."""

TRAINING_PART = f"{DRILL_PART}{_TRAINING}"
"""The beginning of the part of a fire in a training."""

LONGEST_NAME = 62
"""Letters of an account in the part of its training: the column of parts has 64."""

LONGEST = 30 * 60 * SECOND
"""Microseconds after which a training ends by itself."""

EPOCH = "training"
"""The epoch of signals that are stored nowhere."""


def exercise_of(account: str) -> str:
    """Return the exercise in which *account* trains: each has one, open once at most."""
    return f"{_TRAINING}{account[:LONGEST_NAME]}"


def trainee_of(incident: Incident) -> str | None:
    """Return the account that learns by *incident*, as its part has it; None where it is no training."""
    if not isinstance(incident, FireIncident) or incident.exercise is None:
        return None
    is_training = incident.exercise.startswith(_TRAINING)
    return incident.exercise.removeprefix(_TRAINING) if is_training else None


def is_training(incident: Incident) -> bool:
    """Return whether *incident* is of a training."""
    return trainee_of(incident) is not None


def is_for_training(premises: str) -> bool:
    """Return whether *premises* are there to learn at."""
    return premises.startswith(PREMISES_PREFIX)


def training_signal(gateway: str, point: str, *, number: int, now: Micros) -> StoredSignal:
    """Return the fire of *point*, the *number*-th signal of a training, as it would be stored."""
    signal = Signal(
        seq=number,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name=point,
        reason="smoke_above_alarm",
        changed_at=now,
        committed_at=now,
        quantity="smoke",
        value=0.3,
    )
    return StoredSignal(gateway, EPOCH, signal, now, now, ClockSource.GATEWAY)


def training_event(
    stored: StoredSignal, subject: SignalSubject, site: PremisesSnapshot, *, account: str
) -> FireSignalStored:
    """Return the event of a fire in the training of *account*."""
    return FireSignalStored(stored, subject, site, 0, drill=exercise_of(account))
