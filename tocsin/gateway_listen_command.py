"""The verb ``gateway listen``: what a source or a line delivers, live, as the gateway understands it."""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct

from contract.local_time import local_time_of_day, utc
from gateway.adapters.sources.listen import listen as listen_to
from gateway.domain.dialects.discovered_detectors import DiscoveredDetectors
from gateway.domain.dialects.outcome import (
    HeardDevice,
    InterpretedMessage,
    MessageOutcome,
    Publication,
)
from gateway.domain.dialects.profile import IgnoreReason
from gateway.domain.model.detector_state import DetectorState
from gateway.settings import Settings, SourceSettings
from runtime.clock import utc_now
from runtime.log import set_up_log
from runtime.process import run_process
from runtime.settings import BadSettings, load_settings
from tocsin.failures import stop
from tocsin.gateway_listen_line import listen_to_line
from tocsin.gateway_site import site_gateway
from tocsin.options import AsJson
from tocsin.terminal import say, say_encoded, say_json

Value = str | float | int | bool | None
"""A value that a detector sent; None of a sensor that says it has none."""

_MOST_SHOWN = 300
"""Characters of a payload that a line shows."""


def listen(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="The name of one of [[sources]] or [[lines]].")
    ],
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="The gateway's settings in TOML."),
    ] = None,
    for_s: Annotated[
        float | None,
        typer.Option("--for", metavar="SECONDS", min=0.1, help="End after so many seconds."),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the [[points]] entries there; else they are printed."),
    ] = None,
    show_all: Annotated[
        bool,
        typer.Option("--all", help="Of a line, also what the gateway sends, and mere signs of life."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a source or a line delivers as it is understood.

    Of a source each message is understood, refused with a reason, or ignored for a reason. It ends after
    --for seconds or on Ctrl-C, with an entry of [[points]] for each detector that was heard. A gateway
    may run meanwhile: this is a connection of its own, and it publishes nothing.

    Of a line the bytes are shown as they were read, what each became, the point and its kind, and what
    was refused and why. The running gateway tells it, from its [web] table: two readers of one line
    would take each other's bytes.
    """
    settings = _settings(config)
    if any(each.name == source for each in settings.lines):
        gateway = site_gateway(config)
        listen_to_line(gateway, source, for_s=for_s, show_all=show_all, as_json=as_json)
        return
    chosen = _chosen(settings, source, config)
    found = DiscoveredDetectors(chosen.name)
    listened = settings.source_plan(chosen)
    known = listened.addresses
    connected = False

    def on_outcome(given: InterpretedMessage) -> None:
        found.note_message(given)
        is_detector = _is_from_a_detector(given, known | found.kinds.keys())
        outcome = given if is_detector else _not_one(given)
        for message in outcome.messages:
            now = utc_now()
            heard = _listened(now, outcome, message, configured=outcome.address in known)
            if as_json:
                say_encoded(msgspec.json.encode(heard).decode())
            else:
                say(_line(now, heard))

    async def run() -> None:
        nonlocal connected
        connected = await listen_to(listened, for_s=for_s, on_outcome=on_outcome)

    set_up_log(level="WARNING")
    code = run_process(run)
    if for_s is not None and not connected and code == 0:
        where = f"{chosen.broker.host}:{chosen.broker.port}"
        stop(f"source {source!r}: no connection to {where} in {for_s:g} s; check sources[].broker")
    _hand_over(found, write, as_json=as_json)
    raise typer.Exit(code)


def _settings(config: Path | None) -> Settings:
    try:
        return load_settings(Settings, config)
    except BadSettings as error:
        stop(*error.errors)


def _chosen(settings: Settings, name: str, config: Path | None) -> SourceSettings:
    chosen = next((each for each in settings.sources if each.name == name), None)
    if chosen is None:
        known = [*(each.name for each in settings.sources), *(each.name for each in settings.lines)]
        names = ", ".join(known) or "none"
        stop(f"source {name!r} is not in {config or 'the settings'}; choose one of: {names}")
    return chosen


def _is_from_a_detector(outcome: InterpretedMessage, addresses: Container[str]) -> bool:
    """Return whether a gateway would accept *outcome*: of a known detector, or of a new one."""
    no_alarm = (outcome.state is not None and not outcome.state.alarms) or outcome.online is not None
    return not no_alarm or outcome.address in addresses


def _not_one(outcome: InterpretedMessage) -> InterpretedMessage:
    return replace(outcome, outcome=MessageOutcome.IGNORED, reason=IgnoreReason.NOT_A_DETECTOR)


class ListenedMessage(Struct, frozen=True, kw_only=True):
    """A message of the source, as the gateway interprets it; *values* are there if understood."""

    at: str
    topic: str
    payload: str
    retained: bool
    outcome: str
    reason: str
    detail: str
    address: str | None
    configured: bool
    values: dict[str, Value]
    unknown_fields: list[str]


def _listened(
    at: datetime, outcome: InterpretedMessage, message: Publication, *, configured: bool
) -> ListenedMessage:
    return ListenedMessage(
        at=utc(at),
        topic=message.topic,
        payload=message.payload[:_MOST_SHOWN].decode("utf-8", errors="replace"),
        retained=message.retained,
        outcome=outcome.outcome.value,
        reason=str(outcome.reason),
        detail=str(outcome.error) if outcome.error else "",
        address=outcome.address,
        configured=configured,
        values=_values(outcome),
        unknown_fields=list(outcome.unknown_fields),
    )


def _values(outcome: InterpretedMessage) -> dict[str, Value]:
    device = outcome.device or HeardDevice()
    radio = {"model": device.model or None, "rssi": device.rssi, "snr": device.snr}
    return {**_told(outcome), **{name: value for name, value in radio.items() if value is not None}}


def _told(outcome: InterpretedMessage) -> dict[str, Value]:
    if outcome.sample is not None:
        sample = outcome.sample
        return {sample.quantity: sample.value, "status": sample.status.value}
    if outcome.online is not None:
        return {"online": outcome.online}
    return _fields(outcome.state) if outcome.state is not None else {}


def _fields(state: DetectorState) -> dict[str, Value]:
    names = ("smoke", "heat", "co", "gas", "water_leak", "test", "tamper", "battery", "battery_low")
    all_ = {name: getattr(state, name) for name in (*names, "measured_at")}
    given = {name: value for name, value in all_.items() if value is not None}
    measured = {f"{name} measured": value for name, value in state.values}
    return {**given, **dict(state.faults), **measured}


def _line(at: datetime, heard: ListenedMessage) -> str:
    values = " ".join(f"{name}={_word(value)}" for name, value in heard.values.items())
    unknown = f" (unknown: {', '.join(heard.unknown_fields)})" if heard.unknown_fields else ""
    known = "" if heard.configured or not heard.values else " (not configured)"
    kept = " retained" if heard.retained else ""
    head = f"{local_time_of_day(at)} {heard.outcome} {heard.reason}{kept}"
    return f"{head} {heard.topic}: {values or heard.detail or heard.payload}{unknown}{known}"


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hand_over(found: DiscoveredDetectors, write: Path | None, *, as_json: bool) -> None:
    if write is not None:
        try:
            write.write_text(found.toml(), encoding="utf-8")
        except OSError as error:
            stop(f"{write}: cannot be written ({error.strerror}); name another file with --write")
    if as_json:
        say_json({"points": found.entries()})
    elif write is None:
        say(*found.toml().splitlines() or ["# no detector was heard"])
    else:
        typer.echo(f"{write}: {len(found.kinds)} points")
