"""Event codes of Contact ID (SIA DC-05), three digits, and what each means to the center.

Source: the table of SIA DC-05-2016 as the public package siadc09 1.0.1 (dc05.py) gives it. The kinds are
Tocsin's choice, as for the codes of DC-03 (receiver/domain/sia_codes.py).
"""

from gateway.domain.connectors.events import Word
from receiver.domain.meanings import NOTHING, Meaning, OfPanel, OfPoint

_BEGINS = frozenset({"1", "6"})
"""Qualifiers: a new event, and one that was told before and still stands; 3 ends it."""

_POINTS = {
    "113": Word.FIRE,  # water flows in a sprinkler
    "114": Word.HEAT,
    "115": Word.MANUAL,
    "118": Word.PREALARM,
    "137": Word.TAMPER,
    "140": Word.SUPERVISORY,  # an alarm of a zone of unknown type
    "144": Word.TAMPER,
    "145": Word.TAMPER,
    "151": Word.GAS,
    "154": Word.WATER,
    "158": Word.SUPERVISORY,
    "162": Word.CO,
    "316": Word.TAMPER,
    "317": Word.TAMPER,
    "341": Word.TAMPER,
    "383": Word.TAMPER,
    "384": Word.BATTERY,
    "570": Word.DISABLED,
    "571": Word.DISABLED,
    "572": Word.DISABLED,
}

_FAULTS_OF_POINTS = frozenset(
    {
        "147",
        "370",
        "371",
        "372",
        "373",
        "380",
        "381",
        "382",
        "385",
        "386",
        "389",
        "391",
        "392",
        "393",
        "394",
    }
)

_MEAN_NOTHING = frozenset(
    {
        *("305", "306", "313", "323", "324", "325", "335", "336", "345", "358"),
        *("374", "375", "376", "377", "378", "387", "388"),
    }
)
"""Troubles of printers, intrusion and programming, and resets of the panel's own."""


def contact_id_meaning(qualifier: str, code: str) -> tuple[Meaning, ...]:
    """Return the meaning of *code* with *qualifier*."""
    holds = qualifier in _BEGINS
    if (word := _POINTS.get(code)) is not None:
        return (OfPoint(word, holds=holds),)
    if code.startswith("11"):
        return (OfPoint(Word.FIRE, holds=holds),)
    if code in _FAULTS_OF_POINTS:
        return (OfPoint(Word.FAULT, holds=holds, source=code),)
    if code.startswith("20"):
        return (OfPoint(Word.SUPERVISORY, holds=holds),)
    if code.startswith("3") and code not in _MEAN_NOTHING:
        return (OfPanel(code, holds=holds),)
    return NOTHING
