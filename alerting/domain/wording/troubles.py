"""What whoever keeps a system in order reads of its faults, in Vietnamese and in English."""

from alerting.domain.model.effects import Notify
from alerting.domain.model.incident import STILL_NOT_ACKNOWLEDGED, Incident, IncidentKind, Outcome
from alerting.domain.model.trouble import Condition, Trouble, TroublePhase
from alerting.domain.notification.center import CenterScope
from alerting.domain.watch.standing_alarm import is_standing_alarm
from alerting.domain.wording.reasons import reason_in_words

CONDITIONS_NAMED = 5
"""How many conditions a sentence names; the message itself lists all of them."""

_HEADS: dict[IncidentKind, tuple[str, str]] = {
    IncidentKind.FAULT: ("BÁO LỖI", "FAULT"),
    IncidentKind.SUPERVISORY: ("TÍN HIỆU GIÁM SÁT", "SUPERVISORY SIGNAL"),
}

_STANDING = ("ĐIỂM VẪN BÁO CHÁY", "STILL IN ALARM")

_WATCH_OVER = (
    "KẾT THÚC THEO DÕI ĐIỂM BÁO CHÁY tại {} (đã khôi phục hoặc đã có sự cố mới)",
    "NO LONGER WATCHED AS STILL IN ALARM at {} (restored, or a new incident)",
)
"""Lead of the text when a standing alarm ends; a new incident may have the point: not "restored"."""

_NAMES: dict[str, tuple[str, str]] = {
    CenterScope.CLOCK: ("đồng hồ", "clock"),
    CenterScope.BROKER: ("máy chủ MQTT", "broker"),
}
"""Names of the center's own parts; all else has the name that people gave it."""


def trouble_sentences(notification: Notify, trouble: Trouble) -> dict[str, str]:
    """The text of a relay about *trouble*: ``vi`` and ``en``."""
    (lead_vi, lead_en), (named_vi, named_en) = _lead(notification, trouble), _named(trouble)
    left_vi, left_en = _left(trouble)
    return {"vi": f"{lead_vi}: {named_vi}{left_vi}.", "en": f"{lead_en}: {named_en}{left_en}."}


def _lead(notification: Notify, trouble: Trouble) -> tuple[str, str]:
    """Return the kind, the place and the state, in this order, in Vietnamese and in English."""
    where_vi, where_en = place(trouble, "cơ sở chưa đăng ký"), place(trouble, "unregistered premises")
    if _is_watch_over(trouble):
        return _WATCH_OVER[0].format(where_vi), _WATCH_OVER[1].format(where_en)
    vi, en = _STANDING if is_standing_alarm(trouble) else _HEADS[trouble.kind]
    vi, en = f"{vi} tại {where_vi}", f"{en} at {where_en}"
    if trouble.phase is TroublePhase.CLOSED:
        return f"KẾT THÚC {vi}", f"{en} is over"
    if trouble.phase is TroublePhase.ACKNOWLEDGED:
        return f"{vi}, {trouble.owner} đã tiếp nhận", f"{en}, acknowledged by {trouble.owner}"
    if notification.reason == STILL_NOT_ACKNOWLEDGED:
        return f"{vi}, vẫn chưa ai tiếp nhận", f"{en}, still not acknowledged"
    return vi, en


def _is_watch_over(trouble: Trouble) -> bool:
    is_cleared = trouble.phase is TroublePhase.CLOSED and trouble.outcome is Outcome.CLEARED
    return is_cleared and is_standing_alarm(trouble)


def _left(trouble: Trouble) -> tuple[str, str]:
    """Return the words for how much is out of order still, in Vietnamese and in English."""
    number = len(trouble.standing)
    if _is_watch_over(trouble):
        return "", ""
    if number == 0:
        return "; đã khôi phục hết", "; all restored"
    if is_standing_alarm(trouble):
        return f"; còn {number} điểm vẫn báo cháy", f"; {number} still in alarm"
    noun = "lỗi chưa khắc phục" if trouble.kind is IncidentKind.FAULT else "tín hiệu chưa khôi phục"
    return f"; còn {number} {noun}", f"; {number} not restored"


def place(case: Incident, unregistered: str) -> str:
    """Where *case* is; premises that nobody registered have but their id."""
    site = case.site
    if site.reason == "unregistered_premises":
        return f"{unregistered} {site.id}"
    return f"{site.name}, {site.address}" if site.address else site.name


def _named(trouble: Trouble) -> tuple[str, str]:
    """What stands, latest first; what was restored if nothing does. In Vietnamese and in English."""
    chosen: list[Condition] = list(trouble.standing or trouble.conditions.values())[::-1]
    shown = chosen[:CONDITIONS_NAMED]
    vi = (f"{_name(each)[0]} ({reason_in_words(each.reason)[0]})" for each in shown)
    en = (f"{_name(each)[1]} ({reason_in_words(each.reason)[1]})" for each in shown)
    return "; ".join(vi), "; ".join(en)


def _name(condition: Condition) -> tuple[str, str]:
    return _NAMES.get(condition.scope, (condition.name, condition.name))
