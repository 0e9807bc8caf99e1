"""The settings of console, and what each figure means."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, SecretStr
from pydantic_settings import SettingsConfigDict

from runtime.client_address import IpNetwork
from runtime.settings import Part, SecretFile, ServiceSettings, Web, secret_of


def _address(text: str) -> str:
    HttpUrl(text)
    return text.rstrip("/")


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValueError(f"{error}; write an address or a network, such as 10.0.0.0/24") from None
    return text


def _tile_template(text: str) -> str:
    HttpUrl(text.format(z=0, x=0, y=0))
    if not all(part in text for part in ("{z}", "{x}", "{y}")):
        raise ValueError("no template of tiles; write http://127.0.0.1:8099/tiles/{z}/{x}/{y}.pbf")
    return text


ServiceUrl = Annotated[str, AfterValidator(_address)]
"""The URL of a service of the center, as ``http://host:port``."""


class ConsoleWeb(Web):
    """The HTTP server that browsers reach."""

    # Names, besides its own host and those of loopback, by which browsers may ask.
    hosts: tuple[str, ...] = ()
    # Addresses of the reverse proxies that end TLS: what they say of their clients is believed.
    proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    # Whether /metrics is answered to other machines too.
    open_metrics: bool = False
    # A screen holds one connection; the pages of a desk come from one address, or from one proxy.
    connections: int = Field(4_000, ge=1, le=30_000)
    connections_by_address: int = Field(4_000, ge=1, le=30_000)

    @property
    def names(self) -> frozenset[str]:
        """Return the names by which the server may be asked, besides those of loopback."""
        return frozenset(each.lower().rstrip(".") for each in (self.host, *self.hosts))

    @property
    def proxy_networks(self) -> tuple[IpNetwork, ...]:
        """The addresses of the proxies, as networks."""
        return tuple(ip_network(each) for each in self.proxies)


class CenterSettings(Part):
    """The services of the center, as this machine reaches them."""

    alerting: ServiceUrl = "http://127.0.0.1:8080"
    ingest: ServiceUrl = "http://127.0.0.1:8081"
    # The token by which console itself asks: of a system with the scopes desk:serve, feed:read,
    # incidents:read, overrides:read and phones:read, everywhere; or that of alerting's own machine.
    token: SecretStr | None = None
    token_file: SecretFile = None
    # Requests of browsers that are under way at the center; a quarter of them of one session at most.
    at_once: int = Field(16, ge=4, le=256)
    # Seconds that a request of a browser waits for its turn.
    wait_s: float = Field(5.0, gt=0, le=60)
    # Seconds for an answer; reports, forms and files have ten times as long.
    timeout_s: float = Field(10.0, gt=0, le=60)
    # Bytes of the largest file that is passed on; alerting has its own bound.
    largest_upload: int = Field(67_108_864, ge=1_048_576)

    def secret(self) -> str | None:
        """Return the token, from its file where one is named."""
        return secret_of(self.token, self.token_file)


class LiveSettings(Part):
    """The streams of screens."""

    # Streams at once, and of one session: tabs of one browser.
    screens: int = Field(2_000, ge=1, le=20_000)
    by_session: int = Field(16, ge=1, le=1_000)
    # Bytes that may wait for one screen; one that has more to take gets nothing new.
    waiting_bytes: int = Field(262_144, ge=16_384)


class MapFiles(Part):
    """The background of the map; without any it has the centres of areas alone."""

    # A GeoJSON file with the outlines of areas, each with the property "id" of the area.
    areas: Path | None = None
    # An archive of tiles in the form PMTiles.
    pmtiles: Path | None = None
    # An own server of tiles that this machine reaches; browsers ask console alone.
    tiles_url: Annotated[str, AfterValidator(_tile_template)] | None = None
    # What the licence of the background wants to have said.
    attribution: str = Field("", max_length=300)


class Settings(ServiceSettings):
    """All settings of console."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_CONSOLE_")

    web: ConsoleWeb = ConsoleWeb(port=8090)
    center: CenterSettings = CenterSettings()
    live: LiveSettings = LiveSettings()
    map: MapFiles = MapFiles()
    # The built pages; those that are installed with Tocsin if absent.
    pages: Path | None = None
