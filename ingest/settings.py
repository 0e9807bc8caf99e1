"""The settings of ingest, and what each figure means."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, HttpUrl, SecretStr
from pydantic_settings import SettingsConfigDict

from ingest.domain.quotas import GatewayQuotas, Quota
from runtime.settings import (
    Broker,
    Conflict,
    GuardedWeb,
    Part,
    SecretFile,
    ServiceSettings,
    different_roots,
    secret_of,
    table,
)

HOUR_S = 3_600.0

WORD_PATTERN = r"^[A-Za-z0-9_-]+$"
SHORTEST_SHARE = 32
"""Characters of a group of processes at the least: 128 random bits in hexadecimal figures."""

FORMS = {WORD_PATTERN: "write letters, digits, - and _ without spaces"}


def _address(text: str) -> str:
    HttpUrl(text)
    return text.rstrip("/")


ServerUrl = Annotated[str, AfterValidator(_address)]
"""The URL of a server, as ``http://host:port``."""


class EmbeddedStore(Part):
    """Readings in an SQLite file of ingest's own: nothing to install, one machine."""

    kind: Literal["embedded"] = "embedded"
    path: Path | None = None  # data_dir/readings.db if not set
    retention_days: int = Field(400, ge=1)  # a year, and the same season of the last one to compare with


class InfluxDB1Store(Part):
    """InfluxDB 1.x, such as Debian's 1.6. The database is created if it is missing."""

    kind: Literal["influxdb1"]
    url: ServerUrl = "http://127.0.0.1:8086"
    database: str = Field("tocsin", pattern=WORD_PATTERN)
    retention_policy: str | None = Field(None, pattern=WORD_PATTERN)  # the default one if not set
    username: str | None = None
    password: SecretStr | None = None
    password_file: SecretFile = None

    def secret(self) -> str | None:
        """Return the password, from its file where one is named."""
        return secret_of(self.password, self.password_file)


class InfluxDB2Store(Part):
    """InfluxDB 2 or 3, or a server that takes writes as they do, at ``/api/v2/write``.

    *reads* names the query language: InfluxQL, or that of VictoriaMetrics.
    """

    kind: Literal["influxdb2"]
    url: ServerUrl = "http://127.0.0.1:8086"
    org: str = "tocsin"
    bucket: str = "tocsin"
    token: SecretStr | None = None
    token_file: SecretFile = None
    reads: Literal["influxql", "victoriametrics"] = "influxql"

    def secret(self) -> str | None:
        """Return the token, from its file where one is named."""
        return secret_of(self.token, self.token_file)


StoreSettings = Annotated[EmbeddedStore | InfluxDB1Store | InfluxDB2Store, Field(discriminator="kind")]


class Writing(Part):
    """Writing of readings to the store."""

    # As many as are there, up to this: large enough that a round trip costs little per reading, small
    # enough (about 1 MB of lines) for the limits of proxies and servers.
    max_readings: int = Field(10_000, ge=1)
    # Readings held in memory while the store is slow or away, at some 100 bytes each. What comes beyond
    # is dropped and counted; the gateways keep it on disk and send it again.
    backlog_readings: int = Field(500_000, ge=1)
    timeout_s: float = Field(10.0, gt=0)  # for one answer of the store
    backoff_s: float = Field(0.5, gt=0)  # after the first failure; it doubles with each further one
    # So often the store is asked while it is away, with a group that shrinks to one batch: it costs
    # nothing, and readings go on within seconds of its return. Retry-After of the store counts first.
    longest_backoff_s: float = Field(2.0, gt=0)
    # What the store took it must show within this time, or it is written again. If absent, 5 s,
    # and 30 s for VictoriaMetrics, which shows the first reading of a new point after some ten.
    shown_within_s: float | None = Field(None, gt=0)
    # Copies of signals kept on disk while the store is away; beyond, the oldest go. They are copies:
    # what counts is in alerting's database.
    signal_messages: int = Field(100_000, ge=1)


