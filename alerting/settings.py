"""The settings of alerting."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from accounts.openid.settings import OpenIdSettings
from alerting.domain.fairness.gateway_budget import BudgetRates
from alerting.domain.fairness.lending import LendingRates
from alerting.domain.fairness.token_bucket import Rate
from alerting.outgoing import SCHEME_PATTERN, OutgoingSettings
from contract.reporting_profiles import REPORTING_TIMES, Profile
from contract.signing import BadSecret, read_secrets
from contract.topics import DEFAULT_ROOT
from registry.domain.channel_checks import AddressCheck
from registry.drafts.domain.approval import ApprovalWhen
from registry.model.contacts import FORMS, PHONE_PATTERN, VIETNAMESE, ChannelKind, Contact, Language
from registry.model.policies import COMMAND_CENTER
from registry.model.rows import PeopleText
from runtime.client_address import IpNetwork
from runtime.names import Name
from runtime.settings import (
    URL_PATTERN,
    Broker,
    Conflict,
    GuardedWeb,
    Part,
    SecretFile,
    ServiceSettings,
    different_roots,
    is_loopback,
    secret_of,
    table,
)

SENDER_PATTERN = r"^([^<>\r\n]*<)?[^<>@\s]+@[^<>@\s]+>?$"
NUMBER_PATTERN = r"^\+?[0-9]{3,20}$"
COUNTRY_PATTERN = r"^[1-9][0-9]{0,2}$"
PUBLIC_PATTERN = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"
PREFIX_PATTERN = r"^[^/#+$\s\x00][^/#+\s\x00]*(/[^/#+\s\x00]+)*$"

FORMS_OF_ALERTING = FORMS | {
    SENDER_PATTERN: "not an address; write tocsin@example.com, or Tocsin <tocsin@example.com>",
    COUNTRY_PATTERN: "not the code of a country; write 84 for Viet Nam",
    PUBLIC_PATTERN: "not an address of a web server; write https://bao-chay.example.vn",
    NUMBER_PATTERN: "not a telephone number; write +84901234567, without spaces",
    SCHEME_PATTERN: "not a scheme; write what stands before :// in lower case, such as https",
    PREFIX_PATTERN: "not a topic; write levels with / between them, such as tocsin/notify",
}
"""The form of each text, in words, by its pattern."""


class CommandCenterSettings(Part):
    """The destination that always exists, notified where the registry names nobody.

    It is notified of a fire over all channels that it has; so that one of them may fail, it should have
    two.
    """

    webhook: str = Field(pattern=URL_PATTERN)
    phone: str | None = None
    topic: str | None = None
    email: str | None = None
    apprise: str | None = None
    name: PeopleText = Field("Trung tâm chỉ huy", max_length=200)
    language: Language = VIETNAMESE
    plain_text: bool = False
    # The number that ends each message of a fire: that of the desk, or the emergency number.
    call_back: str = Field("114", pattern=PHONE_PATTERN)

    def as_contact(self) -> Contact:
        """Return the command center as a contact."""
        return Contact(id=COMMAND_CENTER, **self.model_dump(exclude={"call_back"}))

    @model_validator(mode="after")
    def _that_can_be_told(self) -> Self:
        self.as_contact()
        return self


class RelaySettings(Part):
    """The attempts to notify a destination."""

    # Seconds. A duty desk answers in milliseconds; 5 s is a hung one, and others must not wait for it.
    timeout_s: float = Field(5.0, gt=0, le=60)
    # Seconds; doubled after each failed attempt, each time with jitter.
    backoff_s: float = Field(1.0, gt=0, le=60)
    longest_backoff_s: float = Field(60.0, gt=0, le=600)
    # Webhooks to one destination at once, each of another incident.
    per_destination: int = Field(32, ge=1, le=1_000)
    # Attempts at once, by all channels to all destinations: each takes a file at the least.
    overall: int = Field(512, ge=4, le=10_000)
    # The secret from which the key of each receiver is derived (docs/protocol.md, 7.1); with two, during
    # a change, webhooks are signed by both. If absent, the center's own secret in data_dir.
    signing_key: SecretStr | None = None
    signing_key_file: SecretFile = None
    # The versions of receivers' keys by contact, 1 if absent: a higher one ends a key that got lost.
    key_versions: dict[str, Annotated[int, Field(ge=1, le=1_000_000)]] = Field(default_factory=dict)

    def key_version(self, contact: str) -> int:
        """Return the version of the key of *contact*."""
        return self.key_versions.get(contact, 1)

    def keys(self) -> tuple[bytes, ...]:
        """Return the secrets that are set, from their file where one is named; raises BadSecret."""
        secrets = secret_of(self.signing_key, self.signing_key_file)
        return () if secrets is None else read_secrets(secrets)

    @model_validator(mode="after")
    def _with_secrets_that_can_be_read(self) -> Self:
        try:
            self.keys()
        except BadSecret as error:
            raise ValueError(f"signing_key: {error}") from None
        return self


class PkiSettings(Part):
    """The authority that issues the certificates of gateways (tocsin pki)."""

    # The folder of the issuing key; `pki` in data_dir if absent.
    folder: Path | None = None
    # Days: short, because gateways renew by themselves; a stolen key ends with them at the latest.
    gateway_days: float = Field(90.0, gt=0, le=825)

    @property
    def life(self) -> timedelta:
        """The life of a gateway's certificate."""
        return timedelta(days=self.gateway_days)


