"""A running gateway, as its own settings say where it is asked and with which token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from msgspec import Struct

from gateway.adapters.supervision.heard_path import heard_path
from runtime.settings import BadSettings, load_settings
from runtime.token_notes import token_of_this_machine
from tocsin.failures import stop
from tocsin.http_client import ServiceClient

Config = Annotated[
    Path | None, typer.Option("--config", "-c", metavar="FILE", help="The gateway's settings in TOML.")
]


class HeardPoint(Struct, frozen=True):
    """A point, as the gateway's ``/status`` has it."""

    name: str
    heard_on: str
    address: str
    kind: str | None
    state: str
    heard_at: int | None
    tripped_at: int | None
    values: dict[str, float]
    conditions: list[dict[str, str]]


class HeardLine(Struct, frozen=True):
    """A line or source."""

    name: str
    state: str
    conditions: list[dict[str, str]]


class HeardEntry(Struct, frozen=True):
    """An entry of a line's journal, as the gateway has it."""

    number: int
    at: int
    outcome: str
    text: str
    hex: str
    point: str | None
    kind: str | None
    changes: list[str]
    quarantined: bool


class HeardOnLine(Struct, frozen=True):
    """The latest that came over a line."""

    entries: list[HeardEntry]


class UplinkPath(Struct, frozen=True):
    """A path to the center."""

    name: str
    state: str
    selected: bool


class SiteStatus(Struct, frozen=True):
    """Status of a gateway by its own words; *at* is its time in microseconds since 1970."""

    premises: str
    gateway: str
    at: int
    connected: bool
    paths: list[UplinkPath]
    alarm: dict[str, Any]
    lines: list[HeardLine]
    points: list[HeardPoint]


@dataclass(frozen=True, slots=True)
class SiteGateway:
    """The address of a gateway's web server, its *token*, and the folder of its key."""

    url: str
    token: str | None
    port: int
    key_file: Path

    def known_token(self) -> str | None:
        """Return the token, also the one that the gateway made at its first start."""
        return self.token or token_of_this_machine(self.port)

    def status(self) -> tuple[SiteStatus, str]:
        """Return the status and its JSON; ends the program where the gateway does not answer."""
        answer = self._client.get("/status", {})
        return answer.decoded(SiteStatus), answer.text()

    def heard(self, line: str) -> list[HeardEntry]:
        """Return what came over *line* lately; ends the program where the gateway does not answer."""
        return self._client.get(heard_path(line), {}).decoded(HeardOnLine).entries

    @property
    def _client(self) -> ServiceClient:
        named_by = "web in its settings"
        return ServiceClient(self.url, program="gateway", named_by=named_by, token=self.token)


def site_gateway(config: Path | None) -> SiteGateway:
    """Return the gateway of *config*; ends the program where its settings name no web server."""
    from gateway.settings import Settings

    try:
        settings = load_settings(Settings, config)
    except BadSettings as error:
        stop(*error.errors)
    if settings.web is None:
        stop(f"{config or 'settings'}: there is no [web] table, by which a gateway is asked; add it")
    host = "127.0.0.1" if settings.web.host in {"0.0.0.0", "::"} else settings.web.host  # noqa: S104
    url = f"http://{host}:{settings.web.port}"
    return SiteGateway(
        url, settings.web.secret(), settings.web.port, settings.identity_folder / "key.pem"
    )


def measured(values: dict[str, float]) -> str:
    """Return *values* in one line."""
    return ", ".join(f"{name} {value:g}" for name, value in values.items())


def encoded(value: object) -> str:
    """Return *value* as JSON."""
    return msgspec.json.encode(value).decode()
