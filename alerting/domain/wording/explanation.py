"""The story of an incident in sentences: what came, why it was decided so, who was told, what next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from alerting.domain.decisions.escalation import (
    PROGRESS,
    REACHED,
    REPEAT,
    UNCONFIRMED,
    UNCONFIRMED_REPEAT,
    WINDOW,
    stage_of,
)
from alerting.domain.decisions.notify import with_recipients
from alerting.domain.decisions.stages import NOBODY_REACHED
from alerting.domain.decisions.troubles import CLEAR, GROUP
from alerting.domain.model.effects import TimelineEvent
from alerting.domain.model.events import ClockSource
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import (
    LEVEL_EXHAUSTED,
    NOT_ACKNOWLEDGED,
    NOT_ANSWERED,
    STILL_NOT_ACKNOWLEDGED,
    Incident,
    Outcome,
)
from alerting.domain.model.reasons import ConfirmationReason, SkipReason
from alerting.domain.notification.center import CenterScope as Center
from alerting.domain.wording.fires import OUTCOME_EN, OUTCOME_VI
from alerting.domain.wording.reasons import reason_in_words
from contract.messages import Edge, Kind, Scope
from contract.times import Micros
from registry.model.policies import COMMAND_CENTER


class Language(StrEnum):
    """What the story is told in."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and the moment that it is about."""

    at: Micros
    text: str