class EmailSettings(Part):
    """The mail server that takes e-mail for everybody."""

    host: str = Field(min_length=1)
    # Submission is 587 with STARTTLS, 465 with TLS from the first byte (RFC 8314, 3).
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: SecretFile = None
    username: str | None = None
    password: SecretStr | None = None
    password_file: SecretFile = None
    sender: str = Field(pattern=SENDER_PATTERN)
    # Seconds; a server that checks what it is given takes some.
    timeout_s: float = Field(20.0, gt=0, le=120)
    # Messages to one destination at once: many servers count the connections of one sender.
    per_destination: int = Field(4, ge=1, le=1_000)

    def secret(self) -> str | None:
        """Return the password, from its file where one is named."""
        return secret_of(self.password, self.password_file)


class SmsSettings(Part):
    """The GSM modem that sends short messages."""

    # A device, socket://host:port, or anything else that pyserial opens.
    port: str = Field(min_length=1)
    baud: int = Field(115_200, ge=300, le=4_000_000)
    pin_file: SecretFile = None
    service_center: str | None = Field(None, pattern=NUMBER_PATTERN)
    # "auto" is PDU mode, and text mode with a modem that has nothing else.
    mode: Literal["auto", "pdu", "text"] = "auto"
    # Seconds to hand all parts of a message to the network, which takes some for each.
    timeout_s: float = Field(60.0, gt=0, le=300)
    # Seconds that a delivery report is waited for; 0 asks for none: the network's word counts.
    report_s: float = Field(60.0, ge=0, le=600)
    # Seconds that the network keeps trying; so long an attempt waits for its report and sends no more.
    valid_s: float = Field(3_600.0, ge=300, le=86_400)

    # Whether people may answer by a short message: what arrives is stored, and deleted from the card.
    replies: bool = True
    # Whether "seen" and "take" count with the code of the message alone: a sender can be forged.
    acts_need_code: bool = False
    # The country of numbers that are written without one, such as 0901234567.
    country: str = Field("84", pattern=COUNTRY_PATTERN)
    # Helpful answers to replies that are none, of all numbers in a day; one number gets one.
    help_per_day: int = Field(50, ge=0, le=1_000)

    # Seconds between two tries of all that a message needs but the message.
    look_s: float = Field(60.0, gt=0, le=3_600)

    def pin(self) -> str | None:
        """Return the SIM card's PIN, where it has one."""
        return secret_of(None, self.pin_file)


DEFAULT_PREFIX = "tocsin/notify"
"""The topic below which people are notified over MQTT."""


