"""The verb ``gateway discover``: who is on a polled line, and which addresses are double or missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from gateway.domain.connectors.detector_search import LineSurvey
    from gateway.settings import LineSettings, Settings


def discover(
    line: Annotated[str, typer.Argument(metavar="LINE", help="The name of one of [[lines]].")],
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="The gateway's settings in TOML."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Search the detectors of a polled line by serial number; name double and missing addresses.

    Stop the gateway first: a line has one master. It ends with code 1 where an address is double or
    missing.

    tocsin gateway discover pair --config /etc/tocsin/gateway.toml
    """
    from gateway.adapters.sources.discover import discover as search
    from gateway.domain.connectors.round_time import polled_round_s
    from gateway.settings import Settings
    from runtime.serial_port import ERRORS, open_port
    from runtime.settings import BadSettings, load_settings

    try:
        settings = load_settings(Settings, config)
    except BadSettings as error:
        stop(*error.errors)
    chosen = _chosen(settings, line)
    plan = settings.line_plan(chosen)
    addresses = tuple(plan.options["addresses"])
    try:
        port = open_port(plan.port, plan.baud, frame=plan.frame, write_timeout_s=2.0)
        try:
            survey = search(port, addresses, on_asked=lambda _: None)
        finally:
            port.close()
    except ERRORS as error:
        stop(f"line {line!r}: {plan.port} cannot be used ({error}); stop the gateway, check the cable")
    gap_s = float(plan.options.get("gap_s", 0.005))
    round_s = polled_round_s(addresses, plan.baud, plan.frame, gap_s=gap_s)
    if as_json:
        say_json({"line": line, "round_s": round(round_s, 2), **_described(survey)})
    else:
        _show(survey, len(addresses), round_s)
    raise typer.Exit(0 if survey.is_right else 1)


def _chosen(settings: Settings, name: str) -> LineSettings:
    chosen = next((each for each in settings.lines if each.name == name), None)
    if chosen is None:
        names = ", ".join(each.name for each in settings.lines) or "none"
        stop(f"line {name!r} is not in the settings; choose one of: {names}")
    if chosen.connector != "polled":
        stop(f'line {name!r} is not polled; only a line with connector = "polled" can be searched')
    return chosen


def _described(survey: LineSurvey) -> dict[str, Any]:
    return {
        "found": [{"address": each.address, "serial": each.serial} for each in survey.found],
        "double": {address: list(serials) for address, serials in survey.double.items()},
        "missing": list(survey.missing),
        "unknown": list(survey.unknown),
        "answering": list(survey.answering),
        "unclear": list(survey.unclear),
    }


def _show(survey: LineSurvey, configured: int, round_s: float) -> None:
    for each in survey.found:
        say(f"{each.address:<24} {each.serial}")
    for address, serials in survey.double.items():
        say(f"double: {address} is set on {', '.join(serials)}; give each its own address")
    for address in survey.missing:
        say(f"missing: {address} does not answer; check its supply, its wires and its address")
    for address in survey.unknown:
        say(f"unknown: {address} has no [[points]] on this line; add it, or remove the detector")
    for address in survey.answering:
        say(f"{address} answers, but not to a search of its serial number")
    for serial in survey.unclear:
        say(f"unclear: several detectors have the serial number {serial}, or the line is noisy")
    say(f"{len(survey.found)} found, {configured} configured; a round takes {round_s:.1f} s")
