"""The named reasons of signals and of the center's own findings, in words that people read."""

from alerting.domain.notification.network import GATEWAY_LOST
from alerting.domain.wording.families import CLOCKS, DECISIONS, FINDINGS, REASONS
from alerting.domain.wording.names import Names


def reason_in_words(reason: str, names: Names) -> str:
    """Return the *reason* of a signal or a finding in words; an unknown one is shown as it is."""
    for beginning, (key, places) in FINDINGS.items():
        if reason.startswith(beginning):
            members = reason.removeprefix(beginning).split(":")
            return names.words.text(
                key,
                **{each: names.of(each, member) for each, member in zip(places, members, strict=False)},
            )
    if reason == GATEWAY_LOST:
        return names.words.text("finding.gateway_lost")
    return names.words.name(REASONS, reason)


def decision_in_words(reason: str, names: Names) -> str:
    """Return the *reason* of a decision in words, or else that of a signal."""
    for kind in (DECISIONS, CLOCKS):
        if names.words.has(kind, reason):
            return names.words.name(kind, reason)
    return reason_in_words(reason, names)


def known_reason(reason: str, names: Names) -> str:
    """Return *reason* in words; "" of one that has none: the phase says as much."""
    said = decision_in_words(reason, names)
    return "" if said == reason and "_" in reason else said