REASONS: dict[str, tuple[str, str]] = {
    ConfirmationReason.MANUAL_CALL_POINT: ("nút ấn báo cháy", "a manual call point"),
    ConfirmationReason.WATER_FLOW: ("dòng nước chữa cháy", "water flow"),
    ConfirmationReason.PARTNER_UNAVAILABLE: (
        "không điểm nào khác còn báo được",
        "no other point could speak",
    ),
    ConfirmationReason.IMMEDIATE_ZONE: ("vùng báo cháy ngay", "one point is enough in this zone"),
    ConfirmationReason.POINT_AGAIN_IN_WINDOW: (
        "điểm đó báo lại",
        "the same point reported again in time",
    ),
    ConfirmationReason.SECOND_POINT_IN_WINDOW: (
        "điểm thứ hai cũng báo",
        "a second point reported in time",
    ),
    ConfirmationReason.SECOND_POINT_WHILE_FIRST_STANDS: (
        "điểm thứ hai báo khi điểm đầu còn báo",
        "a second point reported while the first still stood",
    ),
    ConfirmationReason.SECOND_QUANTITY_IN_WINDOW: ("cả khói và nhiệt", "two quantities at one place"),
    ConfirmationReason.STILL_STANDING_WHEN_VERIFIED: (
        "vẫn còn báo sau khi chờ",
        "it still stood after the pause",
    ),
    ConfirmationReason.AGAIN_WHILE_VERIFIED: (
        "báo đi báo lại trong lúc chờ",
        "it came again in the pause and stood for half of it",
    ),
    ConfirmationReason.AGAIN_WHEN_VERIFIED: ("báo lại sau khi chờ", "it came again after the pause"),
    ConfirmationReason.NOT_ACKNOWLEDGED_IN_TIME: ("không ai trả lời kịp", "nobody answered in time"),
    ConfirmationReason.INVESTIGATION_OVER: ("hết giờ kiểm tra", "the time to investigate was over"),
    ConfirmationReason.FIRST_POINT_WAITING: (
        "điểm đầu tiên, chờ xác nhận",
        "the first point, which waits for another",
    ),
    ConfirmationReason.SAME_POINT_AGAIN: ("vẫn điểm đó", "the same point again"),
    ConfirmationReason.OTHER_ZONE_WAITING: ("điểm của vùng khác", "a point of another zone"),
    ConfirmationReason.SECOND_POINT_OUT_OF_WINDOW: (
        "điểm khác, quá thời gian",
        "another point, but not in time",
    ),
    "window_over": ("hết thời gian chờ mà chưa xác nhận", "nothing confirmed it in time"),
    NOT_ACKNOWLEDGED: ("chưa ai tiếp nhận", "nobody had taken it"),
    STILL_NOT_ACKNOWLEDGED: ("vẫn chưa ai tiếp nhận", "still nobody had taken it"),
    LEVEL_EXHAUSTED: ("cấp trước không ai tiếp nhận", "nobody of the level before took it"),
    NOT_ANSWERED: ("người trước không trả lời", "the person before did not answer"),
    NOBODY_REACHED: ("chưa ai nhận được tin", "nobody had received anything"),
    SkipReason.ANSWERED: ("người trước đã xem", "the person before had seen it"),
    SkipReason.NOT_SPREADING: ("cháy chưa lan", "the fire had not spread"),
    SkipReason.SOMEBODY_REACHED: ("đã có người nhận tin", "somebody had been reached"),
    "no_progress": ("người tiếp nhận chưa xử lý tiếp", "its owner did not go on with it"),
    "all_points_restored": ("mọi điểm đã khôi phục", "all points were restored"),
    "test": ("thử nghiệm", "a test"),
    "drill": ("diễn tập", "a drill"),
    "silence": ("tạm ngừng báo lỗi", "a silence"),
    "maintenance": ("bảo trì", "maintenance"),
    "quiet_hours": ("giờ yên tĩnh", "quiet hours"),
    "rate_limit": ("quá nhiều tin", "too many messages lately"),
    "overtaken_by_events": ("tin trước chưa gửi được", "the one before was not told yet"),
    "expired": ("hết hạn", "its time is over"),
    "all_restored": ("mọi thứ đã khôi phục", "all is in order again"),
    "notified_as_one_incident": ("chung một tin về mạng", "in one message about the network"),
    "more_conditions": ("thêm lỗi", "more is out of order"),
    "another_point_in_fire": ("thêm điểm báo cháy", "another point joined"),
    "restored_point_in_fire_again": ("điểm đã khôi phục báo lại", "a restored point reported again"),
    "restored": ("đã khôi phục", "restored"),
    "restored_in_window": ("đã khôi phục, vẫn chờ xác nhận", "restored, the wait for another goes on"),
    "closed_by_operator": ("người trực kết thúc", "by an operator"),
    ClockSource.CORRECTED: ("sai, đã chỉnh theo giờ trung tâm", "wrong, corrected by the center's"),
    ClockSource.BAD: ("không đáng tin, lấy giờ trung tâm", "not believed, the center's time counts"),
}
"""The reasons of decisions, in Vietnamese and in English; those of signals have words in ``reasons``."""

_FIRST = ("mới phát hiện", "newly found")

