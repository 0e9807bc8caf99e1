"""Settings of a gateway: its lines, sources, points, broker, and every threshold."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict

from contract.detectors import Dialect
from contract.reporting_profiles import REPORTING_TIMES, Profile
from contract.times import to_micros
from gateway.conflicts import conflicts
from gateway.connector_check import checked_options, with_addresses
from gateway.domain.connectors.all_connectors import OWN, connector_named
from gateway.domain.detection.clean_air import CleanAirThresholds
from gateway.domain.detection.heat import HEAT_CLASSES, HeatThresholds
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.room_comparison import NeighbourThresholds
from gateway.domain.points.status_limits import DEFAULT_STATUS_LIMITS, StatusLimits
from gateway.domain.points.thresholds import PointThresholds
from gateway.domain.uplink.path_watch import PathTimings
from gateway.identity import identity_warnings, read_identity
from gateway.plan import (
    UPLINK,
    AlarmPlan,
    BrokerPlan,
    GatewayPlan,
    IdentityPlan,
    LinePlan,
    OutputPlan,
    PathPlan,
    PointPlan,
    SourcePlan,
    TelemetryPlan,
    WebPlan,
)
from runtime.settings import (
    ROOT_PATTERN,
    Broker,
    Conflict,
    GuardedWeb,
    Name,
    Part,
    ServiceSettings,
    is_loopback,
)

RADIO_GATEWAY_PATTERN = r"^([^/#+\s]+/)*gateway/[0-9A-Fa-f]{16}$"

FORMS = {
    RADIO_GATEWAY_PATTERN: "not the topic of a LoRaWAN gateway up to its id; write "
    "gateway/ and the 16 hexadecimal digits, with the topic prefix of its region before them, "
    "such as as923_2/gateway/0016c001f1500001",
}
"""Remedies by the pattern that a text must match."""

FRAMES = tuple(f"{bits}{parity}{stops}" for bits in "87" for parity in "NEO" for stops in "12")

_NEVER_S = 1e9
"""A point of a panel that tells changes alone is never silent by itself."""

ComposedText = Annotated[str, AfterValidator(lambda text: unicodedata.normalize("NFC", text))]
"""Text that machines write as well, in one form or another: it is compared with its letters composed."""


class LineSettings(Part):
    """A serial line with detectors, or with a panel that a connector understands."""

    name: Name
    # Anything that pyserial opens: /dev/ttyUSB0, socket://10.0.0.7:4001, rfc2217://10.0.0.7:4001.
    port: str = Field(min_length=1)
    baud: int = Field(9600, ge=50, le=4_000_000)
    # Data bits, parity (none, even, odd) and stop bits.
    frame: str = Field("8N1", pattern=f"^({'|'.join(FRAMES)})$")
    # What the other end speaks; see `tocsin gateway connectors`.
    connector: str = OWN
    # The options of the connector.
    options: dict[str, Any] = Field(default_factory=dict)
    # The line's reporting time in seconds: longest silence before it is reported. Three heartbeats
    # of a detector that sends every 30 s. A connector has its own, which may be none.
    silent_after_s: float = Field(90.0, gt=0)
    # Share of what was heard in the last minute that may be damaged before the line is in fault.
    noisy_share: float = Field(0.2, gt=0, le=1)

    @property
    def reporting_time_s(self) -> float | None:
        """The longest silence; None where silence means nothing."""
        if self.connector == OWN or "silent_after_s" in self.model_fields_set:
            return self.silent_after_s
        return connector_named(self.connector).silent_after_s

    @property
    def points_speak(self) -> bool:
        """Whether each point is heard by itself, and not a panel for all of them."""
        return self.connector == OWN or connector_named(self.connector).points_speak


class PathSettings(Part):
    """A path to the center: a broker, and how soon its loss is reported."""

    name: Name
    broker: Broker = Broker()
    # The path's reporting time in seconds; that of the profile if absent.
    silent_after_s: float | None = Field(None, gt=0)


class SourceSettings(Part):
    """A source: detectors that publish on a broker of the site."""

    name: Name
    dialect: Dialect
    # The first part of their topics, such as "zigbee2mqtt"; for home_assistant the discovery prefix.
    root: ComposedText = Field(pattern=ROOT_PATTERN)
    broker: Broker = Broker()
    silent_after_s: float = Field(600.0, gt=0)
    noisy_share: float = Field(0.2, gt=0, le=1)
    # The longest test of its detectors in seconds; the gateway's if absent.
    longest_test_s: float | None = Field(None, gt=0)
    # Seconds for which an alarm of its detectors stands at least; taken back sooner, it is a tamper.
    # A panel may take 10 s to show an alarm (EN 54-2): what is over by then, nobody could see.
    latch_s: float = Field(10.0, ge=0, le=300)
    # Of chirpstack: the topics, up to the id, of the LoRaWAN gateways that must be heard.
    radio_gateways: tuple[Annotated[str, Field(pattern=RADIO_GATEWAY_PATTERN)], ...] = ()
    # The longest silence of such a gateway; it reports each 30 s unless somebody changed it.
    radio_silent_after_s: float = Field(120.0, gt=0)

    @model_validator(mode="after")
    def _has_radio(self) -> Self:
        if self.radio_gateways and self.dialect is not Dialect.CHIRPSTACK:
            raise PydanticCustomError("dialect", "radio_gateways belong to the dialect chirpstack alone")
        return self


class PointSettings(Part):
    """A detector, call point or panel input, and its address on a line or source."""

    name: Name
    # What the detector calls itself; its name if absent.
    address: ComposedText | None = Field(None, min_length=1, max_length=128)
    line: Name | None = None
    source: Name | None = None
    kind: PointKind
    heat_class: str = Field("A1", pattern=f"^({'|'.join(HEAT_CLASSES)})$")
    # The point's reporting time in seconds; the gateway's if absent.
    silent_after_s: float | None = Field(None, gt=0)
    # Points of one room are compared with each other.
    room: Name | None = None
    # When its detector was put there: what was learned before is of another one, and is dropped.
    installed: AwareDatetime | None = None
    # The longest test of this detector in seconds; its source's, or the gateway's, if absent.
    longest_test_s: float | None = Field(None, gt=0)

    @property
    def heard_on(self) -> str:
        """The name of the line or source."""
        return self.line or self.source or ""

    @property
    def heard_as(self) -> str:
        """The address."""
        return self.address or self.name


class SmokeSettings(Part):
    """Thresholds of smoke, as deviations from clean air in dB/m."""

    # One maker's detector: weekly mean + 0.132 dB/m (3 %/m); the pre-alarm at half of it.
    alarm_above_db_m: float = Field(0.132, gt=0)
    prealarm_above_db_m: float = Field(0.066, gt=0)
    # The same maker filters over 15 s or 35 s.
    filter_s: float = Field(15.0, gt=0)
    # Time constant of the compensation for a detector that slowly gets dirty: a week.
    baseline_hours: float = Field(168.0, gt=0)
    # The compensation goes no further than this.
    drift_limit_db_m: float = Field(0.1, ge=0)
    # EN 54-7: a detector's sensitivity is never under 0.05 dB/m.
    lowest_alarm_db_m: float = Field(0.05, ge=0)
    # A fire ends when smoke stayed below this share of what began it ...
    restore_share: float = Field(0.5, gt=0, lt=1)
    # ... for so many seconds.
    restore_s: float = Field(30.0, ge=0)
    # A detector is reported to need cleaning when its dirt will be at the drift limit within so long.
    clean_within_days: float = Field(21.0, gt=0)

    @model_validator(mode="after")
    def _prealarm_comes_first(self) -> Self:
        if self.prealarm_above_db_m >= self.alarm_above_db_m:
            raise PydanticCustomError("order", "prealarm_above_db_m must be lower than alarm_above_db_m")
        return self

    def thresholds(self) -> CleanAirThresholds:
        """Return the thresholds of smoke."""
        return CleanAirThresholds(
            alarm_above=self.alarm_above_db_m,
            prealarm_above=self.prealarm_above_db_m,
            filter_s=self.filter_s,
            baseline_s=self.baseline_hours * 3600.0,
            drift_limit=self.drift_limit_db_m,
            lowest_alarm=self.lowest_alarm_db_m,
            restore_share=self.restore_share,
            restore_s=self.restore_s,
        )


class CoSettings(Part):
    """Thresholds of carbon monoxide, as deviations from what the room always has, in ppm.

    No source was read for these figures: they are recalled from makers' fire detectors with a CO cell,
    and must be checked against those of the detector that is used.
    """

    alarm_above_ppm: float = Field(60.0, gt=0)
    prealarm_above_ppm: float = Field(30.0, gt=0)
    filter_s: float = Field(30.0, gt=0)
    # Time constant of the compensation for a cell that drifts, and for the traffic in front: a day.
    baseline_hours: float = Field(24.0, gt=0)
    drift_limit_ppm: float = Field(20.0, ge=0)
    lowest_alarm_ppm: float = Field(30.0, ge=0)
    restore_share: float = Field(0.5, gt=0, lt=1)
    restore_s: float = Field(30.0, ge=0)

    @model_validator(mode="after")
    def _prealarm_comes_first(self) -> Self:
        if self.prealarm_above_ppm >= self.alarm_above_ppm:
            raise PydanticCustomError("order", "prealarm_above_ppm must be lower than alarm_above_ppm")
        return self

    def thresholds(self) -> CleanAirThresholds:
        """Return the thresholds of carbon monoxide."""
        return CleanAirThresholds(
            alarm_above=self.alarm_above_ppm,
            prealarm_above=self.prealarm_above_ppm,
            filter_s=self.filter_s,
            baseline_s=self.baseline_hours * 3600.0,
            drift_limit=self.drift_limit_ppm,
            lowest_alarm=self.lowest_alarm_ppm,
            restore_share=self.restore_share,
            restore_s=self.restore_s,
        )


class HeatSettings(Part):
    """Thresholds of heat; temperatures in degC, differences in K."""

    # Working point above the minimum static response of the class (EN 54-5); 56 degC for A1.
    above_class_minimum_k: float = Field(2.0, ge=0)
    # Rising faster than this, the working point is lowered by `lowered_by_k`. Never rate alone.
    rise_k_per_min: float = Field(4.0, gt=0)
    lowered_by_k: float = Field(10.0, ge=0)
    # The pre-alarm is so much lower than the alarm.
    prealarm_below_k: float = Field(10.0, gt=0)
    # The rise is measured over about so long, and not before two thirds of it have been seen.
    rise_window_s: float = Field(60.0, gt=0)
    # A step between two samples that comes back at once: a spike, of which two are a broken sensor.
    jump_k: float = Field(30.0, gt=0)
    # A fire ends when it is cooler than what began it by so much ...
    restore_below_k: float = Field(3.0, gt=0)
    # ... for so many seconds.
    restore_s: float = Field(30.0, ge=0)

    def thresholds(self, heat_class: str) -> HeatThresholds:
        """Return the thresholds of a detector of *heat_class*."""
        minimum = HEAT_CLASSES[heat_class]
        rest = self.model_dump(exclude={"above_class_minimum_k"})
        return HeatThresholds(static_c=minimum + self.above_class_minimum_k, **rest)


class NeighbourSettings(Part):
    """Thresholds for a point that disagrees with the others of its room, at least two."""

    # From the median of the others; a kitchen is no 15 K from its ceiling's other end for an hour.
    apart_k: float = Field(15.0, gt=0)
    apart_db_m: float = Field(0.06, gt=0)
    apart_ppm: float = Field(25.0, gt=0)
    after_s: float = Field(3600.0, gt=0)

    def thresholds(self) -> NeighbourThresholds:
        """Return the thresholds of the room comparison."""
        apart = {"temperature": self.apart_k, "smoke": self.apart_db_m, "co": self.apart_ppm}
        return NeighbourThresholds(apart, self.after_s)


class DetectionSettings(Part):
    """Thresholds of fires and of faulty points."""

    smoke: SmokeSettings = SmokeSettings()
    heat: HeatSettings = HeatSettings()
    co: CoSettings = CoSettings()
    neighbours: NeighbourSettings = NeighbourSettings()

    def thresholds(
        self,
        *,
        heat_class: str = "A1",
        silent_after_s: float,
        stuck_after_s: float,
        status_limits: StatusLimits = DEFAULT_STATUS_LIMITS,
        latch_s: float = 0.0,
    ) -> PointThresholds:
        """Return the thresholds of a point."""
        return PointThresholds(
            smoke=self.smoke.thresholds(),
            heat=self.heat.thresholds(heat_class),
            co=self.co.thresholds(),
            silent_after_s=silent_after_s,
            stuck_after_s=stuck_after_s,
            clean_within_days=self.smoke.clean_within_days,
            status_limits=status_limits,
            latch_s=latch_s,
        )


class TelemetryLaneSettings(Part):
    """The telemetry lane: batches, resending, thinning."""

    # A batch is closed after so many seconds or so many readings. 4,000 readings, each of another
    # series with the longest names, still fit in one message.
    batch_s: float = Field(1.0, gt=0)
    batch_readings: int = Field(2_000, ge=1, le=4_000)
    # Batches on the way without a receipt.
    window: int = Field(8, ge=1, le=256)
    # docs/protocol.md, 4.3: again after 10 s, up to 60 s.
    resend_first_s: float = Field(10.0, gt=0)
    resend_longest_s: float = Field(60.0, gt=0)
    # Where readings must shrink, the oldest are thinned to the minimum and maximum of each series
    # in so many seconds; then the oldest go. All that is lost is counted.
    thin_to_s: float = Field(60.0, gt=0)
    # They shrink when so many batches wait, ...
    keep_batches: int = Field(200_000, ge=1)
    # ... or when the disk has less than this left, which belongs to the alarms.
    keep_free_mib: int = Field(256, ge=0)


class AlarmLaneSettings(Part):
    """The alarm lane: resending, the send window, disk."""

    # docs/protocol.md, 4.3: again after 1 s, then 2, 4, up to 30 s.
    resend_first_s: float = Field(1.0, gt=0)
    resend_longest_s: float = Field(30.0, gt=0)
    # Signals in one message, when many wait.
    most_in_message: int = Field(100, ge=1, le=500)
    # Signals without a receipt that are held in memory; the rest waits on disk.
    window: int = Field(10_000, ge=1)
    # A disk that takes longer than this no longer holds an alarm back: it is sent from memory.
    disk_patience_s: float = Field(1.0, gt=0)
    # Disk space that is held for alarms alone, and given free when the disk is full.
    reserve_mib: int = Field(16, ge=0)
    # EN 54-21 type 1: a missing acknowledgement is a fault at the premises after 100 s.
    unreceipted_after_s: float = Field(100.0, gt=0)


class OutputSettings(Part):
    """A lamp or buzzer on site."""

    # Run with one more argument when what is to be shown changes: normal, fire, relayed,
    # acknowledged or trouble. Empty: there is none.
    command: tuple[str, ...] = ()
    # A run that takes longer is ended.
    timeout_s: float = Field(5.0, gt=0)


class Settings(ServiceSettings):
    """All settings of a gateway."""

    model_config = SettingsConfigDict(
        **{**ServiceSettings.model_config, "env_prefix": "TOCSIN_GATEWAY_"}
    )
    forms = FORMS

    premises: Name
    gateway: Name
    # Where the outbox, the quarantine and the state are kept; it must survive a restart.
    data_dir: Path
    # The key and the certificate of an enrolled gateway; `identity` in data_dir if absent.
    identity_dir: Path | None = None
    broker: Broker = Broker()
    # Instead of `broker`: several ways to the center, the preferred one first.
    paths: tuple[PathSettings, ...] = ()
    profile: Profile = Profile.SP5
    # A preferred path is taken again after it has been up for so long, so that nothing flaps.
    settle_s: float = Field(60.0, ge=0)
    web: GuardedWeb | None = None
    # docs/protocol.md, 4.5.
    heartbeat_s: float = Field(10.0, gt=0)
    # EN 54-25: a radio point is reported after 300 s of silence.
    silent_after_s: float = Field(300.0, gt=0)
    # What a detector says of itself holds back its fires for so many seconds at most: a test ...
    longest_test_s: float = Field(300.0, gt=0)
    # ... and a disablement, as long as the longest test that a person can order at the center.
    longest_disablement_s: float = Field(28_800.0, gt=0)
    # So many seconds after the center closed an incident, a detector that still says fire is signalled
    # anew, as a panel rings again after a reset. Time to clear a chamber of smoke (NFPA 72: 60 s).
    reset_s: float = Field(60.0, gt=0)
    # Points that nobody configured and that are taken all the same.
    most_unknown_points: int = Field(1_000, ge=0)
    # Charge in percent from which a battery is low; it is meant to leave 30 days (EN 14604).
    battery_low_percent: float = Field(15.0, ge=0, le=100)
    # The same value for so long means a stuck sensor; 0 leaves it to what each sensor did before.
    stuck_after_s: float = Field(0.0, ge=0)
    # Start connectors without a corpus that proves them, to try them out.
    untried_connectors: bool = False
    lines: tuple[LineSettings, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    points: tuple[PointSettings, ...] = ()
    detection: DetectionSettings = DetectionSettings()
    telemetry: TelemetryLaneSettings = TelemetryLaneSettings()
    alarm: AlarmLaneSettings = AlarmLaneSettings()
    output: OutputSettings = OutputSettings()

    @classmethod
    def conflicts_in(cls, content: Mapping[str, Any]) -> Iterable[Conflict]:
        """Yield lines, sources, points, paths and brokers that do not fit together."""
        return conflicts(content)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about a broken identity, and sources' brokers that anybody could publish to."""
        return identity_warnings(self.identity_folder) + tuple(
            f"source {each.name!r}: the broker {each.broker.host}:{each.broker.port} is used without a "
            "user; whoever reaches it can raise alarms and take them back; set broker.username and "
            "broker.password_file, and rules as in deploy/mosquitto/site.conf"
            for each in self.sources
            if each.broker.username is None and not is_loopback(each.broker.host)
        )

    @classmethod
    def absences_in(cls, content: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the serial devices that are missing: a gateway runs without them, and reports them."""
        ports = [(each["name"], each["port"]) for each in content.get("lines", ())]
        return tuple(
            f"line {name!r}: there is no {port} on this machine now; plug it in, or correct port"
            for name, port in ports
            if port.startswith("/") and not Path(port).exists()
        )

    @property
    def uplinks(self) -> tuple[PathSettings, ...]:
        """All paths, the preferred one first; that of ``broker`` where there is only one."""
        return self.paths or (PathSettings(name=UPLINK, broker=self.broker),)

    @property
    def identity_folder(self) -> Path:
        """The folder of the gateway's key and certificate, where it is enrolled."""
        return self.identity_dir or self.data_dir / "identity"

    def path_timings(self, path: PathSettings) -> PathTimings:
        """Return the time limits of *path*."""
        return PathTimings(
            silent_after_s=path.silent_after_s or REPORTING_TIMES[self.profile],
            settle_s=self.settle_s,
            unresponsive_after_s=self.alarm.resend_first_s,
        )

    def plan(self) -> GatewayPlan:
        """Return what the steady process needs of all this."""
        places: dict[PointThresholds, int] = {}
        identity = read_identity(self.identity_folder)
        points = tuple(self._point_plan(point, places) for point in self.points)
        return GatewayPlan(
            premises=self.premises,
            gateway=self.gateway,
            data_dir=self.data_dir,
            log_format=self.log_format,
            log_level=self.log_level,
            heartbeat_s=self.heartbeat_s,
            reset_s=self.reset_s,
            most_unknown_points=self.most_unknown_points,
            battery_low_percent=self.battery_low_percent,
            paths=tuple(
                PathPlan(each.name, _uplink_plan(each.broker, identity), self.path_timings(each))
                for each in self.uplinks
            ),
            lines=tuple(self.line_plan(each) for each in self.lines),
            sources=tuple(self.source_plan(each) for each in self.sources),
            points=points,
            thresholds=tuple(places),
            unknown=self.thresholds(),
            neighbours=self.detection.neighbours.thresholds(),
            telemetry=TelemetryPlan(**self.telemetry.model_dump()),
            alarm=AlarmPlan(**self.alarm.model_dump()),
            output=OutputPlan(**self.output.model_dump()),
            web=_web_plan(self.web),
            identity=identity,
            key_file=IdentityPlan(self.identity_folder, 0, 0).key_file,
        )

    def line_plan(self, line: LineSettings) -> LinePlan:
        """Return what the steady process needs of *line*."""
        options = {} if line.connector == OWN else self._options_of(line)
        return LinePlan(
            name=line.name,
            port=line.port,
            baud=line.baud,
            frame=line.frame,
            silent_after_s=line.reporting_time_s,
            noisy_share=line.noisy_share,
            connector=line.connector,
            options=options,
            unknown=self.thresholds(heard_on=line.name),
        )

    def _options_of(self, line: LineSettings) -> dict[str, Any]:
        addresses = [each.heard_as for each in self.points if each.line == line.name]
        whole = with_addresses(line.connector, line.options, addresses)
        return checked_options(line.connector, whole)

    def source_plan(self, source: SourceSettings) -> SourcePlan:
        """Return what the steady process needs of *source*."""
        return SourcePlan(
            name=source.name,
            dialect=source.dialect,
            root=source.root,
            broker=_broker_plan(source.broker),
            silent_after_s=source.silent_after_s,
            noisy_share=source.noisy_share,
            addresses=self.addresses_of(source),
            radio_gateways=source.radio_gateways,
            radio_silent_after_s=source.radio_silent_after_s,
            unknown=self.thresholds(heard_on=source.name),
        )

    def _point_plan(self, point: PointSettings, places: dict[PointThresholds, int]) -> PointPlan:
        """Return the plan of *point*, with the place of its thresholds in *places*, which may grow."""
        place = places.setdefault(self.thresholds(point), len(places))
        installed = None if point.installed is None else to_micros(point.installed)
        return PointPlan(
            point.name, point.heard_on, point.heard_as, point.kind, point.room, place, installed
        )

    def addresses_of(self, source: SourceSettings) -> frozenset[str]:
        """Return the addresses of the points on *source*."""
        return frozenset(each.heard_as for each in self.points if each.source == source.name)

    def thresholds(
        self, point: PointSettings | None = None, *, heard_on: str | None = None
    ) -> PointThresholds:
        """Return the thresholds of *point*, or of an unknown point of the line or source *heard_on*."""
        heard_on = point.heard_on if point else heard_on
        of = next((each for each in self.sources if each.name == heard_on), None)
        tests = (each.longest_test_s for each in (point, of) if each and each.longest_test_s)
        return self.detection.thresholds(
            heat_class=point.heat_class if point else "A1",
            silent_after_s=(point and point.silent_after_s) or self._reporting_time_s(heard_on),
            stuck_after_s=self.stuck_after_s,
            status_limits=StatusLimits(next(tests, self.longest_test_s), self.longest_disablement_s),
            latch_s=of.latch_s if of else 0.0,
        )

    def _reporting_time_s(self, heard_on: str | None) -> float:
        """Return the longest silence of a point on the line or source *heard_on*."""
        by_panel = any(each.name == heard_on and not each.points_speak for each in self.lines)
        return _NEVER_S if by_panel else self.silent_after_s


def _broker_plan(broker: Broker) -> BrokerPlan:
    password = broker.password.get_secret_value() if broker.password else None
    return BrokerPlan(**broker.model_dump(exclude={"password"}), password=password)


def _uplink_plan(broker: Broker, identity: IdentityPlan | None) -> BrokerPlan:
    """Return the plan of a broker of the center, to which an enrolled gateway shows its certificate.

    One that cannot be read is not shown: where there is a password too, an alarm goes out by that.
    """
    plan = _broker_plan(broker)
    if identity is None or not broker.tls or broker.certificate_file is not None:
        return plan
    plan = replace(plan, ca_file=broker.ca_file or identity.authority_file)
    if not identity.until:
        return plan
    return replace(
        plan,
        certificate_file=identity.certificate_file,
        key_file=identity.key_file,
    )


def _web_plan(web: GuardedWeb | None) -> WebPlan | None:
    if web is None:
        return None
    token = web.token.get_secret_value() if web.token else None
    own = {"token", "hosts", "open", "open_metrics"}
    return WebPlan(
        **web.model_dump(exclude=own),
        token=token,
        names=web.names,
        guards_metrics=web.guards_metrics,
        page_words=(files("gateway") / "web" / "words.json").read_text(encoding="utf-8"),
    )
