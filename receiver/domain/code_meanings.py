"""The meaning of an event code to the receiver, by the table that all dialers share.

The table is contract/alarm_codes.py, with its sources.

A panel names the thing of an event by a number: a zone, an area, a module or a user, according to
the code. So a fault of the panel is a fault of its line, whatever number comes with it; and a test that
the number of an area begins suppresses nothing here, because it could be taken for that of a zone.
"""

from collections.abc import Iterable

from contract.alarm_codes import CodeTold, contact_id_meaning, sia_meaning
from contract.panel_words import Word
from receiver.domain.meanings import Meaning, OfPanel, OfPoint

_CONTACT_ID_OF_ZONES = frozenset(
    f"contact-id-{code}"
    for code in (141, 142, 147, 370, 371, 372, 373, 380, 381, 382, 385, 386, 389, 391, 392, 393)
)
"""Faults of Contact ID whose number is a zone; those of others are of the panel."""

_SIA_OF_ZONES = frozenset({"panel", "supervisory", "analog-service"})

_OF_PANEL = {"302": "battery", "338": "battery", "YT": "battery", "YM": "battery", "YR": "battery"}
"""Codes of batteries that are the panel's own."""

_AREAS_TESTED = frozenset({Word.TEST})


def meaning_of_sia(code: str) -> tuple[Meaning, ...] | None:
    """Return the meaning of two letters of DC-03; None where the code is not known."""
    told = sia_meaning(code)
    return None if told is None else tuple(_meanings(code, told, _SIA_OF_ZONES))


def meaning_of_contact_id(qualifier: str, code: str) -> tuple[Meaning, ...] | None:
    """Return the meaning of a Contact ID *code* with *qualifier*; None where it is not known."""
    told = contact_id_meaning(qualifier, code)
    return None if told is None else tuple(_meanings(code, told, _CONTACT_ID_OF_ZONES))


def _meanings(code: str, told: Iterable[CodeTold], of_zones: frozenset[str]) -> Iterable[Meaning]:
    for each in told:
        if (own := _OF_PANEL.get(code)) is not None and each.word is Word.BATTERY:
            yield OfPanel(own, each.holds)
        elif each.word is Word.FAULT and each.source not in of_zones:
            yield OfPanel(each.source, each.holds)
        elif each.word not in _AREAS_TESTED:
            yield OfPoint(each.word, each.holds, each.source)