class MqttSettings(Part):
    """The topics of people on the brokers of the center."""

    prefix: str = Field(DEFAULT_PREFIX, pattern=PREFIX_PATTERN)
    # Seconds; the session gives a broker broker.answer_s, 10 s, until it takes the connection for dead.
    timeout_s: float = Field(10.0, gt=0, le=60)
    # Messages to one destination at once, each of another incident.
    per_destination: int = Field(32, ge=1, le=1_000)


class AppriseSettings(Part):
    """The use of Apprise; its URLs stand with the contacts of the registry."""

    # Seconds; services beyond the internet take some.
    timeout_s: float = Field(20.0, gt=0, le=120)
    # Attempts at once, each in a process of its own; one service has a quarter of them.
    at_once: int = Field(32, ge=1, le=1_000)
    # Messages to one destination at once, each of another incident.
    per_destination: int = Field(4, ge=1, le=1_000)


class ChannelsSettings(Part):
    """The channels besides webhooks; one that is absent is not used."""

    email: EmailSettings | None = None
    sms: SmsSettings | None = None
    mqtt: MqttSettings | None = None
    apprise: AppriseSettings | None = None

    @property
    def usable(self) -> frozenset[ChannelKind]:
        """Return the channels that are set up; webhooks need nothing."""
        named = {each for each in ChannelKind if getattr(self, each.value, None) is not None}
        return frozenset({ChannelKind.WEBHOOK, *named})

    @property
    def per_destination(self) -> dict[str, int]:
        """Return the messages to one destination at once, by the channels that take several."""
        several = {"email": self.email, "mqtt": self.mqtt, "apprise": self.apprise}
        return {name: each.per_destination for name, each in several.items() if each is not None}


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValueError(f"{error}; write an address or a network, such as 10.0.0.0/24") from None
    return text


class AlertingWeb(GuardedWeb):
    """The HTTP server of alerting, at which people sign in."""

    # Addresses of the reverse proxies that end TLS: what they say of their clients is believed.
    proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()

    @property
    def proxy_networks(self) -> tuple[IpNetwork, ...]:
        """The addresses of the proxies, as networks."""
        return tuple(ip_network(each) for each in self.proxies)


class Confirmation(Part):
    """The time for which a suspicion waits for confirmation."""

    # Seconds, for points that the registry does not know; windows in the field are 2 to 8 min.
    confirm_window_s: float = Field(300.0, ge=1, le=600)
    # Seconds that a signal which arrives after its window still waits for its companions: they were
    # held up together, and the later messages of one backlog arrive within this.
    late_grace_s: float = Field(10.0, ge=0, le=60)


class AuditSettings(Part):
    """The audit chain, and who outside the center keeps its signed heads."""

    # Addresses that each signed head is POSTed to; they are tried again until they take it.
    witness: tuple[Annotated[str, Field(pattern=URL_PATTERN)], ...] = Field((), max_length=8)
    # Seconds between two signed heads.
    head_every_s: float = Field(3_600.0, ge=1, le=86_400)


class DutiesSettings(Part):
    """The reminders of duties of fire prevention, which are sent where the registry has rules."""

    remind: bool = True
    # The local hour from which on people are reminded, until 20:00.
    remind_hour: int = Field(8, ge=5, le=19)


class SupervisionSettings(Part):
    """The time for which a gateway may be silent."""

    profile: Profile = Profile.SP5
    # Seconds of silence after which a gateway is a fault; that of the profile if absent. At least
    # three heartbeats of 10 s less the jitter of the way: one lost beat is noise.
    silent_after_s: float | None = Field(None, ge=1.0)

    @property
    def reporting_s(self) -> float:
        """The reporting time in seconds."""
        return self.silent_after_s or REPORTING_TIMES[self.profile]


class SyntheticFireSettings(Part):
    """The rounds that prove that an alarm would still travel; they notify nobody."""

    # Seconds between two rounds; 0 for none.
    every_s: float = Field(300.0, ge=0, le=3_600)
    # Seconds within which a round passes all hops; one that takes longer is lost.
    within_s: float = Field(10.0, ge=1, le=60)

    @model_validator(mode="after")
    def _not_all_the_time(self) -> Self:
        if 0 < self.every_s < 1:
            raise ValueError("every_s: under a second is too short; write 0 for none, or at least 1")
        return self


