"""Events of ``tocsin sim gbt`` mean to the receiver what they say, and errors name the remedy."""

import pytest
from typer.testing import CliRunner

from contract.panel_words import Word
from firmware_sim.domain.gbt26875 import CONFIRM, CONTROL, CenterFrame, GbtTransmitter
from firmware_sim.domain.gbt_events import ANALOG_STEPS, FAULT, FIRE, BadEvent, read_event
from firmware_sim.domain.panel_judge import PanelWord
from firmware_sim.run.panel_gbt import state_after
from receiver.domain.gbt_unit import UnitRead, read_unit
from receiver.domain.meanings import Meaning, OfPanel, OfPoint
from tocsin.__main__ import app

PANEL = GbtTransmitter("379")
COMPONENT = ("system-1-1-component-10-2", "component-10-2")


def told(event: str, kind: int = 40) -> UnitRead:
    read = read_unit(read_event(event, kind=kind)(PANEL, 1_000_000.0))
    assert read.unread is None
    return read


@pytest.mark.parametrize(
    ("event", "addresses", "holding"),
    [
        ("normal:10.2", COMPONENT, []),
        ("fire:10.2", COMPONENT, [OfPoint(Word.FIRE)]),
        ("fault:10.2", COMPONENT, [OfPoint(Word.FAULT)]),
        ("fire+fault:10.2", COMPONENT, [OfPoint(Word.FIRE), OfPoint(Word.FAULT)]),
        ("shielded:10.2", COMPONENT, [OfPoint(Word.DISABLED)]),
        ("supervised:10.2", COMPONENT, [OfPoint(Word.SUPERVISORY)]),
        ("power:10.2", COMPONENT, [OfPoint(Word.FAULT, True, "power")]),
        ("fire:system", ("system-1-1",), [OfPoint(Word.COMMON, sums_up=True)]),
        ("supervised:system", ("system-1-1",), [OfPoint(Word.SUPERVISORY)]),
        ("fault:system", ("system-1-1",), [OfPanel("system-1-1")]),
        ("mains:system", ("system-1-1",), [OfPanel("system-1-1 mains")]),
        ("battery:system", ("system-1-1",), [OfPanel("system-1-1 battery")]),
        ("bus:system", ("system-1-1",), [OfPanel("system-1-1 bus")]),
        ("normal:system", ("system-1-1",), []),
        ("fire:device", ("device",), [OfPoint(Word.COMMON, sums_up=True)]),
        ("fault:device", ("device",), [OfPanel("device")]),
        ("mains:device", ("device",), [OfPanel("mains")]),
        ("battery:device", ("device",), [OfPanel("battery")]),
        ("center:device", ("device",), [OfPanel("center")]),
        ("line:device", ("device",), [OfPanel("line")]),
        ("normal:device", ("device",), []),
    ],
)
def test_a_state_means_what_it_says(
    event: str, addresses: tuple[str, ...], holding: list[Meaning]
) -> None:
    (read,) = told(event).events
    assert read.addresses == addresses
    assert [each for each in read.meaning if each.holds] == holding


@pytest.mark.parametrize(
    ("event", "kind", "word"),
    [
        ("fire:10.2", 23, Word.MANUAL),
        ("fire:10.2", 30, Word.HEAT),
        ("started:10.2", 96, Word.FIRE),
        ("feedback:10.2", 98, Word.FIRE),
    ],
)
def test_the_type_of_a_component_is_told(event: str, kind: int, word: Word) -> None:
    (read,) = told(event, kind).events
    assert [each for each in read.meaning if each.holds] == [OfPoint(word)]


def test_a_reset_is_one_of_the_panel() -> None:
    (read,) = told("reset").events
    assert read.resets


@pytest.mark.parametrize("quantity", ANALOG_STEPS)
def test_a_value_is_a_reading_in_the_unit_of_the_documents(quantity: str) -> None:
    (read,) = told(f"{quantity}:10.2=-12").readings
    assert (read.addresses, read.quantity, read.value) == (COMPONENT, quantity, -12.0)


@pytest.mark.parametrize(
    ("event", "remedy"),
    [
        ("fire", "write a state and where it is"),
        ("fier:10.2", "'fier' is not a state of a component; write normal, fire"),
        ("mains:10.2", "write normal, fire, fault, shielded"),
        ("shielded:device", "of the transmitter itself; write normal, fire"),
        ("bell:system", "of a system; write normal, fire"),
        ("fire:kho", "write zone and position"),
        ("fire:1.65536", "0 to 65535"),
        ("temperature:system=1", "'system' is not a component"),
        ("smoke:10.2=1", "write one of events, height"),
        ("temperature:10.2=warm", "'warm' is not a number; write one such as 23.5"),
        ("temperature:10.2=inf", "'inf' is not a number"),
        ("temperature:10.2=3300", "temperature goes from -3276.7 degC to 3276.7 degC"),
    ],
)
def test_what_is_no_event_names_the_remedy(event: str, remedy: str) -> None:
    with pytest.raises(BadEvent) as raised:
        read_event(event, kind=40)
    assert remedy in str(raised.value)


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("379 fire", "EVENT fire: not an event; write a state and where it is"),
        ("kho fire:10.2", "ADDRESS kho: write 1 to 12 hexadecimal digits"),
        ("379 fire:10.2 --udp --fault slow", "leave out --udp"),
    ],
)
def test_arguments_that_cannot_be_told_end_with_the_remedy(words: str, remedy: str) -> None:
    ended = CliRunner().invoke(app, ["sim", "gbt", *words.split()])
    assert ended.exit_code == 2
    assert remedy in ended.stderr


def test_a_fault_that_is_over_leaves_the_alarm_of_a_component() -> None:
    state = 0
    for word, expected in (
        (PanelWord.FAULT, FAULT),
        (PanelWord.FAULT_OVER, 0),
        (PanelWord.ALARM, FIRE),
        (PanelWord.FAULT, FIRE | FAULT),
        (PanelWord.FAULT_OVER, FIRE),
    ):
        state = state_after(state, word)
        assert state == expected


def test_an_order_to_set_the_clock_is_read() -> None:
    at = 1_764_470_324.0
    assert CenterFrame(1, CONTROL, b"\x5a\x01" + PANEL.tag(at)).ordered_time == "2025-11-30 09:38:44"
    assert CenterFrame(1, CONFIRM, b"\x5a\x01" + PANEL.tag(at)).ordered_time == ""
