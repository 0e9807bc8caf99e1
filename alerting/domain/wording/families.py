"""Families of texts in the catalogues (words/vi/*.po): one text for each member of an enumeration."""

from alerting.domain.model.effects import ADVANCES, DEFERRABLE, TimelineEvent
from alerting.domain.model.events import ClockSource, DetectorKind
from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import (
    IncidentCause,
    IncidentKind,
    Outcome,
)
from alerting.domain.model.override import OVERRIDES, OverridePhase
from alerting.domain.model.reasons import AnswerReason, ConfirmationReason, DecisionReason, SkipReason
from alerting.domain.model.trouble import TroublePhase
from alerting.domain.notification.center import CenterScope
from alerting.domain.watch.synthetic_fire import Hop
from contract.answers import AnswerWeight
from contract.messages import Kind, Scope
from registry.model.contacts import ChannelKind
from registry.model.policies import CIRCLES, COMMAND_CENTER
from registry.model.templates import NotificationKind
from words.catalogue import family

FIRE_LEADS = family("fire.lead", set(NotificationKind) - DEFERRABLE)
"""Beginnings of the messages about a fire."""

FIRE_NEWS = family("fire.news", ADVANCES)
"""Progress of a fire, within the first message about it."""

NOTICES = family("notice", NotificationKind)
DETECTORS = family("detector", DetectorKind)
OUTCOMES = family("outcome", (*Outcome, IncidentKind.SILENCE, IncidentKind.MAINTENANCE))
CAUSES = family("cause", IncidentCause)
PHASES = family("phase", (*Phase, *TroublePhase, *OverridePhase))
CASES = family("case", IncidentKind)
KINDS = family("kind", Kind)
SCOPES = family("scope", (*Scope, *CenterScope))
CHANNELS = family("channel", ChannelKind)
CLOCKS = family("clock", (ClockSource.CORRECTED, ClockSource.BAD))
CENTER_PARTS = family(
    "center",
    (
        CenterScope.CLOCK,
        CenterScope.BROKER,
        CenterScope.DISK,
        CenterScope.AUDIT,
        CenterScope.ALARM_PATH,
    ),
)
RECIPIENTS = family("recipient", {*CIRCLES, COMMAND_CENTER})
EVENTS = family(
    "event", set(TimelineEvent) - {TimelineEvent.PRESENCE, TimelineEvent.CENTER, TimelineEvent.AUDIT}
)

ORDERS = family("order", OVERRIDES)
"""Orders of people, as a message about them begins."""

TROUBLE_LEADS = family("trouble.lead", (IncidentKind.FAULT, IncidentKind.SUPERVISORY))
TROUBLES_LEFT = family("trouble.left", (IncidentKind.FAULT, IncidentKind.SUPERVISORY))

SENDING_STEPS = family("sending_step", ("set-up", "network", "prompt"))
"""Steps of a channel that tries itself."""

HOPS = family("hop", Hop)
"""Hops of a round of the synthetic fire."""

ANSWER_WEIGHTS = family("answer_weight", AnswerWeight)
"""Relation to the premises of a person who says something of a fire."""

MILESTONES = (
    TimelineEvent.SUSPECTED,
    TimelineEvent.CONFIRMED,
    TimelineEvent.UNCONFIRMED,
    TimelineEvent.DELIVERED,
    TimelineEvent.SEEN,
    TimelineEvent.ACKNOWLEDGED,
    TimelineEvent.DISPATCHED,
    TimelineEvent.ON_SCENE,
    TimelineEvent.UNDER_CONTROL,
    TimelineEvent.CLOSED,
)
"""Events whose first time is reported, in the order in which they are meant to follow one another."""

MILESTONE_NAMES = family("milestone", MILESTONES)

REASONS = family("reason", ())
"""Reasons of signals: those of docs/protocol.md, 4.1; a gateway may have others."""

DECISIONS = family(
    "decision",
    (
        *ConfirmationReason,
        *SkipReason,
        *DecisionReason,
        *AnswerReason,
        *(IncidentKind.TEST, IncidentKind.DRILL, IncidentKind.SILENCE, IncidentKind.MAINTENANCE),
    ),
)
"""Reasons of the center's decisions."""

FINDINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "not_reached_by_": ("finding.not_reached", ("channel",)),
    "cannot_send:": ("finding.cannot_send", ("step",)),
    "round_lost:": ("finding.round_lost", ("hop",)),
    "step_missed:": ("finding.step_missed", ("person",)),
    "step_late:": ("finding.step_late", ("person",)),
    "audit_chain_broken:": ("finding.audit_chain_broken", ("row",)),
    "no_channel:": ("finding.no_channel", ("person",)),
    "not_set_up:": ("finding.not_set_up", ("person", "channel")),
    "refused_address:": ("finding.refused_address", ("person", "channel")),
    "at_other_gateway:": ("finding.at_other_gateway", ("registered", "configured")),
    "kind_differs:": ("finding.kind_differs", ("registered_kind", "configured_kind")),
}
"""Beginnings of the center's own reasons that end with names: the text of each, and the names in it."""
