"""The wait of the next of a premises' people: until the one before has had the time to answer.

That time counts from the delivery to him, and not from the confirmation: on a modem on which others
wait, the message may come as late as the time ends. It is bounded: what cannot be delivered holds nobody
back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from alerting.domain.model.incident import Stage
from contract.times import SECOND, Micros

GRACE = 15 * SECOND
"""Microseconds that the next one waits longer where the one before has not been reached, nor failed to
be: that each first notice of three fires is out on a modem of 3 s a part takes 30 s, which is within
both."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """Since when a person is to be told, and when they were; *failed* where every attempt so far has."""

    since: Micros
    delivered_at: Micros | None = None
    failed: bool = False


Calls = Mapping[str, CallRecord]
"""By the name under which the policy knows each person."""


def waits_until(stage: Stage, calls: Calls | None, *, latest: Micros, now: Micros) -> Micros | None:
    """Until when *stage* must wait for the person before; None where it is told *now*.

    Nobody is known to wait for without *calls*. *latest* ends the wait for somebody who is not even
    called yet.
    """
    if not stage.follows or calls is None:
        return None
    before = calls.get(stage.follows)
    if before is None:
        until = min(now + stage.answer, latest)
    elif before.delivered_at is not None:
        until = before.delivered_at + stage.answer
    else:
        until = before.since + stage.answer + (0 if before.failed else GRACE)
    return until if until > now else None
