"""The verbs that run a service: gateway, receiver, ingest, alerting, console."""

from __future__ import annotations

import importlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from tocsin.failures import missing, stop
from tocsin.lazy_group import Verb, lazy_group
from tocsin.options import AsJson

if TYPE_CHECKING:
    from runtime.settings import ServiceSettings

    S = TypeVar("S", bound=ServiceSettings)

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="Settings in TOML."),
]
Check = Annotated[
    bool, typer.Option("--check", help="Only check the settings: name every mistake, then exit.")
]

SUB_VERBS = {
    "enroll": Verb(
        "tocsin.gateway_enroll_command:enroll", "Make the gateway's key, and have the center certify it."
    ),
    "connectors": Verb(
        "tocsin.gateway_connectors_command:connectors", "List the connectors, their options and limits."
    ),
    "discover": Verb(
        "tocsin.gateway_discover_command:discover",
        "Find the detectors of a polled line, double ones too.",
    ),
    "status": Verb(
        "tocsin.gateway_status_command:status",
        "Show what a running gateway hears; link to its page.",
    ),
    "walk-test": Verb(
        "tocsin.gateway_walk_command:walk_test", "Tick off points as they trip; sign the result."
    ),
    "replace-detector": Verb(
        "tocsin.gateway_replace_command:replace_detector",
        "Note that a point has a new detector.",
    ),
    "listen": Verb(
        "tocsin.gateway_listen_command:listen",
        "Show what a source or line tells, as it is understood.",
    ),
}

of_gateway = lazy_group(SUB_VERBS, invoke_without_command=True)


@of_gateway.callback()
def gateway(
    context: typer.Context, config: Config = None, check: Check = False, as_json: AsJson = False
) -> None:
    """Run a gateway: detectors in, signals and readings out.

    It hears detectors on serial lines and over MQTT, and keeps every signal and reading on disk until
    the center's receipt says that it is stored there.

    Settings come from FILE and from the environment, which wins: TOCSIN_GATEWAY_BROKER__HOST.
    """
    if context.invoked_subcommand is None:
        run_service("gateway", config, check=check, as_json=as_json)


def receiver(config: Config = None, check: Check = False, as_json: AsJson = False) -> None:
    """Run a receiver: transmitters of other makers in, signals out.

    It hears transmitters of SIA DC-09 over TCP and UDP, each account a gateway of its premises. A
    transmitter is acknowledged once what it told is on disk.

    Settings come from FILE and from the environment, which wins: TOCSIN_RECEIVER_BROKER__HOST.
    """
    run_service("receiver", config, check=check, as_json=as_json)


def ingest(config: Config = None, check: Check = False, as_json: AsJson = False) -> None:
    """Run ingest: readings from all gateways into the readings store.

    The store is InfluxDB, VictoriaMetrics or the embedded one.
    A batch is receipted only once the store has it. What the store refuses is set aside in the
    quarantine, counted, and holds up nothing else.

    Settings come from FILE and from the environment, which wins: TOCSIN_INGEST_BROKER__HOST.
    """
    run_service("ingest", config, check=check, as_json=as_json)


def alerting(config: Config = None, check: Check = False, as_json: AsJson = False) -> None:
    """Run alerting: confirm fires, escalate, notify people.

    All its state is in its database; it may be killed and started again at any moment.

    Settings come from FILE and from the environment, which wins: TOCSIN_ALERTING_BROKER__HOST.
    """
    run_service("alerting", config, check=check, as_json=as_json)


def console(config: Config = None, check: Check = False, as_json: AsJson = False) -> None:
    """Run console: the duty desk, between browsers and the center.

    It serves the pages, passes requests on to alerting and ingest as the person who signed in, and sends
    every screen what happens. It keeps nothing: it may be killed and started again at any moment.

    Settings come from FILE and from the environment, which wins: TOCSIN_CONSOLE_WEB__PORT.
    """
    run_service("console", config, check=check, as_json=as_json)


NEEDED = {"ingest": "influxdb_client", "alerting": "sqlalchemy"}
"""A library of the extra ``center`` that each service cannot do without."""


def run_service(name: str, config: Path | None, *, check: bool, as_json: bool) -> None:
    """Load the settings of the service *name*; then check them only, or run it until it is stopped."""
    if as_json and not check:
        stop("--json answers --check only; add --check, or run the service without --json")
    if name in NEEDED and find_spec(NEEDED[name]) is None:
        missing(NEEDED[name], "center")
    settings_of = importlib.import_module(f"{name}.settings").Settings
    if check:
        _check(settings_of, config, name=name, as_json=as_json)
    elif name == "gateway":
        _run_gateway(config)
    else:
        _run(settings_of, config, importlib.import_module(f"{name}.app"))


def _run(settings_of: type[ServiceSettings], config: Path | None, app: Any) -> NoReturn:
    from runtime.process import run_process

    settings = _loaded(settings_of, config)
    raise typer.Exit(run_process(lambda: app.run(settings)))


def _run_gateway(config: Path | None) -> NoReturn:
    from gateway.handover import become_steady
    from gateway.settings import Settings

    become_steady(_loaded(Settings, config).plan())


def _loaded(settings_of: type[S], config: Path | None) -> S:
    """Return the settings, with the log as they want it; end with every mistake named."""
    import structlog

    from runtime.first_token import with_first_token
    from runtime.log import set_up_log
    from runtime.settings import BadSettings, load_settings
    from runtime.web_remarks import web_remarks

    try:
        settings = load_settings(settings_of, config)
    except BadSettings as error:
        stop(*error.errors, *_hint(config))
    set_up_log(settings.log_format, settings.log_level)
    guarded = with_first_token(settings)
    for each in (*settings.warnings, *web_remarks(guarded)):
        structlog.get_logger(__name__).warning("settings should be changed", setting=each)
    return guarded


def _check(settings_of: type[ServiceSettings], config: Path | None, *, name: str, as_json: bool) -> None:
    """Name every mistake, also what does not fit together where single keys are wrong."""
    from runtime.settings import check_settings, load_settings
    from runtime.web_remarks import web_remarks

    errors, warnings = check_settings(settings_of, config)
    if not errors:
        warnings += web_remarks(load_settings(settings_of, config))
    if as_json:
        typer.echo(json.dumps({"ok": not errors, "errors": errors, "warnings": warnings}))
        raise typer.Exit(2 if errors else 0)
    if errors:
        stop(*errors, *_hint(config))
    typer.echo(f"{config or name}: ok")
    for each in warnings:
        typer.echo(f"warning: {each}", err=True)


def _hint(config: Path | None) -> tuple[str, ...]:
    return (
        ()
        if config
        else ("name a settings file with --config FILE; the source has samples in deploy/samples",)
    )
