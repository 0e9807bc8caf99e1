"""Events of a transmitter of GB/T 26875.3 as a person writes them, such as ``fire:10.2`` or ``reset``.

Source of bits, types and steps: the summary that docs/connecting.md names, read apart from the receiver.
"""

import re
from collections.abc import Callable, Mapping

from firmware_sim.domain.gbt26875 import NORMAL, GbtTransmitter

FIRE, FAULT = 1 << 1, 1 << 2

COMPONENT_STATES = {
    "normal": NORMAL,
    "fire": FIRE,
    "fault": FAULT,
    "shielded": 1 << 3,
    "supervised": 1 << 4,
    "started": 1 << 5,
    "feedback": 1 << 6,
    "power": 1 << 8,
}
SYSTEM_STATES = {
    "normal": NORMAL,
    "fire": FIRE,
    "fault": FAULT,
    "supervised": 1 << 4,
    "mains": 1 << 8,
    "battery": 1 << 9,
    "bus": 1 << 10,
}
DEVICE_STATES = {
    "normal": NORMAL,
    "fire": FIRE,
    "fault": FAULT,
    "mains": 1 << 3,
    "battery": 1 << 4,
    "center": 1 << 5,
    "line": 1 << 6,
}

ANALOG_STEPS = {
    "events": (1, 1.0, ""),
    "height": (2, 0.01, "m"),
    "temperature": (3, 0.1, "degC"),
    "pressure": (5, 0.1, "kPa"),
    "gas": (6, 0.1, "%LEL"),
    "duration": (7, 1.0, "s"),
    "voltage": (8, 0.1, "V"),
    "current": (9, 0.1, "A"),
    "flow": (10, 0.1, "L/s"),
    "airflow": (11, 0.1, "m3/min"),
    "airspeed": (12, 1.0, "m/s"),
}
"""Analog types by their quantity: number, step and unit. Of pressure the type in kPa."""

Unit = Callable[[GbtTransmitter, float], bytes]
"""Makes the data unit that a transmitter tells at a time."""

_COMPONENT = re.compile(r"([0-9]{1,5})\.([0-9]{1,5})")
_MOST_NUMBER = 0xFFFF
_MOST_RAW = 0x7FFF


class BadEvent(ValueError):
    """No event; the text names the fault and the remedy."""


def read_event(text: str, *, kind: int) -> Unit:
    """Return what tells the event *text*, of components of the type *kind*; raises BadEvent."""
    if text == "reset":
        return lambda panel, at: panel.panel_reset(at=at)
    what, colon, where = text.partition(":")
    if not colon:
        raise BadEvent(
            "not an event; write a state and where it is (fire:10.2, fault:system, mains:device), a"
            " value (temperature:10.2=23.5), or reset"
        )
    component, equals, value = where.partition("=")
    if equals:
        return _analog(what, _component(component), value)
    if where == "system":
        state = _state(what, "a system", SYSTEM_STATES)
        return lambda panel, at: panel.system(state, at=at)
    if where == "device":
        state = _state(what, "the transmitter itself", DEVICE_STATES)
        return lambda panel, at: panel.device(state, at=at)
    address = _component(where)
    state = _state(what, "a component", COMPONENT_STATES)
    return lambda panel, at: panel.component(state, address, at=at, kind=kind)


def _component(text: str) -> str:
    match = _COMPONENT.fullmatch(text)
    if match is None or max(map(int, match.groups())) > _MOST_NUMBER:
        raise BadEvent(
            f"{text!r} is not a component; write zone and position, 0 to {_MOST_NUMBER} each (10.2),"
            " or for a state system or device"
        )
    return text


def _state(text: str, whose: str, states: Mapping[str, int]) -> int:
    """Return the bits of *text*, one of *states* or several with ``+`` between them."""
    found = 0
    for each in text.split("+"):
        if each not in states:
            raise BadEvent(
                f"{each!r} is not a state of {whose}; write {', '.join(states)}, or several with +"
            )
        found |= states[each]
    return found


def _analog(quantity: str, component: str, value: str) -> Unit:
    if quantity not in ANALOG_STEPS:
        raise BadEvent(f"{quantity!r} is not an analog value; write one of {', '.join(ANALOG_STEPS)}")
    kind, step, unit = ANALOG_STEPS[quantity]
    try:
        raw = round(float(value) / step)
    except (ValueError, OverflowError):
        raise BadEvent(f"{value!r} is not a number; write one such as 23.5") from None
    if abs(raw) > _MOST_RAW:
        most = f"{_MOST_RAW * step:g} {unit}".strip()
        raise BadEvent(f"{value} is too much; {quantity} goes from -{most} to {most}")
    return lambda panel, at: panel.analogs([(component, kind, raw)], at=at)
