"""What happened so far, line by line, in the words of a duty officer and with the time each hop took."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contract.quantities import QUANTITIES
from tocsin.demo.notifications import Arrival


class Language(StrEnum):
    """What the screen speaks."""

    EN = "en"
    VI = "vi"


class Tone(StrEnum):
    """How grave a line is."""

    CALM = "calm"
    WARNING = "warning"
    FIRE = "fire"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, *at* microseconds since 1970; *hops* tells how long its way took."""

    at: int
    who: str
    text: str
    hops: str
    tone: Tone


_KINDS = {
    Language.EN: {
        "fire": "fire signal",
        "prealarm": "pre-alarm",
        "fault": "fault",
        "tamper": "tamper",
        "test": "test",
        "disabled": "disabled",
        "supervisory": "supervisory",
    },
    Language.VI: {
        "fire": "báo cháy",
        "prealarm": "tiền báo động",
        "fault": "báo lỗi",
        "tamper": "cạy phá",
        "test": "thử",
        "disabled": "vô hiệu hóa",
        "supervisory": "giám sát",
    },
}
_RESTORED = {Language.EN: "restored", Language.VI: "khôi phục"}
_POINTS = {Language.EN: "points", Language.VI: "điểm"}
PEOPLE = {
    "command-center": {Language.EN: "command center", Language.VI: "trung tâm chỉ huy"},
    "truong-ban": {Language.EN: "head of market", Language.VI: "trưởng ban chợ"},
    "doi-truong-co-so": {Language.EN: "team leader", Language.VI: "đội trưởng cơ sở"},
    "bao-ve": {Language.EN: "delegate", Language.VI: "người được ủy quyền"},
    "dan-phong-phuong-1": {Language.EN: "civil defence", Language.VI: "dân phòng"},
    "ubnd-phuong-1": {Language.EN: "commune", Language.VI: "UBND phường"},
    "doi-khu-vuc-1": {Language.EN: "area police", Language.VI: "đội khu vực"},
    "phong-canh-sat": {Language.EN: "province police", Language.VI: "Phòng CS PCCC&CNCH"},
    "ky-thuat": {Language.EN: "technician", Language.VI: "kỹ thuật viên"},
}
"""Who is told in the course of the demonstration, as the screen names them and in its order."""

_SEEN = {Language.EN: "has seen it", Language.VI: "đã xem"}
_WHY = {
    "not_acknowledged": {Language.EN: "nobody took it", Language.VI: "chưa ai tiếp nhận"},
    "person_before_did_not_answer": {
        Language.EN: "the one before does not answer",
        Language.VI: "người trước không trả lời",
    },
}
_TONES = {
    "confirmed": Tone.FIRE,
    "spread": Tone.FIRE,
    "escalated": Tone.FIRE,
    "unconfirmed": Tone.WARNING,
    "fault": Tone.CALM,
}


def signal_line(signal: Mapping[str, Any], language: Language) -> Line:
    """The line for a signal that the center has stored."""
    raised = signal["edge"] == "raised"
    kind = _KINDS[language].get(signal["kind"], signal["kind"])
    text = f"{signal['name']}: {kind}{_measured(signal)}"
    if not raised:
        text += f" {_RESTORED[language]}"
    fire = signal["kind"] in {"fire", "prealarm"}
    tone = Tone.WARNING if raised and fire else Tone.CALM
    return Line(signal["stored_at"], signal["gateway"], text, _signal_hops(signal), tone)


def _measured(signal: Mapping[str, Any]) -> str:
    quantity = QUANTITIES.get(signal.get("quantity") or "")
    if quantity is None or signal.get("value") is None or quantity.unit == "0/1":
        return ""
    return f", {signal['value']:.2f} {quantity.unit}"


def _signal_hops(signal: Mapping[str, Any]) -> str:
    since = signal["changed_at"]
    steps = {"gateway": "committed_at", "center": "received_at", "stored": "stored_at"}
    hops = (f"{name} {(signal[key] - since) / 1_000:.1f}" for name, key in steps.items())
    return " → ".join(hops) + " ms"


def answer_line(person: str, at: int, language: Language) -> Line:
    """The line for a person who says that they have seen it."""
    return Line(at, name_of(person, language), _SEEN[language], "", Tone.GOOD)


def relay_lines(arrivals: Sequence[Arrival], language: Language) -> Iterator[Line]:
    """A line for each thing that people were told, however many they were and by whatever channels."""
    together: dict[tuple[str, str, int], list[Arrival]] = defaultdict(list)
    for each in arrivals:
        together[each.relay["incident"], each.relay["event"], each.relay["at"]].append(each)
    for same in together.values():
        yield _relay_line(same, language)


def name_of(person: str, language: Language) -> str:
    """*person*, as the screen names them."""
    return PEOPLE[person][language] if person in PEOPLE else person


def _relay_line(same: Sequence[Arrival], language: Language) -> Line:
    first = min(same, key=lambda each: each.at)
    told = {each.person for each in same}
    people = [*(each for each in PEOPLE if each in told), *sorted(told - set(PEOPLE))]
    more = f" +{len(people) - 1}" if people[1:] else ""
    tone = _TONES.get(first.relay["event"], Tone.GOOD)
    who = name_of(people[0], language) + more
    return Line(first.at, who, _headline(first.relay, language), _told_hops(same), tone)


def _headline(relay: Mapping[str, Any], language: Language) -> str:
    """The first words of the message; all of it would fill the screen with the points of the fire."""
    words = relay["text"][language.value].partition(",")[0].partition(":")[0]
    why = _WHY.get(relay["reason"], {}).get(language)
    if why is None and "points" in relay:
        why = f"{len(relay['points'])} {_POINTS[language]}"
    return f"{words} · {why}" if why else str(words)


def _told_hops(same: Sequence[Arrival]) -> str:
    """By what it was told, and how long after the point that led to it the last one knew."""
    channels = "+".join(sorted({each.channel for each in same}))
    cause, last = same[0].relay.get("cause"), max(each.at for each in same)
    after = f", {(last - cause['changed_at']) / 1_000:.1f} ms after the point" if cause else ""
    return f"{len(same)} by {channels}{after}"


def in_order(lines: Sequence[Line]) -> list[Line]:
    """*lines* as they happened."""
    return sorted(lines, key=lambda line: line.at)