class Plausible(Part):
    """The times that a reading may have; others are refused and quarantined."""

    earliest: AwareDatetime = Field("2020-01-01T00:00:00Z", validate_default=True)  # before Tocsin was
    ahead_s: float = Field(3_600.0, ge=0)  # a clock may be wrong by a time zone's hour, not by more


class QuotaSettings(Part):
    """The quota of each gateway: what comes beyond waits at that gateway, and is sent again."""

    # Five times a site of 2,000 points that report once a second; and at once twice what such a site has
    # measured within old_after_s, when it comes back after a short outage.
    readings_s: float = Field(10_000.0, gt=0)
    readings_at_once: int = Field(3_000_000, ge=1)
    # What was measured so long ago comes after an outage, as fast as it goes: a day of such a site,
    # and as much again with every day.
    old_after_s: float = Field(600.0, gt=0)
    old_readings_s: float = Field(2_500.0, gt=0)
    old_readings_at_once: int = Field(220_000_000, ge=1)
    # A series is a point and a quantity. Each costs the store memory and disk for good.
    new_series_an_hour: float = Field(200.0, gt=0)
    new_series_at_once: int = Field(20_000, ge=1)
    # What cannot be stored goes to the quarantine, of which a day has 256 MiB for all gateways.
    refused_bytes_an_hour: int = Field(2_000_000, ge=1)
    refused_bytes_at_once: int = Field(32_000_000, ge=1)

    def quotas(self) -> GatewayQuotas:
        """Return the quotas of each gateway."""
        return GatewayQuotas(
            readings=Quota(self.readings_at_once, self.readings_s),
            old_readings=Quota(self.old_readings_at_once, self.old_readings_s),
            new_series=Quota(self.new_series_at_once, self.new_series_an_hour / HOUR_S),
            refused_bytes=Quota(self.refused_bytes_at_once, self.refused_bytes_an_hour / HOUR_S),
            old_s=self.old_after_s,
        )


class IngestWeb(GuardedWeb):
    """The HTTP server of ingest."""

    # Alerting, which keeps the accounts, as this machine reaches it: with it, tokens and sessions of
    # accounts read what they may. Without it only the token of this server is known.
    accounts: ServerUrl | None = None


class ReadingsApiSettings(Part):
    """The HTTP API for readings."""

    default_points: int = Field(2_000, ge=2)  # what a screen shows of one curve
    most_points: int = Field(100_000, ge=2)  # about 4 MB of JSON


class Settings(ServiceSettings):
    """All settings of ingest."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_INGEST_")

    forms = FORMS

    data_dir: Path = Path("data/ingest")  # coverage, signals, quarantine, and the embedded store
    client_id: str = Field("tocsin-ingest", min_length=1)  # must differ between processes on one broker
    # Several processes that name the same group divide the messages among them ($share of the broker).
    share: str | None = Field(None, pattern=WORD_PATTERN)
    broker: Broker = Broker()
    # Where gateways with several paths may be heard too; all with the root of `broker`.
    other_brokers: tuple[Broker, ...] = ()
    web: IngestWeb = IngestWeb(port=8081)
    store: StoreSettings = EmbeddedStore()
    writing: Writing = Writing()
    plausible: Plausible = Plausible()
    quota: QuotaSettings = QuotaSettings()
    # Free disk space, where data_dir is, below which no reading is taken: it is left to alarms. At most
    # a tenth of the disk. Keep it above alerting's, so that readings give way first.
    disk_reserve_mib: int = Field(2_048, ge=0)
    reading: ReadingsApiSettings = ReadingsApiSettings()
    quarantine_days: int = Field(90, ge=1)  # for how long quarantined payloads are kept

    @classmethod
    def conflicts_in(cls, content: Mapping[str, Any]) -> Iterable[Conflict]:
        """Yield other brokers with other topics, and a group of processes whose name can be guessed."""
        yield from different_roots(content)
        share, broker = content.get("share"), table(content.get("broker"))
        if isinstance(share, str) and broker.get("username") and len(share) < SHORTEST_SHARE:
            text = (
                "any user of the broker who guesses this name takes messages away from ingest, and no "
                "rule of the broker forbids it; write 32 random characters (openssl rand -hex 16)"
            )
            yield Conflict(("share",), text)
