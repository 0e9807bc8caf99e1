"""The plan of a gateway: its checked settings, resolved to plain values that the steady process needs.

``gateway/settings.py`` reads and checks what people write, with a library that takes 15 MB. The steady
process has none of it: it gets this plan, as JSON (gateway/handover.py).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from contract.detectors import Dialect
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.room_comparison import NeighbourThresholds
from gateway.domain.points.thresholds import PointThresholds
from gateway.domain.uplink.path_watch import PathTimings
from runtime.log_format import LogFormat
from runtime.text_files import read_text

UPLINK = "uplink"
"""The name of the path where there is only one, in ``broker``."""


def _secret_of(value: str | None, file: Path | None) -> str | None:
    """Return a secret that is set directly or, first, in a file of its own."""
    return value if file is None else read_text(file).strip()


@dataclass(frozen=True, slots=True)
class BrokerPlan:
    """A broker, the user and the times of a connection (runtime/broker_address.py)."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    password_file: Path | None
    tls: bool
    ca_file: Path | None
    certificate_file: Path | None
    key_file: Path | None
    keepalive_s: int
    answer_s: float
    root: str

    def secret(self) -> str | None:
        """Return the password, from its file where one is named."""
        return _secret_of(self.password, self.password_file)


@dataclass(frozen=True, slots=True)
class IdentityPlan:
    """The *folder* of an enrolled gateway's key and certificate, and the lifetime of the latter."""

    folder: Path
    since: int
    until: int

    @property
    def key_file(self) -> Path:
        """The private key, in PEM."""
        return self.folder / "key.pem"

    @property
    def certificate_file(self) -> Path:
        """The certificate, followed by those that prove it."""
        return self.folder / "certificate.pem"

    @property
    def authority_file(self) -> Path:
        """The root of the center's authority."""
        return self.folder / "authority.pem"


@dataclass(frozen=True, slots=True)
class WebPlan:
    """The address of the HTTP server, the bounds of its clients, and the token of their requests.

    *page_words* are the words of its page, as JSON.
    """

    host: str
    port: int
    connections: int
    connections_by_address: int
    token: str | None = field(repr=False)
    token_file: Path | None
    names: frozenset[str]
    guards_metrics: bool
    page_words: str

    def secret(self) -> str | None:
        """Return the token, from its file where one is named."""
        return _secret_of(self.token, self.token_file)


@dataclass(frozen=True, slots=True)
class PathPlan:
    """A path to the center."""

    name: str
    broker: BrokerPlan
    timings: PathTimings


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A serial line; *options* are those of its *connector*, *unknown* judges points nobody configured.

    *silent_after_s* is None where the silence of its peer means nothing.
    """

    name: str
    port: str
    baud: int
    frame: str
    silent_after_s: float | None
    noisy_share: float
    connector: str
    options: dict[str, Any]
    unknown: PointThresholds


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """Detectors that publish on a broker; *addresses* are those of its configured points."""

    name: str
    dialect: Dialect
    root: str
    broker: BrokerPlan
    silent_after_s: float
    noisy_share: float
    addresses: frozenset[str]
    unknown: PointThresholds
    radio_gateways: tuple[str, ...] = ()
    radio_silent_after_s: float = 120.0


@dataclass(frozen=True, slots=True)
class PointPlan:
    """A configured point; *thresholds* is its place in the list of the plan.

    *installed* is when its detector was put there, in microseconds since 1970.
    """

    name: str
    heard_on: str
    heard_as: str
    kind: PointKind
    room: str | None
    thresholds: int
    installed: int | None = None


@dataclass(frozen=True, slots=True)
class TelemetryPlan:
    """The telemetry lane: batches, resending, thinning."""

    batch_s: float
    batch_readings: int
    window: int
    resend_first_s: float
    resend_longest_s: float
    thin_to_s: float
    keep_batches: int
    keep_free_mib: int


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    """The alarm lane: resending, the send window, disk."""

    resend_first_s: float
    resend_longest_s: float
    most_in_message: int
    window: int
    disk_patience_s: float
    reserve_mib: int
    unreceipted_after_s: float


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """A lamp or buzzer on site."""

    command: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """All that a gateway needs of its settings; *unknown* judges points that nobody configured."""

    premises: str
    gateway: str
    data_dir: Path
    log_format: LogFormat
    log_level: str
    heartbeat_s: float
    reset_s: float
    most_unknown_points: int
    battery_low_percent: float
    paths: tuple[PathPlan, ...]
    lines: tuple[LinePlan, ...]
    sources: tuple[SourcePlan, ...]
    points: tuple[PointPlan, ...]
    thresholds: tuple[PointThresholds, ...]
    unknown: PointThresholds
    neighbours: NeighbourThresholds
    telemetry: TelemetryPlan
    alarm: AlarmPlan
    output: OutputPlan
    web: WebPlan | None
    identity: IdentityPlan | None = None
    # Where its key is, or will be: a gateway that is enrolled while it runs signs from then on.
    key_file: Path | None = None


def encode_plan(plan: GatewayPlan) -> bytes:
    """Return *plan* as JSON, with its secrets."""
    return msgspec.json.encode(plan, enc_hook=_path_text)


def decode_plan(body: bytes) -> GatewayPlan:
    """Return the plan in *body*."""
    return msgspec.json.decode(body, type=GatewayPlan, dec_hook=_path)


def _path_text(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value)} has no form in JSON")


def _path(kind: type, value: Any) -> Path:
    if issubclass(kind, Path):
        return Path(value)
    raise TypeError(f"{kind} has no form in JSON")
