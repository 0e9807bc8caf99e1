"""What happened so far, line by line, in the words of a duty officer and with the time each hop took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contract.quantities import QUANTITIES
from tocsin.demo.report import Arrival


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
_RECEIVERS = {
    "command-center": {Language.EN: "command center", Language.VI: "trung tâm chỉ huy"},
    "civil-defence": {Language.EN: "civil defence", Language.VI: "dân phòng"},
}
_TONES = {
    "confirmed": Tone.FIRE,
    "spread": Tone.FIRE,
    "escalated": Tone.FIRE,
    "unconfirmed": Tone.WARNING,
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


def relay_line(receiver: str, arrival: Arrival, language: Language) -> Line:
    """The line for a relay that has reached a receiver."""
    relay = arrival.relay
    cause = relay.get("cause")
    hops = f"told {(arrival.at - cause['changed_at']) / 1_000:.1f} ms after the point" if cause else ""
    tone = _TONES.get(relay["event"], Tone.GOOD)
    # The first words of the message; all of it would fill the screen with the points of the fire.
    headline = relay["text"][language.value].partition(",")[0]
    text = f"{headline} · {len(relay['points'])} {_POINTS[language]}"
    return Line(arrival.at, _RECEIVERS[receiver][language], text, hops, tone)


def in_order(lines: Sequence[Line]) -> list[Line]:
    """*lines* as they happened."""
    return sorted(lines, key=lambda line: line.at)
