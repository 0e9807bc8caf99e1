"""Texts of a fire that a duty officer reads, in every language of the catalogue.

Each text begins with what burns, where and since when, and ends with whom to call and the incident's
short id: whoever reads nothing else knows where to go.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from alerting.domain.decisions.notify import POINT_AGAIN
from alerting.domain.model.effects import ADVANCES, Notify
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.override import Override
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import NAMED
from alerting.domain.model.reasons import DecisionReason
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.network import NETWORK
from alerting.domain.notification.templates import ended
from alerting.domain.wording.families import DETECTORS, FIRE_LEADS, FIRE_NEWS, OUTCOMES
from alerting.domain.wording.local_times import time_of_day
from alerting.domain.wording.names import Names
from alerting.domain.wording.network import network_text
from alerting.domain.wording.overrides import override_text
from alerting.domain.wording.troubles import place, trouble_text
from contract.times import Micros
from registry.domain.index import Index
from registry.model.templates import NotificationKind
from words.catalogue import Catalogue, Words

POINTS_NAMED = NAMED
"""Most points that a text names, if it stays LONG then; the message itself lists more of them."""

LONG = 134
"""Letters of two parts of an SMS with diacritics that is cut (3GPP TS 23.040, 9.2.3.24.1)."""

SHORT = 70
"""Letters of a short text: one part of an SMS with diacritics (3GPP TS 23.040, 9.2.3.24)."""

_FOLLOWING = ADVANCES | {NotificationKind.SPREAD}
"""Events told of a fire that was told before; others begin with the fire as they are."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The *own* text of a relay, by language. The others are of a fire only.

    *catch_up_text* is for whoever was notified of nothing of the fire before: it begins with that, and
    says how it stands. *short* and *catch_up_short_text* fit into one part of an SMS where names allow
    it, for a modem on which others wait.
    """

    own: dict[str, str]
    catch_up_text: dict[str, str] | None = None
    short: dict[str, str] | None = None
    catch_up_short_text: dict[str, str] | None = None


def texts(
    notification: Notify,
    *,
    call: str,
    catalogue: Catalogue,
    index: Index | None = None,
    with_short: bool = True,
) -> Texts:
    """Return the texts of a relay in all languages of *catalogue*.

    *call* is the number to call about a fire; *index* knows the names of people and points. The short
    texts, which only a channel of one message at a time needs, are made *with_short*.
    """
    case, languages = notification.incident, catalogue.by_language.items()
    if isinstance(case, FireIncident):
        time = time_of_day(_began(notification, case), notification.at)
        return _of_fire(
            [
                _Writer(notification, case, words, call, place(case, words), time)
                for _, words in languages
            ],
            with_short=with_short,
        )
    return Texts(
        {
            language: _other(notification, Names(words, index, case.site.id))
            for language, words in languages
        }
    )


def _other(notification: Notify, names: Names) -> str:
    """Return the text of what is no fire."""
    case = notification.incident
    if isinstance(case, Trouble):
        is_network = case.site.id == NETWORK
        return network_text(case, names.words) if is_network else trouble_text(notification, case, names)
    if isinstance(case, Override):
        return override_text(notification, case, names)
    raise TypeError(f"no words for a case of this kind: {type(case).__name__}")


def _of_fire(writers: list["_Writer"], *, with_short: bool) -> Texts:
    is_following = writers[0].notification.kind in _FOLLOWING

    def made(write: Callable[[_Writer], str], *, needed: bool) -> dict[str, str] | None:
        return {each.language: write(each) for each in writers} if needed else None

    return Texts(
        {each.language: each.own() for each in writers},
        catch_up_text=made(_Writer.catch_up_text, needed=is_following),
        short=made(_Writer.short, needed=with_short),
        catch_up_short_text=made(_Writer.catch_up_short_text, needed=is_following and with_short),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes of a fire in one language: what burns at *where*, since *time*."""

    notification: Notify
    incident: FireIncident
    words: Words
    call: str
    where: str
    time: str

    @property
    def language(self) -> str:
        return self.words.language

    def own(self) -> str:
        lead, kind = self._lead(self.where), self.notification.kind
        if kind is NotificationKind.CLOSED:
            return self._closed()
        if kind is NotificationKind.APPROVAL:
            return self._wished()
        if kind in ADVANCES:
            return self._ended(f"{lead}; {self._total()}")
        return self._naming_points(lead)

    def catch_up_text(self) -> str:
        first = self._as_first_notice()
        lead = first._lead(self.where)
        return first._naming_points(lead, *self._progress_words())

    def catch_up_short_text(self) -> str:
        first, news = self._as_first_notice(), self._progress_words()
        if not news:
            return first.short()
        return self._ended(f"{first._lead(self.incident.site.name)}: {news[0]}")

    def _as_first_notice(self) -> "_Writer":
        """Return a writer of the fire as it stands, as if it were notified now for the first time."""
        kind = (
            NotificationKind.UNCONFIRMED
            if self.incident.confirmed_at is None
            else NotificationKind.CONFIRMED
        )
        first = replace(self.notification, kind=kind)
        time = time_of_day(_began(first, self.incident), first.at)
        return replace(self, notification=first, time=time)

    def _progress_words(self) -> tuple[str, ...]:
        kind = self.notification.kind
        return (self._filled(FIRE_NEWS.key(kind), ""),) if kind in ADVANCES else ()

    def _naming_points(self, lead: str, *news: str) -> str:
        """Return *lead* and as many points as there is room for; one in any case, without *news*."""
        for most in range(POINTS_NAMED, -1 if news else 0, -1):
            text = self._ended(f"{lead}: {'; '.join((*self._details(most), *news))}")
            if len(text) <= LONG:
                break
        return text

    def short(self) -> str:
        """Return the lead alone; without the address where that is too long for one part."""
        whole = self._ended(self._lead(self.where))
        return whole if len(whole) <= SHORT else self._ended(self._lead(self.incident.site.name))

    def _ended(self, text: str) -> str:
        text = ended(text, self.words, call=self.call, incident=self.incident.id)
        return self.words.text("fire.exercise", text=text) if self.incident.exercise else text

    def _lead(self, where: str) -> str:
        return self._filled(_lead_key(self.notification, self.incident), where)

    def _filled(self, key: str, where: str) -> str:
        wish = self.incident.closing
        outcome = self.incident.outcome if wish is None else wish.outcome
        return self.words.text(
            key,
            place=where,
            time=self.time,
            since=time_of_day(self.incident.heard_at, self.notification.at),
            by=_person(self.notification, self.incident) or "-",
            outcome=self.words.name(OUTCOMES, outcome) if outcome else "-",
        )

    def _details(self, most: int) -> Iterator[str]:
        """Yield up to *most* points by name, and how many there are if there are more."""
        points = _named(self.notification, self.incident)[:most]
        for point in points:
            yield self._point(point)
        if points and (others := self._news() - len(points)) > 0:
            yield self.words.counted("fire.more_points", others)
        if len(points) < len(self.incident.points):
            yield self._total()

    def _news(self) -> int:
        """Return how many points a message of a spread is about; 0 of another message."""
        is_spread = self.notification.kind is NotificationKind.SPREAD
        return self.incident.news.count if is_spread and self.incident.news else 0

    def _point(self, point: PointInFire) -> str:
        name = point.place or point.name
        if not point.detector:
            return self.words.text("fire.unregistered_point", name=name)
        return self.words.text(
            "fire.point", detector=self.words.name(DETECTORS, point.detector), name=name
        )

    def _closed(self) -> str:
        """Return the end, with the points that it leaves in alarm: as many by name as there is room."""
        whole, names = self.where, self.incident.site.name
        standing = [each.place or each.name for each in self.incident.standing]
        if not standing or self.incident.is_unverified:  # nothing restores what nobody signed
            return self._ended(self._lead(whole))
        for where, most in ((whole, POINTS_NAMED), (names, POINTS_NAMED), (names, 1), (names, 0)):
            lead = self._filled("fire.closed_in_alarm", where)
            text = self._ended(f"{lead}; {self._still_standing(standing, most)}")
            if len(text) <= LONG:
                break
        return text

    def _wished(self) -> str:
        """Return the wish to close, and how many points it would leave in alarm."""
        still = self.words.counted("fire.still_in_alarm", len(self.incident.standing))
        whole = self._ended(f"{self._lead(self.where)}; {still}")
        if len(whole) <= LONG:
            return whole
        return self._ended(f"{self._lead(self.incident.site.name)}; {still}")

    def _still_standing(self, names: list[str], most: int) -> str:
        if most == 0:
            return self.words.counted("fire.still_in_alarm", len(names))
        named = ", ".join(names[:most])
        return self.words.counted("fire.still_in_alarm_named", len(names), names=named)

    def _total(self) -> str:
        return self.words.counted("fire.points_in_alarm", len(self.incident.points))