_FORMS: dict[str, tuple[str, str]] = {
    TimelineEvent.SIGNAL: ("{name} báo {kind}: {why}.", "{name} reported {kind}: {why}."),
    TimelineEvent.SUSPECTED: ("Nghi cháy tại {name}: {why}.", "Suspected because of {name}: {why}."),
    TimelineEvent.CONFIRMED: ("Xác nhận cháy ({name}): {why}.", "Confirmed by {name}: {why}."),
    TimelineEvent.UNCONFIRMED: ("Báo là chưa xác nhận: {why}.", "Told as unconfirmed: {why}."),
    TimelineEvent.SPREAD: ("Cháy lan đến {name}: {why}.", "It spread to {name}: {why}."),
    TimelineEvent.POINT: ("{name}: {why}.", "{name}: {why}."),
    TimelineEvent.ESCALATED: ("Báo tiếp cho {notify}: {why}.", "Escalated to {notify}: {why}."),
    TimelineEvent.STAGE_SKIPPED: ("Không báo {notify}: {why}.", "{notify} was not told: {why}."),
    TimelineEvent.SEEN: ("{by} đã xem.", "{by} saw it."),
    TimelineEvent.ACKNOWLEDGED: ("{by} tiếp nhận.", "{by} took it."),
    TimelineEvent.REOPENED: (
        "Mở lại, {owner} giữ trước đó: {why}.",
        "Open again, {owner} had it: {why}.",
    ),
    TimelineEvent.DISPATCHED: ("{by} điều động lực lượng.", "{by} dispatched forces."),
    TimelineEvent.ON_SCENE: ("{by}: lực lượng đến hiện trường.", "{by}: forces on scene."),
    TimelineEvent.UNDER_CONTROL: ("{by}: đã khống chế.", "{by}: under control."),
    TimelineEvent.CLOSED: ("Kết thúc ({outcome}): {why}.", "Closed as {outcome}: {why}."),
    TimelineEvent.TROUBLE: (
        "{name} ({scope}): {condition}, {why}.",
        "{name} ({scope}): {condition}, {why}.",
    ),
    TimelineEvent.NOTIFIED: ("Báo {notify}: {why}.", "{notify} to be told: {why}."),
    TimelineEvent.OVERRIDE: ("{by} lệnh: {why}. {note}", "{by} ordered: {why}. {note}"),
    TimelineEvent.TESTED: ("Thử {name}: {kind}, {why}.", "{name} on test: {kind}, {why}."),
    TimelineEvent.SUPPRESSED: ("Chưa báo {destination}: {why}.", "{destination} is told later: {why}."),
    TimelineEvent.DELIVERED: (
        "Đã báo {destination} qua {channel}, lần {attempt}.",
        "{destination} was told by {channel}, at attempt {attempt}.",
    ),
    TimelineEvent.MERGED: (
        "Gộp {events} cho {destination} qua {channel} thành một tin: {why}.",
        "{events} for {destination} by {channel} became one message: {why}.",
    ),
    TimelineEvent.DELIVERY_FAILED: (
        "Chưa báo được {destination} qua {channel}, lần {attempt}: {reason}.",
        "{destination} was not told by {channel}, attempt {attempt}: {reason}.",
    ),
    TimelineEvent.CLOCK: ("Đồng hồ của {gateway}: {why}.", "The clock of {gateway}: {why}."),
}


_RESTORED = ("{name} hết báo {kind} ({why}).", "{name} no longer reports {kind} ({why}).")
"""A signal by which something is in order again: its reason is why it was not."""

_KINDS: dict[str, tuple[str, str]] = {
    Kind.FIRE: ("cháy", "fire"),
    Kind.PREALARM: ("tiền báo động", "a pre-alarm"),
    Kind.FAULT: ("lỗi", "a fault"),
    Kind.TAMPER: ("bị can thiệp", "tampering"),
    Kind.DISABLED: ("bị tắt", "a disablement"),
    Kind.TEST: ("thử nghiệm", "a test"),
    Kind.SUPERVISORY: ("tín hiệu giám sát", "a supervisory signal"),
}

_SCOPES: dict[str, tuple[str, str]] = {
    Scope.POINT: ("điểm", "point"),
    Scope.LINE: ("tuyến đầu báo", "line"),
    Scope.PATH: ("đường truyền", "path"),
    Scope.GATEWAY: ("thiết bị truyền tin báo cháy", "gateway"),
    Center.DESTINATION: ("người nhận", "destination"),
    Center.ESCALATION: ("báo tiếp", "escalation"),
}

_OUTCOMES = {each.value: (OUTCOME_VI[each], OUTCOME_EN[each]) for each in Outcome}


def explanation(entries: Iterable[Mapping[str, Any]], language: Language) -> Iterator[Sentence]:
    """A sentence for each of the timeline's *entries* (``at``, ``event``, ``reason``, ``data``)."""
    for entry in entries:
        form = _form(entry)
        yield Sentence(entry["at"], _said(form, language).format_map(_words(entry, language)))


