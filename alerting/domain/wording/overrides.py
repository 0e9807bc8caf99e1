"""What a tester reads, in Vietnamese and in English."""

from alerting.domain.decisions.overrides import standing_points
from alerting.domain.model.effects import Notify
from alerting.domain.model.override import Override, OverridePhase
from alerting.domain.wording.troubles import place

NAMED = 5
"""How many points a sentence names; the message itself lists all of them."""


def override_sentences(notification: Notify, override: Override) -> dict[str, str]:
    """The text about a test: ``vi`` and ``en``."""
    tried = tuple(dict.fromkeys(each.name for each in override.signals[::-1]))
    still = ", ".join(standing_points(override)[:NAMED])
    named = ", ".join(tried[:NAMED]) or "-"
    vi, en = f"THỬ NGHIỆM: {named}", f"TEST: {named}"
    if override.phase is OverridePhase.CLOSED:
        vi, en = f"KẾT THÚC THỬ NGHIỆM: {len(tried)} điểm", f"TEST OVER: {len(tried)} points"
    elif notification.reason == "test_ends_soon":
        vi, en = "THỬ NGHIỆM SẮP KẾT THÚC", "TEST ENDS SOON"
    if still:
        vi, en = f"{vi}; còn báo: {still}", f"{en}; still in fire: {still}"
    return {
        "vi": f"{vi}; tại {place(override, 'cơ sở chưa đăng ký')}.",
        "en": f"{en}; at {place(override, 'unregistered premises')}.",
    }