_NOT_CLOSED: Mapping[str, str] = {
    DecisionReason.NOT_APPROVED: "fire.not_approved",
    DecisionReason.WITHDRAWN: "fire.withdrawn",
    DecisionReason.REFUSED: "fire.refused",
    DecisionReason.REPLACED: "fire.replaced",
}
"""The leads of what became of a wish to close, by the reason of the message."""


def _lead_key(notification: Notify, incident: FireIncident) -> str:
    reopened = notification.kind is NotificationKind.REOPENED
    if reopened and notification.reason == DecisionReason.NO_NEWS:
        return "fire.no_news"
    if incident.is_unverified and notification.kind is NotificationKind.UNCONFIRMED:
        return "fire.unverified"
    if notification.kind is NotificationKind.APPROVAL and notification.reason in _NOT_CLOSED:
        return _NOT_CLOSED[notification.reason]
    if notification.kind is NotificationKind.SPREAD and notification.reason == POINT_AGAIN:
        return "fire.again"
    pressed = any(point.is_call_point for point in _named(notification, incident))
    if pressed and notification.kind in {NotificationKind.CONFIRMED, NotificationKind.SPREAD}:
        return "fire.pressed"
    return FIRE_LEADS.key(notification.kind)


def _person(notification: Notify, incident: FireIncident) -> str | None:
    match notification.kind:
        case NotificationKind.CLOSED:
            return incident.closed_by
        case NotificationKind.REOPENED:
            return incident.heard_from
        case NotificationKind.APPROVAL:
            return None if incident.closing is None else incident.closing.by
    return incident.owner


def _began(notification: Notify, incident: FireIncident) -> Micros:
    """Return the time of the fire's report; of one that spreads, that of its latest point."""
    latest = incident.latest_point
    if notification.kind is NotificationKind.SPREAD and latest is not None and not latest.carried:
        return latest.raised[-1]
    if incident.began:
        return incident.began
    own = (point.raised[0] for point in incident.points.in_order() if not point.carried)
    return min(own, default=incident.opened_at)


def _named(notification: Notify, incident: FireIncident) -> list[PointInFire]:
    """The points to name, a pressed call point first: nothing is surer.

    Of a fire that spreads those that joined last. Those that stood from before come after all others.
    """
    if notification.kind is NotificationKind.SPREAD:
        news = incident.news.latest if incident.news else ()
        latest = [incident.points[key] for key in news[: -POINTS_NAMED - 1 : -1]]
        return latest or ([] if incident.latest_point is None else [incident.latest_point])
    return [incident.points[key] for key in incident.points.foremost]
