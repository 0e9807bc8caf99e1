"""All connectors by name; each is a module here with a ``CONNECTOR``, imported where it is used."""

from importlib import import_module

from gateway.domain.connectors.connector import Connector

OWN = "tocsin"
"""The language of Tocsin's own detectors (docs/protocol.md, 2), which is no connector."""

MODULES = {
    "alarm-receiver": "gateway.domain.connectors.alarm_receiver",
    "espa": "gateway.domain.connectors.espa",
    "modbus": "gateway.domain.connectors.modbus.connector",
    "polled": "gateway.domain.connectors.polled",
    "printer": "gateway.domain.connectors.printer",
}


def connector_named(name: str) -> Connector:
    """Return the connector *name*; raises KeyError where there is none."""
    found: Connector = import_module(MODULES[name]).CONNECTOR
    return found
