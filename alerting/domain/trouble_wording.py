"""What whoever keeps a system in order reads of its faults, in Vietnamese and in English."""

from alerting.domain.cases import STILL_NOT_ACKNOWLEDGED, Case, CaseKind, Outcome
from alerting.domain.effects import Deliver
from alerting.domain.reasons import in_words
from alerting.domain.standing_alarm import is_standing_alarm
from alerting.domain.trouble import Condition, Trouble, TroublePhase

CONDITIONS_NAMED = 5
"""How many conditions a sentence names; the message itself lists all of them."""

_HEADS: dict[CaseKind, tuple[str, str]] = {
    CaseKind.FAULT: ("BÁO LỖI", "FAULT"),
    CaseKind.SUPERVISORY: ("TÍN HIỆU GIÁM SÁT", "SUPERVISORY SIGNAL"),
}

_STANDING = ("ĐIỂM VẪN BÁO CHÁY", "STILL IN ALARM")


def trouble_sentences(deliver: Deliver, trouble: Trouble) -> dict[str, str]:
    """The text of a relay about *trouble*: ``vi`` and ``en``."""
    vi, en = _STANDING if is_standing_alarm(trouble) else _HEADS[trouble.kind]
    if trouble.phase is TroublePhase.CLOSED:
        vi, en = f"{vi}, KẾT THÚC", f"{en} OVER"
        if is_standing_alarm(trouble) and trouble.outcome is Outcome.CLEARED:
            vi, en = f"{vi} (đã khôi phục hoặc đã có sự cố mới)", f"{en} (restored, or a new incident)"
    elif trouble.phase is TroublePhase.ACKNOWLEDGED:
        vi, en = f"{vi}, {trouble.owner} tiếp nhận", f"{en} TAKEN by {trouble.owner}"
    elif deliver.reason == STILL_NOT_ACKNOWLEDGED:
        vi, en = f"{vi}, vẫn chưa ai tiếp nhận", f"{en}, still not taken"
    (named_vi, named_en), (left_vi, left_en) = _named(trouble), _left(trouble)
    return {
        "vi": f"{vi} tại {place(trouble, 'cơ sở chưa đăng ký')}: {named_vi}; {left_vi}.",
        "en": f"{en} at {place(trouble, 'unregistered premises')}: {named_en}; {left_en}.",
    }


def _left(trouble: Trouble) -> tuple[str, str]:
    """How much is out of order still, in Vietnamese and in English."""
    number = len(trouble.standing)
    if number == 0:
        return "đã khôi phục hết", "all restored"
    noun = "lỗi" if trouble.kind is CaseKind.FAULT else "tín hiệu"
    return f"còn {number} {noun} chưa khắc phục", f"{number} not restored"


def place(case: Case, unregistered: str) -> str:
    """Where *case* is; premises that nobody registered have but their id."""
    site = case.site
    if site.reason == "unregistered_premises":
        return f"{unregistered} {site.id}"
    return f"{site.name}, {site.address}" if site.address else site.name


def _named(trouble: Trouble) -> tuple[str, str]:
    """What stands, latest first; what was restored if nothing does. In Vietnamese and in English."""
    chosen: list[Condition] = list(trouble.standing or trouble.conditions.values())[::-1]
    said = [(each.name, *in_words(each.reason)) for each in chosen[:CONDITIONS_NAMED]]
    vi, en = (f"{name} ({vi})" for name, vi, _ in said), (f"{name} ({en})" for name, _, en in said)
    return "; ".join(vi), "; ".join(en)
