"""Texts of a fire that a duty officer reads, in Vietnamese and in English.

Each text begins with what burns, where and since when, and ends with whom to call and the incident's
short id: whoever reads nothing else knows where to go.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from alerting.domain.decisions.notify import POINT_AGAIN
from alerting.domain.model.effects import ADVANCES, Notify
from alerting.domain.model.events import DetectorKind
from alerting.domain.model.fire import FireIncident, PointInFire
from alerting.domain.model.incident import Outcome
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.network import NETWORK, network_sentences
from alerting.domain.notification.templates import EXERCISE, tail
from alerting.domain.wording.overrides import override_sentences
from alerting.domain.wording.reasons import DETECTORS
from alerting.domain.wording.troubles import place, trouble_sentences
from contract.times import Micros, from_micros
from registry.model.local_time import LOCAL_TIME
from registry.model.templates import NotificationKind

POINTS_NAMED = 2
"""Most points that a text names, if it stays LONG then; the message itself lists all of them."""

LONG = 134
"""Letters of two parts of an SMS with diacritics that is cut (3GPP TS 23.040, 9.2.3.24.1)."""

SHORT = 70
"""Letters of a short text: one part of an SMS with diacritics (3GPP TS 23.040, 9.2.3.24)."""

Both = tuple[str, str]
"""The same in Vietnamese and in English."""

_FIRE: Both = ("CHÁY tại {place}, {time}", "FIRE at {place}, {time}")
_LEADS: dict[NotificationKind, Both] = {
    NotificationKind.SUSPECTED: (
        "NGHI CHÁY tại {place}, {time}, đang xác minh",
        "SUSPECTED FIRE at {place}, {time}, being verified",
    ),
    NotificationKind.CONFIRMED: _FIRE,
    NotificationKind.UNCONFIRMED: (
        "BÁO CHÁY CHƯA XÁC NHẬN tại {place}, {time}",
        "UNCONFIRMED FIRE ALARM at {place}, {time}",
    ),
    NotificationKind.SPREAD: ("CHÁY LAN tại {place}, {time}", "FIRE SPREADS at {place}, {time}"),
    NotificationKind.ESCALATED: (
        "CHÁY tại {place}, {time}, chưa ai tiếp nhận",
        "FIRE at {place}, {time}, not acknowledged",
    ),
    NotificationKind.REOPENED: (
        "CHÁY tại {place}, {time}, chưa ai xử lý tiếp",
        "FIRE at {place}, {time}, its owner did not act",
    ),
    NotificationKind.ACKNOWLEDGED: (
        "{by} đã tiếp nhận tin báo cháy tại {place}, {time}",
        "{by} acknowledged the fire alarm at {place}, {time}",
    ),
    NotificationKind.DISPATCHED: (
        "Đã điều động lực lượng đến {place}, báo cháy lúc {time}",
        "Forces dispatched to {place}, fire alarm of {time}",
    ),
    NotificationKind.ON_SCENE: (
        "Lực lượng đã đến hiện trường tại {place}, báo cháy lúc {time}",
        "Forces on scene at {place}, fire alarm of {time}",
    ),
    NotificationKind.UNDER_CONTROL: (
        "Đã khống chế đám cháy tại {place}, báo cháy lúc {time}",
        "Fire under control at {place}, fire alarm of {time}",
    ),
    NotificationKind.CLOSED: (
        "KẾT THÚC SỰ CỐ ({outcome}) tại {place}, báo cháy lúc {time}, người xử lý: {by}",
        "INCIDENT CLOSED ({outcome}) at {place}, fire alarm of {time}, by {by}",
    ),
}
"""Beginning of the text of each event."""

_PRESSED: Both = (
    "CÓ NGƯỜI ẤN NÚT BÁO CHÁY tại {place}, {time}",
    "FIRE (call point pressed) at {place}, {time}",
)
_AGAIN: Both = ("CHÁY TRỞ LẠI tại {place}, {time}", "FIRE AGAIN at {place}, {time}")

_CLOSED_STANDING: Both = (
    "KẾT THÚC SỰ CỐ ({outcome}) tại {place}, người xử lý: {by}",
    "INCIDENT CLOSED ({outcome}) at {place} by {by}",
)
"""Beginning of an end that leaves points in alarm: they matter more than when it began."""

_NEWS: dict[NotificationKind, Both] = {
    NotificationKind.ACKNOWLEDGED: ("{by} đã tiếp nhận", "acknowledged by {by}"),
    NotificationKind.DISPATCHED: ("đã điều động lực lượng", "forces dispatched"),
    NotificationKind.ON_SCENE: ("lực lượng đã đến hiện trường", "forces on scene"),
    NotificationKind.UNDER_CONTROL: ("đã khống chế", "under control"),
    NotificationKind.CLOSED: (
        "đã kết thúc ({outcome}), người xử lý: {by}",
        "closed ({outcome}) by {by}",
    ),
}
"""Words for what became of a fire, for whoever learns of it and of the fire at once."""

_FOLLOWING = ADVANCES | {NotificationKind.SPREAD}
"""Events told of a fire that was told before; others begin with the fire as they are."""

_UNREGISTERED: Both = ("điểm chưa đăng ký", "unregistered point")
_NOWHERE: Both = ("cơ sở chưa đăng ký", "unregistered premises")
OUTCOME_VI = {
    Outcome.GENUINE: "cháy thật",
    Outcome.FALSE_ALARM: "báo động giả",
    Outcome.MALFUNCTION: "lỗi thiết bị",
    Outcome.HOAX: "báo cháy giả",
    Outcome.DRILL: "diễn tập",
    Outcome.TEST: "thử nghiệm",
    Outcome.CLEARED: "đã khôi phục",
}
OUTCOME_EN = {
    Outcome.GENUINE: "genuine fire",
    Outcome.FALSE_ALARM: "false alarm",
    Outcome.MALFUNCTION: "malfunction",
    Outcome.HOAX: "hoax",
    Outcome.DRILL: "drill",
    Outcome.TEST: "test",
    Outcome.CLEARED: "restored",
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The *own* text of a relay, by language. The others are of a fire only.

    *untold* is for whoever was told nothing of the fire before: it begins with that, and says how it
    stands. *short* and *untold_short* fit into one part of an SMS where names allow it, for a modem on
    which others wait.
    """

    own: dict[str, str]
    untold: dict[str, str] | None = None
    short: dict[str, str] | None = None
    untold_short: dict[str, str] | None = None


