"""What a duty officer reads of a fire, in Vietnamese and in English."""

from alerting.domain.cases import Outcome
from alerting.domain.effects import Deliver, Told
from alerting.domain.events import Detector
from alerting.domain.incident import Incident, PointInFire
from alerting.domain.measure import Measure
from alerting.domain.measure_wording import measure_sentences
from alerting.domain.telling import POINT_AGAIN
from alerting.domain.templates import EXERCISE
from alerting.domain.trouble import Trouble
from alerting.domain.trouble_wording import place, trouble_sentences

AGAIN_VI = "LẠI BÁO CHÁY, điểm đã khôi phục báo cháy trở lại"
AGAIN_EN = "FIRE AGAIN, a restored point reports it once more"

POINTS_NAMED = 3
"""How many points a sentence names; the message itself lists all of them."""

_HEAD_VI = {
    Told.SUSPECTED: "NGHI CHÁY, đang xác minh",
    Told.CONFIRMED: "BÁO CHÁY ĐÃ XÁC NHẬN",
    Told.UNCONFIRMED: "BÁO CHÁY CHƯA XÁC NHẬN, cần xác minh",
    Told.SPREAD: "CHÁY LAN, thêm điểm báo cháy",
    Told.ESCALATED: "LEO THANG, chưa có người tiếp nhận",
    Told.ACKNOWLEDGED: "ĐÃ TIẾP NHẬN",
    Told.REOPENED: "MỞ LẠI, chưa ai xử lý tiếp",
    Told.DISPATCHED: "ĐÃ ĐIỀU ĐỘNG lực lượng",
    Told.ON_SCENE: "LỰC LƯỢNG ĐÃ ĐẾN HIỆN TRƯỜNG",
    Told.UNDER_CONTROL: "ĐÃ KHỐNG CHẾ",
    Told.CLOSED: "KẾT THÚC",
}
_HEAD_EN = {
    Told.SUSPECTED: "FIRE SUSPECTED, being verified",
    Told.CONFIRMED: "FIRE CONFIRMED",
    Told.UNCONFIRMED: "FIRE NOT CONFIRMED, verify",
    Told.SPREAD: "FIRE SPREADS, another point reports it",
    Told.ESCALATED: "ESCALATION, nobody has taken it",
    Told.ACKNOWLEDGED: "TAKEN",
    Told.REOPENED: "OPEN AGAIN, nobody has gone on with it",
    Told.DISPATCHED: "FORCES DISPATCHED",
    Told.ON_SCENE: "FORCES ON SCENE",
    Told.UNDER_CONTROL: "UNDER CONTROL",
    Told.CLOSED: "CLOSED",
}
_DETECTOR_VI = {
    Detector.SMOKE: "đầu báo khói",
    Detector.HEAT: "đầu báo nhiệt",
    Detector.CO: "đầu báo khí CO",
    Detector.MULTI: "đầu báo kết hợp",
    Detector.MANUAL: "nút ấn báo cháy",
    Detector.LEVEL: "đầu báo cháy",
    Detector.FLOW: "công tắc dòng chảy",
}
_DETECTOR_EN = {
    Detector.SMOKE: "smoke detector",
    Detector.HEAT: "heat detector",
    Detector.CO: "CO detector",
    Detector.MULTI: "multi-criteria detector",
    Detector.MANUAL: "manual call point",
    Detector.LEVEL: "fire detector",
    Detector.FLOW: "water flow switch",
}
OUTCOME_VI = {
    Outcome.GENUINE: "cháy thật",
    Outcome.FALSE_ALARM: "báo động giả",
    Outcome.MALFUNCTION: "lỗi thiết bị",
    Outcome.HOAX: "báo tin giả",
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


def sentences(deliver: Deliver) -> dict[str, str]:
    """The text of a relay: ``vi`` and ``en``."""
    case = deliver.incident
    if isinstance(case, Trouble):
        return trouble_sentences(deliver, case)
    if isinstance(case, Measure):
        return measure_sentences(deliver, case)
    if not isinstance(case, Incident):
        raise TypeError(f"no words for a case of this kind: {type(case).__name__}")
    return {"vi": _vietnamese(deliver, case), "en": _english(deliver, case)}


def _vietnamese(deliver: Deliver, incident: Incident) -> str:
    head, person = AGAIN_VI if _is_again(deliver) else _HEAD_VI[deliver.told], _person(deliver)
    drill = EXERCISE["vi"] if incident.exercise else ""
    by = f" bởi {person}" if person else ""
    outcome = f" ({OUTCOME_VI[incident.outcome]})" if incident.outcome else ""
    points = [_point(p, _DETECTOR_VI, "điểm chưa đăng ký", "vùng") for p in _latest(deliver, incident)]
    total = f"{len(incident.points)} điểm báo cháy"
    where = place(incident, "cơ sở chưa đăng ký")
    return f"{drill}{head}{by}{outcome} tại {where}: {_list(points, total)}."


def _english(deliver: Deliver, incident: Incident) -> str:
    head, person = AGAIN_EN if _is_again(deliver) else _HEAD_EN[deliver.told], _person(deliver)
    drill = EXERCISE["en"] if incident.exercise else ""
    by = f" by {person}" if person else ""
    outcome = f" ({OUTCOME_EN[incident.outcome]})" if incident.outcome else ""
    points = [_point(p, _DETECTOR_EN, "unregistered point", "zone") for p in _latest(deliver, incident)]
    total = "1 point in fire" if len(incident.points) == 1 else f"{len(incident.points)} points in fire"
    where = place(incident, "unregistered premises")
    return f"{drill}{head}{by}{outcome} at {where}: {_list(points, total)}."


def _is_again(deliver: Deliver) -> bool:
    return deliver.told is Told.SPREAD and deliver.reason == POINT_AGAIN


def _person(deliver: Deliver) -> str | None:
    if deliver.told is Told.ACKNOWLEDGED:
        return deliver.incident.owner
    return deliver.incident.closed_by if deliver.told is Told.CLOSED else None


def _latest(deliver: Deliver, incident: Incident) -> list[PointInFire]:
    """The points to name: of a fire that spreads, those that joined last.

    Those that stood from before come after all others.
    """
    points = sorted(incident.points.values(), key=lambda point: not point.carried)
    if deliver.told is Told.SPREAD:
        return points[-1:]
    return sorted(points, key=lambda point: point.carried)[:POINTS_NAMED]


def _point(point: PointInFire, names: dict[Detector, str], unregistered: str, zone: str) -> str:
    what = names[Detector(point.detector)] if point.detector else unregistered
    where = ", ".join(
        part for part in (point.place, f"{zone} {point.zone_name}" if point.zone_name else "") if part
    )
    return f"{what} {point.name} ({where})" if where else f"{what} {point.name}"


def _list(points: list[str], total: str) -> str:
    return f"{'; '.join(points)}; {total}"
