"""A panel that judges its detectors itself, at the levels of a gateway, and keeps each alarm."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from contract.sentences import Sentence, Status
from firmware_sim.domain.levels import LEVELS

_AGREEING = 3
"""Samples in a row that are an alarm: a single one is a spike."""


class PanelWord(StrEnum):
    """Words of a panel about a detector."""

    ALARM = "alarm"
    FAULT = "fault"
    FAULT_OVER = "fault over"


@dataclass(frozen=True, slots=True)
class PanelEvent:
    """A panel tells *word* of the detector *address*."""

    word: PanelWord
    address: str


class PanelJudge:
    """Judges all detectors of a panel."""

    def __init__(self) -> None:
        self._clean: dict[tuple[str, str], float] = {}
        self._above: Counter[tuple[str, str]] = Counter()
        self._alarms: set[str] = set()
        self._faults: set[str] = set()

    def accept_sentence(self, sentence: Sentence) -> PanelEvent | None:
        """Return what the panel tells after *sentence*; None where nothing changed."""
        if sentence.status is Status.FAULT or sentence.value is None:
            return self._tell_once(self._faults, PanelWord.FAULT, sentence.address)
        if sentence.address in self._faults:
            self._faults.discard(sentence.address)
            return PanelEvent(PanelWord.FAULT_OVER, sentence.address)
        if self._is_alarm(sentence, sentence.value):
            return self._tell_once(self._alarms, PanelWord.ALARM, sentence.address)
        return None

    def _tell_once(self, told: set[str], word: PanelWord, address: str) -> PanelEvent | None:
        if address in told:
            return None
        told.add(address)
        return PanelEvent(word, address)

    def _is_alarm(self, sentence: Sentence, value: float) -> bool:
        if sentence.quantity == "manual":
            return value >= 1.0
        levels = LEVELS.get(sentence.quantity)
        if levels is None:
            return False
        sensor = (sentence.address, sentence.quantity)
        clean = self._clean.setdefault(sensor, value) if levels.above_clean else 0.0
        self._above[sensor] = self._above[sensor] + 1 if value >= clean + levels.alarm else 0
        return self._above[sensor] >= _AGREEING