def texts(notification: Notify, *, call: str) -> Texts:
    """Return the texts of a relay; *call* is the number to call about a fire."""
    case = notification.incident
    if isinstance(case, Trouble):
        write = network_sentences if case.site.id == NETWORK else trouble_sentences
        return Texts(write(notification, case))
    if isinstance(case, Override):
        return Texts(override_sentences(notification, case))
    if not isinstance(case, FireIncident):
        raise TypeError(f"no words for a case of this kind: {type(case).__name__}")
    both = [_Writer(notification, case, number, call) for number in (0, 1)]
    own = {each.language: each.own() for each in both}
    short = {each.language: each.short() for each in both}
    if notification.kind not in _FOLLOWING:
        return Texts(own, short=short)
    return Texts(
        own,
        untold={each.language: each.untold() for each in both},
        short=short,
        untold_short={each.language: each.untold_short() for each in both},
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes of a fire in one language: 0 is Vietnamese, 1 English, as in ``Both``."""

    notification: Notify
    incident: FireIncident
    number: int
    call: str

    @property
    def language(self) -> str:
        return ("vi", "en")[self.number]

    def own(self) -> str:
        lead, told = self._lead(place(self.incident, _NOWHERE[self.number])), self.notification.kind
        if told is NotificationKind.CLOSED:
            return self._closed()
        if told in ADVANCES:
            return self._ended(f"{lead}; {self._total()}")
        return self._naming_points(lead)

    def untold(self) -> str:
        first = self._as_first_notice()
        lead = first._lead(place(self.incident, _NOWHERE[self.number]))
        return first._naming_points(lead, *self._news())

    def untold_short(self) -> str:
        first, news = self._as_first_notice(), self._news()
        if not news:
            return first.short()
        return self._ended(f"{first._lead(self.incident.site.name)}: {news[0]}")

    def _as_first_notice(self) -> "_Writer":
        """Whoever writes of the fire as it stands, as if it were told now for the first time."""
        told = (
            NotificationKind.UNCONFIRMED
            if self.incident.confirmed_at is None
            else NotificationKind.CONFIRMED
        )
        return replace(self, notification=replace(self.notification, kind=told))

    def _news(self) -> tuple[str, ...]:
        form = _NEWS.get(self.notification.kind)
        return () if form is None else (self._filled(form, ""),)

    def _naming_points(self, lead: str, *news: str) -> str:
        """As many points as there is room for; one in any case, where there is no news."""
        for most in range(POINTS_NAMED, -1 if news else 0, -1):
            text = self._ended(f"{lead}: {'; '.join((*self._details(most), *news))}")
            if len(text) <= LONG:
                break
        return text

    def short(self) -> str:
        """The lead alone; without the address where that is too long for one part."""
        whole = self._ended(self._lead(place(self.incident, _NOWHERE[self.number])))
        return whole if len(whole) <= SHORT else self._ended(self._lead(self.incident.site.name))

    def _ended(self, text: str) -> str:
        drill = EXERCISE[self.language] if self.incident.exercise else ""
        return f"{drill}{text}. {tail(self.language, self.call, self.incident.id)}"

    def _lead(self, where: str) -> str:
        return self._filled(_lead_of(self.notification, self.incident), where)

    def _filled(self, form: Both, where: str) -> str:
        outcome, names = self.incident.outcome, (OUTCOME_VI, OUTCOME_EN)[self.number]
        return form[self.number].format(
            place=where,
            time=_time(_began(self.notification, self.incident), self.notification.at),
            by=_person(self.notification) or "-",
            outcome=names[outcome] if outcome else "-",
        )

    def _details(self, most: int) -> Iterator[str]:
        """Up to *most* points by name, and how many there are if there are more."""
        points = _named(self.notification, self.incident)[:most]
        for point in points:
            yield self._point(point)
        if len(points) < len(self.incident.points):
            yield self._total()

    def _point(self, point: PointInFire) -> str:
        known = DETECTORS[point.detector] if point.detector else _UNREGISTERED
        return f"{known[self.number]} {point.place or point.name}"

    def _closed(self) -> str:
        """The end, with the points that it leaves in alarm: as many by name as there is room for."""
        whole, names = place(self.incident, _NOWHERE[self.number]), self.incident.site.name
        standing = [each.place or each.name for each in self.incident.standing]
        if not standing:
            return self._ended(self._lead(whole))
        for where, most in ((whole, POINTS_NAMED), (names, POINTS_NAMED), (names, 1), (names, 0)):
            lead = self._filled(_CLOSED_STANDING, where)
            text = self._ended(f"{lead}; {self._still_standing(standing, most)}")
            if len(text) <= LONG:
                break
        return text

    def _still_standing(self, names: list[str], most: int) -> str:
        count = len(names)
        english = "1 point" if count == 1 else f"{count} points"
        words = f"vẫn còn {count} điểm báo cháy", f"{english} still in alarm"
        named = f": {', '.join(names[:most])}" if most else ""
        return f"{words[self.number]}{named}"

    def _total(self) -> str:
        count = len(self.incident.points)
        english = "1 point in fire" if count == 1 else f"{count} points in fire"
        return (f"{count} điểm báo cháy", english)[self.number]


def _lead_of(notification: Notify, incident: FireIncident) -> Both:
    if notification.kind is NotificationKind.SPREAD and notification.reason == POINT_AGAIN:
        return _AGAIN
    pressed = any(_is_pressed(point) for point in _named(notification, incident))
    if pressed and notification.kind in {NotificationKind.CONFIRMED, NotificationKind.SPREAD}:
        return _PRESSED
    return _LEADS[notification.kind]


def _is_pressed(point: PointInFire) -> bool:
    return point.detector == DetectorKind.MANUAL


def _person(notification: Notify) -> str | None:
    return (
        notification.incident.closed_by
        if notification.kind is NotificationKind.CLOSED
        else notification.incident.owner
    )


def _began(notification: Notify, incident: FireIncident) -> Micros:
    """Return the time of the fire's report; of one that spreads, that of its latest point."""
    points = [point for point in incident.points.values() if not point.carried]
    if not points:
        return incident.opened_at
    if notification.kind is NotificationKind.SPREAD:
        return points[-1].raised[-1]
    return min(point.raised[0] for point in points)


def _time(moment: Micros, now: Micros) -> str:
    """Local hours and minutes; with the day, where that is not today's."""
    zone = ZoneInfo(LOCAL_TIME)
    at, today = from_micros(moment).astimezone(zone), from_micros(now).astimezone(zone).date()
    return f"{at:%H:%M}" if at.date() == today else f"{at:%d/%m %H:%M}"


def _named(notification: Notify, incident: FireIncident) -> list[PointInFire]:
    """The points to name, a pressed call point first: nothing is surer.

    Of a fire that spreads the one that joined last. Those that stood from before come after all others.
    """
    points = sorted(incident.points.values(), key=lambda point: not point.carried)
    if notification.kind is NotificationKind.SPREAD:
        return points[-1:]
    return sorted(points, key=lambda point: (point.carried, not _is_pressed(point)))[:POINTS_NAMED]