def reason_words(reason: str, language: Language) -> str:
    """Return *reason* in words; "" of one that has none: the phase says as much."""
    words = _said(REASONS.get(reason) or reason_in_words(reason), language)
    return "" if words == reason and "_" in reason else words


def _form(entry: Mapping[str, Any]) -> tuple[str, str]:
    if entry["event"] == TimelineEvent.SIGNAL and entry["data"].get("edge") == Edge.RESTORED:
        return _RESTORED
    return _FORMS.get(entry["event"], ("{event}: {reason}.", "{event}: {reason}."))


def coming(
    case: Incident, deadlines: Iterable[tuple[str, Micros]], language: Language
) -> Iterator[Sentence]:
    """What comes next if nobody acts, by the *deadlines* (key and moment) of *case*."""
    for key, at in sorted(deadlines, key=lambda each: each[1]):
        yield Sentence(at, _next(case, key, language))


def _next(case: Incident, key: str, language: Language) -> str:
    if key in _COMING:
        return _said(_COMING[key], language)
    site, route = case.site, case.site.unconfirmed
    if key == REPEAT:
        # Of a fire the command center hears whatever the policy says; of a fault by its policy alone.
        center = (COMMAND_CENTER,) if isinstance(case, FireIncident) else ()
        again = _list(with_recipients(site.repeat_to, center))
        return _said((f"báo lại {again}", f"{again} told again"), language)
    if key.startswith(UNCONFIRMED):
        stages, number = route.stages if route else site.stages, int(key.removeprefix(UNCONFIRMED))
    else:
        stages, number = site.stages, stage_of(key)
    notify = _list(stages[number].notify)
    return _said((f"báo tiếp cho {notify}", f"escalation to {notify}"), language)


_COMING = {
    WINDOW: ("hết thời gian chờ xác nhận", "the wait for confirmation is over"),
    PROGRESS: ("mở lại nếu chưa ai xử lý tiếp", "open again, if nobody goes on with it"),
    REACHED: ("báo trung tâm nếu chưa ai nhận được", "the command center, if nobody was reached"),
    GROUP: ("báo các lỗi mới", "what came since is told"),
    CLEAR: ("kết thúc nếu mọi thứ bình thường", "closed, if all is in order by then"),
    UNCONFIRMED_REPEAT: ("báo lại nếu chưa ai tiếp nhận", "told again, if nobody takes it"),
}
"""What the deadlines that stand alone lead to."""


def _words(entry: Mapping[str, Any], language: Language) -> Mapping[str, Any]:
    known = {"event": entry["event"], "reason": entry["reason"], **entry["data"]}
    known["why"] = _why(entry, language)
    known["notify"] = _list(known.get("notify", ()))
    known["events"] = _list(known.get("events", ()))
    known.setdefault("name", _list(known.get("names", ())))
    for word, forms in (("kind", _KINDS), ("scope", _SCOPES), ("outcome", _OUTCOMES)):
        if (said := forms.get(known.get(word, ""))) is not None:
            known[word] = _said(said, language)
    if "condition" in known:
        known["condition"] = _said(reason_in_words(known["condition"]), language)
    if known.get("unable"):
        known["why"] += f" ({_list(known['unable'])})"
    return _Forgiving(known)


def _why(entry: Mapping[str, Any], language: Language) -> str:
    """The reason in words; of the first condition of a trouble, which is its reason, that it is so."""
    reason = entry["reason"]
    if entry["event"] == TimelineEvent.TROUBLE and entry["data"].get("condition") == reason:
        return _said(_FIRST, language)
    return _said(REASONS.get(reason) or reason_in_words(reason), language)


class _Forgiving(dict[str, Any]):
    """An entry of another version may lack a word: the sentence shows that, and the story goes on."""

    def __missing__(self, key: str) -> str:
        return "?"


def _said(forms: tuple[str, str], language: Language) -> str:
    return forms[language is Language.EN]


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