class AccountsSettings(Part):
    """The times after which people are signed out; never in the middle of a fire of theirs."""

    # Seconds without a request; long, for nobody touches the screen of a desk in a quiet night.
    idle_s: float = Field(28_800.0, ge=60, le=86_400)
    # Seconds from signing in, or from the last hand-over: a shift.
    absolute_s: float = Field(43_200.0, ge=300, le=604_800)
    # Seconds beyond these for which an open fire holds a session at most.
    stretch_s: float = Field(86_400.0, ge=0, le=604_800)
    openid: OpenIdSettings | None = None


class TwoPersonsWhen(StrEnum):
    """The times at which an act needs a second person."""

    ACCOUNTS = "accounts"
    """As soon as the center has an account, and whenever an account or a token of a system acts."""
    ALWAYS = "always"
    NEVER = "never"


class ActsSettings(Part):
    """The acts that take protection away, or end a confirmed fire: who is needed, and who is told."""

    # To order a test, a drill, maintenance, or a silence that is not small.
    second_person: Literal[TwoPersonsWhen.ACCOUNTS, TwoPersonsWhen.ALWAYS] = TwoPersonsWhen.ACCOUNTS
    # To close a confirmed fire while points of it are in fire.
    second_person_to_close: TwoPersonsWhen = TwoPersonsWhen.ACCOUNTS
    # Seconds for the second person: one who is at work answers within them.
    approve_within_s: float = Field(900.0, ge=60, le=86_400)
    # Seconds between two messages that a test or drill holds; at most a shift.
    remind_s: float = Field(3_600.0, ge=300, le=28_800)
    # The same of a silence or maintenance, which hold back no fire: once in each shift.
    remind_faults_s: float = Field(28_800.0, ge=300, le=86_400)


DEFAULT_ACTS = ActsSettings()


class RegistrySettings(Part):
    """Changes of the registry over HTTP."""

    # Drafts that a second person approves: none, those that change rules or who is notified, or all.
    approval: ApprovalWhen = ApprovalWhen.RULES
    # Days after which a draft that nobody touches is at an end.
    forget_drafts_days: float = Field(30.0, ge=1, le=3_650)
    # The name of this center in the ids that it hands over (docs/exchange.md); its key's if absent.
    center: Name | None = None


class IntakeLimits(Part):
    """The bounds of the intake, and the budget of each gateway, which no sound site meets."""

    # Alarm messages of one gateway that wait for their turn; beyond it, what comes is sent again.
    queue: int = Field(2_000, ge=1)
    # Bytes of these: several of the largest messages.
    queue_bytes: int = Field(4_194_304, ge=1_048_576)
    # Bytes of the waiting messages of all gateways; beyond it the gateway with most loses half of them.
    queue_bytes_of_all: int = Field(134_217_728, ge=1_048_576)
    # Signals in one transaction: enough to share the disk's sync, few enough that another's alarm, which
    # waits for the end of it, is not late.
    group: int = Field(50, ge=1, le=1_000)
    # Milliseconds that a transaction should take, by what the signals of these gateways took before; one
    # gateway has half of it.
    group_ms: float = Field(20.0, gt=0, le=1_000)
    # Signals of one gateway at once: a panel of 2,000 points in fire, and all of it restored.
    signals_burst: int = Field(5_000, ge=1)
    # Signals a second after that; what is beyond waits in the gateway's outbox. A first fire passes.
    signals_per_s: float = Field(50.0, gt=0)
    # Signals a second that the center lends beyond that, to all gateways together, while no others wait.
    lent_per_s: float = Field(200.0, gt=0)
    # Signals lent to one gateway at once, and an hour after that: a backlog ends, a flood does not.
    lent_burst: int = Field(20_000, ge=1)
    # Bytes of signals of one gateway at once, and a second after that.
    bytes_burst: int = Field(8_388_608, ge=1)
    bytes_per_s: float = Field(131_072.0, gt=0)
    # Points and lines of one gateway that the registry does not know, at once, and a second after that.
    new_points_burst: int = Field(250, ge=1)
    new_points_per_s: float = Field(1.0, gt=0)
    # Epochs of one gateway at once, and an hour after that: it makes one when its outbox is replaced.
    epochs_burst: int = Field(16, ge=1)
    epochs_per_h: float = Field(60.0, gt=0)

    @property
    def budget(self) -> BudgetRates:
        """Return the rates of one gateway."""
        return BudgetRates(
            signals=Rate(self.signals_burst, self.signals_per_s),
            bytes=Rate(self.bytes_burst, self.bytes_per_s),
            new_points=Rate(self.new_points_burst, self.new_points_per_s),
            epochs=Rate(self.epochs_burst, self.epochs_per_h / HOUR_S),
        )

    @property
    def lending(self) -> LendingRates:
        """Return the rates of what is lent."""
        return LendingRates(self.lent_per_s, self.lent_burst)


