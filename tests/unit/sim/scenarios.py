"""Scenarios for the tests, as short as TOML allows."""

import tomllib
from typing import Any

from firmware_sim.scenario.scenario import Scenario, make_scenario

ONE_LINE = '[[lines]]\nname = "line-1"\nkind = "pty"\n'


def content(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def scenario(text: str) -> Scenario:
    return make_scenario(content(text), "test.toml")


def point(address: str, kind: str, *, line: str = "line-1", more: str = "") -> str:
    return f'[[points]]\naddress = "{address}"\nkind = "{kind}"\nline = "{line}"\n{more}\n'


def event(kind: str, points: list[str], *, at_s: float, more: str = "") -> str:
    return f'[[events]]\nkind = "{kind}"\nat_s = {at_s}\npoints = {points!r}\n{more}\n'
