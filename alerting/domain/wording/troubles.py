"""Writes the messages about faults and supervisory signals, for whoever keeps a system in order."""

from itertools import islice

from alerting.domain.model.condition import Condition
from alerting.domain.model.effects import Notify
from alerting.domain.model.incident import STILL_NOT_ACKNOWLEDGED, Incident, Outcome
from alerting.domain.model.trouble import Trouble, TroublePhase
from alerting.domain.notification.center import CenterScope
from alerting.domain.watch.standing_alarm import is_standing_alarm
from alerting.domain.wording.families import CENTER_PARTS, CHANNELS, TROUBLE_LEADS, TROUBLES_LEFT
from alerting.domain.wording.names import Names
from alerting.domain.wording.reasons import reason_in_words
from contract.messages import Scope
from words.catalogue import Words

LONGEST_REASON = 63
"""Letters of an unknown reason that a sentence repeats."""

CONDITIONS_NAMED = 5
"""Number of conditions that a sentence names; the message itself lists more of them."""


def trouble_text(notification: Notify, trouble: Trouble, names: Names) -> str:
    """Return the text of a relay about *trouble*."""
    words, conditions = names.words, _conditions(trouble, names)
    if _is_watch_over(trouble):
        where = place(trouble, words)
        return words.text("trouble.watch_over", place=where, conditions=conditions)
    lead, left = _lead(notification, trouble, words), _left(trouble, words)
    return words.text("trouble.text", lead=lead, conditions=conditions, left=left)


def _lead(notification: Notify, trouble: Trouble, words: Words) -> str:
    """Return the kind, the place and the state, in this order."""
    where = place(trouble, words)
    if is_standing_alarm(trouble):
        lead = words.text("trouble.still_in_alarm", place=where)
    else:
        lead = words.name(TROUBLE_LEADS, trouble.kind, place=where)
    if trouble.phase is TroublePhase.CLOSED:
        return words.text("trouble.over", lead=lead)
    if trouble.phase is TroublePhase.ACKNOWLEDGED:
        return words.text("trouble.acknowledged", lead=lead, by=trouble.owner)
    if notification.reason == STILL_NOT_ACKNOWLEDGED:
        return words.text("trouble.not_acknowledged", lead=lead)
    return lead


def _is_watch_over(trouble: Trouble) -> bool:
    """Return whether a standing alarm ends; a new incident may have the point: not "restored"."""
    is_cleared = trouble.phase is TroublePhase.CLOSED and trouble.outcome is Outcome.CLEARED
    return is_cleared and is_standing_alarm(trouble)


def _left(trouble: Trouble, words: Words) -> str:
    """Return the words for how much is out of order still."""
    count = trouble.conditions.standing
    if count == 0:
        return words.text("trouble.none_left")
    if is_standing_alarm(trouble):
        return words.counted("trouble.left_in_alarm", count)
    return words.counted(TROUBLES_LEFT.key(trouble.kind), count)


def place(case: Incident, words: Words) -> str:
    """Return where *case* is; premises that nobody registered have but their id."""
    site = case.site
    if site.policy == "unregistered_premises":
        return words.text("premises.unregistered", id=site.id)
    if not site.address:
        return site.name
    return words.text("premises.with_address", name=site.name, address=site.address)


def _conditions(trouble: Trouble, names: Names) -> str:
    """Return what stands, the latest first; what was restored if nothing does."""
    latest, some_stand = trouble.conditions.latest_first(), trouble.conditions.standing > 0
    chosen = islice((each for each in latest if each.standing or not some_stand), CONDITIONS_NAMED)
    return "; ".join(_condition(each, names) for each in chosen)


def _condition(condition: Condition, names: Names) -> str:
    reason = reason_in_words(condition.reason, names)[:LONGEST_REASON]
    name = condition.name
    if condition.scope == Scope.POINT and (place := names.place(name)):
        return names.words.text("trouble.condition_at", place=place, name=name, reason=reason)
    return names.words.text("trouble.condition", name=_name(condition, names), reason=reason)


def _name(condition: Condition, names: Names) -> str:
    """Return the name of a part of the center, or the name that people gave it."""
    if condition.scope in CENTER_PARTS.members:
        return names.words.name(CENTER_PARTS, condition.scope)
    if condition.scope == CenterScope.CHANNEL and condition.name in CHANNELS.members:
        return names.words.name(CHANNELS, condition.name)
    is_person = condition.scope in {CenterScope.DESTINATION, CenterScope.CHANNEL}
    return names.person(condition.name) if is_person else condition.name
