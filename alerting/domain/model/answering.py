"""Waiting for the answer of the person before, in the chain of a premises' people.

The time to answer counts from the delivery to that person and not from the confirmation: on a busy
modem the message may arrive as late as the time ends. The wait is bounded: a message that cannot be
delivered holds nobody back.
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
    """The moment from which a person is to be notified, and the delivery; *failed* if every attempt so
    far has.
    """

    since: Micros
    delivered_at: Micros | None = None
    failed: bool = False


Calls = Mapping[str, CallRecord]
"""Call records by the name under which the policy knows each person."""


def waits_until(
    stage: Stage, calls: Calls | None, *, latest: Micros, now: Micros, by_plan: Micros = 0
) -> Micros | None:
    """Return until when *stage* waits for the person before; None to notify *now*.

    Without *calls* nothing is known to wait for. *latest* ends the wait for somebody who has not been
    called yet. Who was called before *by_plan*, the moment for which the policy plans it, has had the
    time to answer when the stage is due: a message that arrives late holds up nobody further.
    """
    if not stage.follows or calls is None:
        return None
    before = calls.get(stage.follows)
    if before is None:
        until = min(now + stage.answer, latest)
    elif before.since < by_plan:
        return None
    elif before.delivered_at is not None:
        until = before.delivered_at + stage.answer
    else:
        until = before.since + stage.answer + (0 if before.failed else GRACE)
    return until if until > now else None
