"""Event codes of SIA DC-03, two letters, and what each means to the center.

Source: the table of event codes of SIA DC-03-2017 as the public packages siadc09 1.0.1 (dc03.py) and
pysiaalarm 3.2.2 (data/sia_codes.py) give it. The kinds are Tocsin's choice: a code that may be a fire
is one, sprinklers that flow among them; an alarm of a zone of unknown type is supervisory, so that
somebody is notified and no fire brigade.
"""

from gateway.domain.connectors.events import Word
from receiver.domain.meanings import NOTHING, Meaning, OfPanel, OfPoint, UnknownCode

_DETECTORS = {"F": Word.FIRE, "K": Word.HEAT, "G": Word.GAS, "S": Word.FIRE, "W": Word.WATER}
"""First letters: fire, heat, gas, sprinkler, water."""


def _of_detectors(letter: str, alarm: Word) -> dict[str, tuple[Meaning, ...]]:
    """Return the codes that all kinds of detectors share, by their second letter."""
    fault = OfPoint(Word.FAULT, source=letter)
    ends = OfPoint(Word.FAULT, holds=False, source=letter)
    supervised = OfPoint(Word.SUPERVISORY, holds=False)
    return {
        f"{letter}A": (OfPoint(alarm),),
        f"{letter}H": (OfPoint(alarm, holds=False),),
        f"{letter}R": (OfPoint(alarm, holds=False), ends, supervised),
        f"{letter}T": (fault,),
        f"{letter}J": (ends,),
        f"{letter}S": (OfPoint(Word.SUPERVISORY),),
        f"{letter}B": (OfPoint(Word.DISABLED),),
        f"{letter}U": (OfPoint(Word.DISABLED, holds=False),),
        f"{letter}X": NOTHING,  # activated during a test
    }


_SUPERVISED = "F supervisory"

_OF_FIRE: dict[str, tuple[Meaning, ...]] = {
    "FC": NOTHING,  # a person cancelled the alarm; the detector tells when it ends
    "FG": (OfPoint(Word.PREALARM),),
    "FH": (OfPoint(Word.FIRE, holds=False), OfPoint(Word.PREALARM, holds=False)),
    "FI": NOTHING,
    "FK": NOTHING,
    "FL": NOTHING,
    "FM": (OfPoint(Word.FIRE),),
    "FQ": (OfPoint(Word.FAULT, holds=False, source=_SUPERVISED),),
    "FR": (
        OfPoint(Word.FIRE, holds=False),
        OfPoint(Word.PREALARM, holds=False),
        OfPoint(Word.FAULT, holds=False, source="F"),
        OfPoint(Word.FAULT, holds=False, source=_SUPERVISED),
        OfPoint(Word.SUPERVISORY, holds=False),
    ),
    "FV": (OfPoint(Word.SUPERVISORY, holds=False),),
    "FW": (OfPoint(Word.FAULT, source=_SUPERVISED),),
    "FY": (OfPoint(Word.FAULT, source="F"),),
    "FZ": (OfPoint(Word.FAULT, source=_SUPERVISED),),
}

_OF_POINTS: dict[str, tuple[Meaning, ...]] = {
    "AN": (OfPoint(Word.FAULT, holds=False, source="AS"),),
    "AS": (OfPoint(Word.FAULT, source="AS"),),
    "TA": (OfPoint(Word.TAMPER),),
    "TT": (OfPoint(Word.TAMPER),),
    "TH": (OfPoint(Word.TAMPER, holds=False),),
    "TJ": (OfPoint(Word.TAMPER, holds=False),),
    "TR": (OfPoint(Word.TAMPER, holds=False),),
    "UA": (OfPoint(Word.SUPERVISORY),),
    "UH": (OfPoint(Word.SUPERVISORY, holds=False),),
    "UT": (OfPoint(Word.FAULT, source="U"),),
    "UJ": (OfPoint(Word.FAULT, holds=False, source="U"),),
    "UR": (OfPoint(Word.SUPERVISORY, holds=False), OfPoint(Word.FAULT, holds=False, source="U")),
    "UB": (OfPoint(Word.DISABLED),),
    "UU": (OfPoint(Word.DISABLED, holds=False),),
    "XT": (OfPoint(Word.BATTERY),),
    "XR": (OfPoint(Word.BATTERY, holds=False),),
}

_TROUBLES = {
    "mains": ("AT", "AR"),
    "battery": ("YT", "YR"),
    "battery missing": ("YM", "YR"),
    "power supply": ("YP", "YQ"),
    "overcurrent": ("YI", "YJ"),
    "sounder": ("YA", "YH"),
    "communication": ("YC", "YK"),
    "communication trouble": ("YS", "YK"),
    "telephone line": ("LT", "LR"),
    "network": ("NT", "NR"),
    "expansion": ("ET", "ER"),
    "expansion missing": ("EM", "EN"),
    "service": ("YX", "YZ"),
}
"""Troubles of a panel, with the codes by which each begins and ends."""


def _of_panels() -> dict[str, tuple[Meaning, ...]]:
    codes: dict[str, tuple[Meaning, ...]] = {}
    for source, (begins, ends) in _TROUBLES.items():
        codes[begins] = (OfPanel(source),)
        codes[ends] = (*codes.get(ends, ()), OfPanel(source, holds=False))
    return codes


SIA_CODES: dict[str, tuple[Meaning, ...]] = {
    **{code: said for each in _DETECTORS.items() for code, said in _of_detectors(*each).items()},
    **_OF_FIRE,
    **_OF_POINTS,
    **_of_panels(),
}
"""Every code that means something, or that is about fire and means nothing more."""


def sia_meaning(code: str) -> tuple[Meaning, ...]:
    """Return the meaning of *code*; raise UnknownCode for one that may be about a fire.

    What is left are codes of intrusion, access, medical help and programming, which the sources list.
    """
    if (known := SIA_CODES.get(code)) is not None:
        return known
    if code[0] in _DETECTORS or not code[0].isalpha():
        raise UnknownCode(code)
    return NOTHING
