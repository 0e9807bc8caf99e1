"""What a tester reads, in Vietnamese and in English."""

from alerting.domain.decisions.overrides import standing
from alerting.domain.model.effects import Deliver
from alerting.domain.model.override import Measure, MeasurePhase
from alerting.domain.wording.troubles import place

NAMED = 5
"""How many points a sentence names; the message itself lists all of them."""


def measure_sentences(deliver: Deliver, measure: Measure) -> dict[str, str]:
    """The text about a test: ``vi`` and ``en``."""
    tried = tuple(dict.fromkeys(each.name for each in measure.tried[::-1]))
    still = ", ".join(standing(measure)[:NAMED])
    named = ", ".join(tried[:NAMED]) or "-"
    vi, en = f"THỬ NGHIỆM: {named}", f"TEST: {named}"
    if measure.phase is MeasurePhase.CLOSED:
        vi, en = f"KẾT THÚC THỬ NGHIỆM: {len(tried)} điểm", f"TEST OVER: {len(tried)} points"
    elif deliver.reason == "test_ends_soon":
        vi, en = "THỬ NGHIỆM SẮP KẾT THÚC", "TEST ENDS SOON"
    if still:
        vi, en = f"{vi}; còn báo: {still}", f"{en}; still in fire: {still}"
    return {
        "vi": f"{vi}; tại {place(measure, 'cơ sở chưa đăng ký')}.",
        "en": f"{en}; at {place(measure, 'unregistered premises')}.",
    }
