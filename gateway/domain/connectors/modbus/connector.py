"""The connector ``modbus``: its description. pymodbus is loaded with the first bus."""

from importlib import import_module

from gateway.domain.connectors.connector import Connector, Conversation
from gateway.domain.connectors.modbus.options import ModbusOptions
from gateway.domain.connectors.modbus.profile import reads_of
from gateway.domain.connectors.round_time import check_modbus_line


class MissingLibrary(ValueError):
    """A library that this gateway was installed without; the text says how to install it."""


def _converse(options: ModbusOptions) -> Conversation:
    try:
        module = import_module("gateway.domain.connectors.modbus.conversation")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("pymodbus"):
            raise
        raise MissingLibrary(
            "the library pymodbus is not installed; install it: pip install 'tocsin[modbus]'"
        ) from error
    conversation: Conversation = module.ModbusConversation(options)
    return conversation


def _addresses(options: ModbusOptions) -> list[str]:
    return [
        f"{device.name}/{point.address}"
        for device in options.devices
        for read in reads_of(device.profile)
        for point in read.points
        if point.address not in device.unused
    ]


CONNECTOR = Connector(
    name="modbus",
    title="Modbus RTU and TCP: panels, input modules and detectors by register maps, read only.",
    options=ModbusOptions,
    converse=_converse,
    supervises=(
        "each device: one that does not answer is unavailable, with all its points",
        "each point: it is read in every round of its device",
        "the line: silence, noise, and answers that only another speed or parity explains",
        "what a device refuses, with the name of its exception",
        "an input with end-of-line resistors, where the module measures: open, short, or neither",
    ),
    cannot_know=(
        "a cable that is cut or shorted behind an input without end-of-line resistors",
        "whether the registers of a device follow the world: a stuck device repeats its last state",
        "two devices of one unit: their answers collide, and look like noise or like one of them",
        "what begins and ends between two polls",
        "RTU: an answer that comes later than twice its timeout, of the same shape as the one awaited",
    ),
    points_speak=True,
    silent_after_s=60.0,
    check_line=check_modbus_line,
    addresses_of=_addresses,
)
