"""Event codes of alarm transmitters, and what each tells of a fire alarm system.

Sources: Contact ID by the event codes of SIA DC-05-1999.09 (appendix C), SIA by the two-letter codes of
SIA DC-03-1990.01 (R2003.10). Both were read as public programs transcribe them (rorr73/LifeSOSpy,
``lifesospy/enums.py``; the tables of the Texecom alarm receiving server by M. Stirling and R. Collin),
not in the standards' own print. Which kind a code is here is Tocsin's judgement:

- Water that flows in a sprinkler is a fire, as NFPA 72 has it; water on a floor is ``water``.
- An alarm from a zone whose type is not said (UA, 140) is a fire: it may be one.
- An alarm that a person cancelled or silenced (FC, FL) stands until it is restored.
- SIA has no code for a manual call point and none for carbon monoxide: both come as another one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contract.panel_words import Word


@dataclass(frozen=True, slots=True)
class CodeTold:
    """A code tells that *word* begins (*holds*) or ends; *source* tells faults of one point apart."""

    word: Word
    holds: bool = True
    source: str = "panel"


CodeMeaning = tuple[CodeTold, ...]
"""All that a code tells. Nothing (``()``) is told by a code that is known and concerns no fire alarm
system: openings, burglary, reports of a test. A code that is not known has no meaning (None)."""

NOTHING: CodeMeaning = ()


def contact_id_meaning(qualifier: str, event: str) -> CodeMeaning | None:
    """Return what *event*, three digits, tells; None where the code or its *qualifier* is not known.

    The qualifier is 1 or E (new event), 3 or R (restored), or 6 or P (reported before, and stands).
    """
    told = CONTACT_ID.get(event)
    holds = _QUALIFIERS.get(qualifier)
    if told is None or holds is None:
        return None
    return tuple(CodeTold(each.word, holds, each.source) for each in told)


def sia_meaning(code: str) -> CodeMeaning | None:
    """Return what the two letters of *code* tell; None where the code is not known."""
    return SIA.get(code)


_QUALIFIERS = {"1": True, "E": True, "6": True, "P": True, "3": False, "R": False}

_CONTACT_ID_WORDS: dict[Word, str] = {
    Word.FIRE: "110 111 112 113 116 117 140",
    Word.HEAT: "114",
    Word.MANUAL: "115",
    Word.PREALARM: "118",
    Word.GAS: "151",
    Word.CO: "162",
    Word.WATER: "154",
    Word.SUPERVISORY: "150 152 153 156 157 158 159 161 163 200 201 202 203 204 205 206",
    Word.TAMPER: "137 144 145 341 383",
    Word.BATTERY: "302 338 384",
    Word.FAULT: (
        "141 142 143 147 300 301 303 304 307 308 309 310 311 312 320 321 322 323 324 325 326 327 "
        "330 331 332 333 334 335 336 337 342 343 344 350 351 352 353 354 355 356 357 370 371 372 "
        "373 380 381 382 385 386 389 391 392 393"
    ),
    Word.DISABLED: "520 521 522 523 524 525 526 527 551 552 553 570 571 572 574",
    Word.TEST: "604 607",
}

_CONTACT_ID_NOTHING = (
    "100 101 102 120 121 122 123 124 125 126 130 131 132 133 134 135 136 138 139 146 155 "
    "305 306 313 339 374 375 376 377 378 387 388 "
    "400 401 402 403 404 405 406 407 408 409 411 412 413 414 415 416 421 422 423 424 425 426 427 428 "
    "429 430 431 432 433 434 441 442 450 451 452 453 454 455 456 457 458 459 461 462 463 464 465 466 "
    "501 531 532 573 575 576 577 "
    "601 602 603 605 606 608 609 611 612 613 614 615 616 621 622 623 624 625 626 627 628 629 630 631 "
    "632 641 642 651 652 653 654"
)
"""Medical, panic, burglary, openings and closings, access, and reports of tests (602: the periodic)."""


def _contact_id() -> Iterator[tuple[str, CodeMeaning]]:
    for event in _CONTACT_ID_NOTHING.split():
        yield event, NOTHING
    for word, events in _CONTACT_ID_WORDS.items():
        for event in events.split():
            # The restoral has the same code: it never ends the fault of another one.
            source = f"contact-id-{event}" if word is Word.FAULT else "panel"
            yield event, (CodeTold(word, source=source),)


CONTACT_ID: Mapping[str, CodeMeaning] = dict(_contact_id())
"""Meanings of the Contact ID event codes when they are new."""


_SIA_ZONES: dict[str, Word] = {
    "F": Word.FIRE,
    "S": Word.FIRE,
    "U": Word.FIRE,
    "K": Word.HEAT,
    "G": Word.GAS,
    "W": Word.WATER,
    "Z": Word.SUPERVISORY,
}
"""The alarm of the zones of each letter: fire, sprinkler, untyped, heat, gas, water, freeze."""


def _sia_zone(letter: str, alarm: Word) -> Iterator[tuple[str, CodeMeaning]]:
    """Yield the codes that zones of every type have."""
    yield f"{letter}A", (CodeTold(alarm),)
    yield f"{letter}H", (_ends(alarm),)
    yield f"{letter}T", (CodeTold(Word.FAULT),)
    yield f"{letter}J", (_ends(Word.FAULT),)
    yield f"{letter}S", (CodeTold(Word.SUPERVISORY),)
    yield f"{letter}B", (CodeTold(Word.DISABLED),)
    yield f"{letter}U", (_ends(Word.DISABLED),)
    # It ends "alarm or trouble". Only fire zones have a restoral of a supervisory of its own.
    ended = (alarm, Word.FAULT) if letter == "F" else (alarm, Word.FAULT, Word.SUPERVISORY)
    yield f"{letter}R", tuple(map(_ends, dict.fromkeys(ended)))


def _ends(word: Word, source: str = "panel") -> CodeTold:
    return CodeTold(word, holds=False, source=source)


_SIA_SINGLE: dict[str, CodeMeaning] = {
    # A fire whose cross point is in alarm too, and one whose cross point stayed normal.
    "FM": (CodeTold(Word.FIRE),),
    "FG": (CodeTold(Word.PREALARM),),
    "UG": (CodeTold(Word.PREALARM),),
    "FV": (_ends(Word.SUPERVISORY), _ends(Word.FAULT, "supervisory")),
    "FW": (CodeTold(Word.FAULT, source="supervisory"),),
    "FQ": (_ends(Word.FAULT, "supervisory"),),
    "FY": (CodeTold(Word.FAULT),),
    "FZ": (CodeTold(Word.FAULT, source="supervisory"),),
    "UY": (CodeTold(Word.FAULT),),
    "UZ": (CodeTold(Word.FAULT),),
    "FI": (CodeTold(Word.TEST),),
    "FK": (_ends(Word.TEST),),
    "TS": (CodeTold(Word.TEST),),
    "TE": (_ends(Word.TEST),),
    # No code ends these: an activation in a test, a cancelled or silenced alarm, what is undefined.
    "FC": NOTHING,
    "FL": NOTHING,
    "FX": NOTHING,
    "GX": NOTHING,
    "TA": (CodeTold(Word.TAMPER),),
    "TT": (CodeTold(Word.TAMPER),),
    "TH": (_ends(Word.TAMPER),),
    "TJ": (_ends(Word.TAMPER),),
    "TR": (_ends(Word.TAMPER),),
    "TB": (CodeTold(Word.DISABLED),),
    "TU": (_ends(Word.DISABLED),),
    "ES": (CodeTold(Word.TAMPER),),
    "EJ": (_ends(Word.TAMPER),),
    "XS": (CodeTold(Word.TAMPER),),
    "XJ": (_ends(Word.TAMPER),),
    "XT": (CodeTold(Word.BATTERY),),
    "XR": (_ends(Word.BATTERY),),
    "YT": (CodeTold(Word.BATTERY),),
    "YM": (CodeTold(Word.FAULT, source="battery-missing"),),
    "YR": (_ends(Word.BATTERY), _ends(Word.FAULT, "battery-missing")),
}

_SIA_FAULTS: dict[str, tuple[str, str]] = {
    "ac-loss": ("AT", "AR"),
    "analog-service": ("AS", "AN"),
    "expansion": ("ET", "ER"),
    "expansion-missing": ("EM", "EN"),
    "equipment": ("IA", "IR"),
    "telephone-line": ("LT", "LR"),
    "network": ("NT", "NR"),
    "output": ("OU", "OV"),
    "printer": ("VT", "VR"),
    "printer-paper": ("VO", "VI"),
    "radio": ("XQ", "XH"),
    "sounder": ("YA", "YH"),
    "communication": ("YC", "YK"),
    "communication-trouble": ("YS", "YK"),
    "receiver-line": ("YD", "YE"),
    "overcurrent": ("YI", "YJ"),
    "power-supply": ("YP", "YQ"),
    "service": ("YX", "YZ"),
    "memory": ("YF", "YZ"),
}
"""Faults of the system by a name for each: the code that begins it, and the one that ends it."""

_SIA_NOTHING = {
    "A": "AB",
    "B": "ABCDEGHJMRSTUVXZ",
    "C": "ADEFGIJKLMOPQRSTWXZ",
    "D": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "E": "AEXZ",
    "H": "ABHJRSTU",
    "J": "ADHKLOPRSTVXYZ",
    "L": "BDEFSUX",
    "M": "ABHIJRSTU",
    "N": "ACFLMS",
    "O": "ACGHIJKLPQRSTZ",
    "P": "ABHJRSTU",
    "Q": "ABHJRSTU",
    "R": "ABCDNOPRSTUXY",
    "S": "C",
    "T": "CPWXZ",
    "V": "XYZ",
    "X": "AEFILMWX",
    "Y": "BGNOUWY",
}
"""Burglary, holdup, medical, panic, access, openings and closings, programming, and reports of tests
(RP is the automatic one, RX the manual one): first letters, and the second ones of each."""


def _sia() -> Iterator[tuple[str, CodeMeaning]]:
    for first, seconds in _SIA_NOTHING.items():
        for second in seconds:
            yield first + second, NOTHING
    for letter, alarm in _SIA_ZONES.items():
        yield from _sia_zone(letter, alarm)
    for source, (code, _) in _SIA_FAULTS.items():
        yield code, (CodeTold(Word.FAULT, source=source),)
    for restoral in {over for _, over in _SIA_FAULTS.values()}:
        ended = [source for source, (_, over) in _SIA_FAULTS.items() if over == restoral]
        yield restoral, tuple(_ends(Word.FAULT, source) for source in ended)
    yield from _SIA_SINGLE.items()


SIA: Mapping[str, CodeMeaning] = dict(_sia())
"""Meanings of the two-letter SIA codes."""