HOUR_S = 3_600
"""Seconds of an hour."""

ADDRESS_KEYS = {
    ChannelKind.SMS: "phone",
    ChannelKind.MQTT: "topic",
    ChannelKind.EMAIL: "email",
    ChannelKind.APPRISE: "apprise",
}
"""The key of the command center's address for each channel that has to be set up."""


def _checked_database(url: str) -> str:
    # Not at the top: it takes a third of a second, and most centers have the database by default.
    from runtime.database import parse_url  # noqa: PLC0415

    parse_url(url)
    return url


def _unnamed_addresses(content: Mapping[str, Any]) -> Iterator[Conflict]:
    """Yield the addresses to which browsers are sent, if requests by their name are refused."""
    openid, web = table(table(content.get("accounts")).get("openid")), table(content.get("web"))
    given = {("accounts", "openid", "address"): openid, ("answers", "address"): content.get("answers")}
    known = {str(each).lower().rstrip(".") for each in (web.get("host", ""), *web.get("hosts", ()))}
    for key, holder in given.items():
        name = (urlsplit(str(table(holder).get("address") or "")).hostname or "").rstrip(".")
        if name and name not in known and not is_loopback(name):
            yield Conflict(key, f"{name} is not a name of this server; add it to web.hosts")


class AnswersSettings(Part):
    """The answers of people where they were told: by short messages, and by links in messages."""

    # The address under which telephones reach this server; messages have links only where it is set.
    address: str | None = Field(None, pattern=PUBLIC_PATTERN, max_length=200)
    # Hours after the last message about a fire for which a reply or a link to it counts.
    valid_h: float = Field(24.0, ge=1, le=168)


class FilesSettings(Part):
    """Plans, photographs and fire plans of premises."""

    # files in data_dir unless set; several processes of one center need the same folder.
    folder: Path | None = None
    # MiB of one file.
    max_mib: int = Field(20, ge=1, le=100)
    # MiB of all files together; a twentieth of the disk stays free in any case.
    max_total_mib: int = Field(20_480, ge=1)
    # MiB of all files that one account sent: one account alone cannot fill the folder.
    max_account_mib: int = Field(4_096, ge=1)
    # Million pixels of a picture, which are decoded in a process with 768 MiB of memory.
    megapixels: int = Field(50, ge=1, le=100)
    # Pages of a PDF.
    pages: int = Field(200, ge=1, le=2_000)
    # Days after which a file that nothing refers to may be removed (tocsin file prune).
    unused_days: int = Field(30, ge=1)


