"""The meaning of states in GB/T 26875.3: of a component, a system, and the transmitter itself.

Source of the types and bits: the summary of GB/T 26875.3-2011 in the public repository
ActorLancer/GB-T-26875.3.2011-rs, compared with the names in shootingfans/codec_gb26875_3_2011 and
dgiot/dgiot. The text of the standard itself was not at hand.

Bit 0 says "normal" or, where it is not set, "test". Public captures of fires leave it unset, so it
means nothing here: who heeded it would suppress these fires. Started, feedback and delayed are about
what the panel drives, and say nothing of fire, but where water flows.
"""

from collections.abc import Iterator

from contract.panel_words import Word
from receiver.domain.meanings import Meaning, OfPanel, OfPoint

_FIRE, _FAULT, _SHIELDED, _SUPERVISED, _STARTED, _FEEDBACK = (1 << bit for bit in range(1, 7))
_COMPONENT_POWER = 1 << 8
_SYSTEM_MAINS, _SYSTEM_BATTERY, _SYSTEM_BUS = (1 << bit for bit in range(8, 11))
SYSTEM_RESET = 1 << 13

_DEVICE_MAINS, _DEVICE_BATTERY, _DEVICE_CENTER, _DEVICE_LINE = (1 << bit for bit in range(3, 7))

OPERATED_RESET, OPERATED_MANUAL, OPERATED_CANCEL = 1 << 0, 1 << 2, 1 << 3

_WORDS = {
    **dict.fromkeys((10, 11, 12, 13, 74), Word.GAS),
    # A call point, and the button at a hydrant.
    **dict.fromkeys((23, 24), Word.MANUAL),
    **dict.fromkeys(range(30, 38), Word.HEAT),
}
"""Alarms of components by their type; those of all others are fires, also of types that are not known.

Fires are among others 25 (detector), 40 to 44 (smoke), 50 to 53 (combined), 61, 62, 69 (flame), 78, 79
(picture, sound), 84 to 88 (modules), 121 (alarm device); 16 to 18 are monitors of electrical fires.
"""

_FLOWING = frozenset({96, 98, 99})
"""Flow indicator, alarm valve, pressure switch: started or feedback says that a sprinkler flows."""


def component_meanings(kind: int, state: int) -> tuple[Meaning, ...]:
    """Return what the *state* of a component of type *kind* means; each bit begins or ends something."""
    alarm = _FIRE | _STARTED | _FEEDBACK if kind in _FLOWING else _FIRE
    return (
        # First, since an alarm of a shielded component is one of a disabled point.
        OfPoint(Word.DISABLED, bool(state & _SHIELDED)),
        OfPoint(_WORDS.get(kind, Word.FIRE), bool(state & alarm)),
        OfPoint(Word.FAULT, bool(state & _FAULT)),
        OfPoint(Word.FAULT, bool(state & _COMPONENT_POWER), "power"),
        OfPoint(Word.SUPERVISORY, bool(state & _SUPERVISED)),
    )


def system_meanings(name: str, state: int) -> tuple[Meaning, ...]:
    """Return what the *state* of the system *name* means."""
    return (
        OfPoint(Word.COMMON, bool(state & _FIRE), sums_up=True),
        OfPoint(Word.SUPERVISORY, bool(state & _SUPERVISED)),
        *_troubles(
            state,
            {
                _FAULT: name,
                _SYSTEM_MAINS: f"{name} mains",
                _SYSTEM_BATTERY: f"{name} battery",
                _SYSTEM_BUS: f"{name} bus",
            },
        ),
    )


def device_meanings(state: int) -> tuple[Meaning, ...]:
    """Return what the *state* of the transmitter itself means."""
    return (
        OfPoint(Word.COMMON, bool(state & _FIRE), sums_up=True),
        *_troubles(
            state,
            {
                _FAULT: "device",
                _DEVICE_MAINS: "mains",
                _DEVICE_BATTERY: "battery",
                _DEVICE_CENTER: "center",
                _DEVICE_LINE: "line",
            },
        ),
    )


def operation_meanings(operation: int, *, of_device: bool) -> tuple[Meaning, ...]:
    """Return what an *operation* by hand means: its manual alarm, and the end of that."""
    if operation & OPERATED_MANUAL:
        return (OfPoint(Word.MANUAL),)
    if operation & OPERATED_CANCEL or (of_device and operation & OPERATED_RESET):
        return OfPoint(Word.MANUAL, holds=False), OfPoint(Word.COMMON, holds=False)
    return ()


def _troubles(state: int, sources: dict[int, str]) -> Iterator[Meaning]:
    for bit, source in sources.items():
        yield OfPanel(source, bool(state & bit))