class Settings(ServiceSettings):
    """All settings of alerting."""

    model_config = SettingsConfigDict(
        env_prefix="TOCSIN_ALERTING_",
        frozen=True,
        extra="forbid",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    forms = FORMS_OF_ALERTING

    broker: Broker = Broker()
    # Where gateways with several paths may be heard too; all with the root of `broker`.
    other_brokers: tuple[Broker, ...] = ()
    # Two processes that are connected at once need different ones.
    client_id: str = Field("tocsin-alerting", min_length=1, max_length=64)
    web: AlertingWeb = AlertingWeb(port=8080)
    data_dir: Path = Path("alerting-data")
    database: Annotated[str, AfterValidator(_checked_database)] | None = None
    command_center: CommandCenterSettings
    relay: RelaySettings = RelaySettings()
    outgoing: OutgoingSettings = OutgoingSettings()
    channels: ChannelsSettings = ChannelsSettings()
    confirmation: Confirmation = Confirmation()
    intake: IntakeLimits = IntakeLimits()
    supervision: SupervisionSettings = SupervisionSettings()
    synthetic_fire: SyntheticFireSettings = SyntheticFireSettings()
    acts: ActsSettings = DEFAULT_ACTS
    registry: RegistrySettings = RegistrySettings()
    pki: PkiSettings = PkiSettings()
    accounts: AccountsSettings = AccountsSettings()
    audit: AuditSettings = AuditSettings()
    duties: DutiesSettings = DutiesSettings()
    files: FilesSettings = FilesSettings()
    answers: AnswersSettings = AnswersSettings()
    # Readers of the feed at once: each is one open connection.
    feed_readers: int = Field(200, ge=1, le=10_000)
    # MiB on the disk of data_dir that are given to alarms when it is full; at most a tenth of the disk.
    disk_reserve_mib: int = Field(64, ge=0)
    # Days that the timeline of a closed incident, and the log of premises, are kept: five years.
    keep_days: int = Field(1_825, ge=1)

    @classmethod
    def conflicts_in(cls, content: Mapping[str, Any]) -> Iterator[Conflict]:
        """Yield topics of people and of brokers that do not fit together."""
        yield from different_roots(content)
        root = table(content.get("broker")).get("root", DEFAULT_ROOT)
        channels = table(content.get("channels"))
        prefix = table(channels.get("mqtt")).get("prefix", DEFAULT_PREFIX)
        if channels.get("mqtt") is not None and f"{prefix}/".startswith(f"{root}/"):
            text = f"{prefix} is below broker.root {root}, where gateways speak; choose another prefix"
            yield Conflict(("channels", "mqtt", "prefix"), text)
        yield from _unnamed_addresses(content)

    @classmethod
    def unworkable_in(cls, content: Mapping[str, Any]) -> Iterator[Conflict]:
        """Yield the addresses of the command center whose channel is not set up."""
        yield from super().unworkable_in(content)
        center, channels = table(content.get("command_center")), table(content.get("channels"))
        for channel, key in ADDRESS_KEYS.items():
            if center.get(key) is not None and channels.get(channel.value) is None:
                text = f"[channels.{channel}] is not set up; add that table or remove the key"
                yield Conflict(("command_center", key), text)

    @property
    def brokers(self) -> tuple[Broker, ...]:
        """All brokers, the first one first."""
        return self.broker, *self.other_brokers

    @property
    def authority_folder(self) -> Path:
        """Return the folder of the issuing key; *pki* in *data_dir* unless set."""
        return self.pki.folder or self.data_dir / "pki"

    @property
    def files_folder(self) -> Path:
        """Return the folder of plans and documents; *files* in *data_dir* unless set."""
        return self.files.folder or self.data_dir / "files"

    @property
    def trusted_addresses(self) -> frozenset[str]:
        """Return the addresses that these settings name, which ``outgoing`` does not bound."""
        return frozenset(self.command_center.as_contact().addresses.values())

    @property
    def address_check(self) -> AddressCheck:
        """Return the check that says why an address is never sent to, with its remedy."""
        trusted, outgoing = self.trusted_addresses, self.outgoing
        return lambda channel, address: (
            None if address in trusted else outgoing.why_refused(channel, address)
        )

    @property
    def database_url(self) -> str:
        """Return the URL of the database; a SQLite file in *data_dir* unless set."""
        return self.database or f"sqlite:///{self.data_dir / 'center.db'}"
