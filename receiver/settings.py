"""The settings of the receiver, and what each figure means."""

import math
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.thresholds import PointThresholds
from gateway.settings import DetectionSettings
from receiver.domain.account_plan import AccountPlan, PanelPoint
from receiver.domain.connection_bounds import ConnectionBounds
from receiver.domain.event_data import number_of
from receiver.domain.gbt_unit import component_address
from receiver.domain.meanings import CHOICES
from runtime.settings import (
    Broker,
    Conflict,
    GuardedWeb,
    Name,
    Part,
    SecretFile,
    ServiceSettings,
    secret_of,
    tables,
)
from runtime.text_files import read_text

HEX_PATTERN = r"^[0-9A-Fa-f]{1,16}$"
SHORT_HEX_PATTERN = r"^[0-9A-Fa-f]{1,6}$"
ADDRESS_PATTERN = r"^[0-9A-Fa-f]{1,12}$"
PAIR_PATTERN = r"^[0-9]{1,5}\.[0-9]{1,5}$"
CODE_PATTERN = r"^([A-Z]{2}|[136][0-9A-F]{3})$"

FORMS = {
    HEX_PATTERN: "write 1 to 16 hexadecimal digits, as the transmitter sends them",
    SHORT_HEX_PATTERN: "write 1 to 6 hexadecimal digits, as the transmitter sends them",
    ADDRESS_PATTERN: "write 1 to 12 hexadecimal digits, as the quarantine names the transmitter",
    PAIR_PATTERN: "write two numbers with a dot between them, such as 10.2",
    CODE_PATTERN: "write two letters of DC-03, or the qualifier and three digits of Contact ID",
}

KEY_BYTES = (16, 24, 32)


class KeyForm(StrEnum):
    """The form in which a key is written: many digits could be either."""

    HEX = "hex"
    TEXT = "text"


def key_bytes(text: str, form: KeyForm) -> bytes:
    """Return the key in *text*; raise ValueError, which never repeats it."""
    if form is KeyForm.TEXT:
        if len(key := text.encode()) in KEY_BYTES:
            return key
        raise ValueError("a key of AES as text has 16, 24 or 32 characters; this has not")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) in KEY_BYTES:
        return key
    text = "a key of AES has 32, 48 or 64 hexadecimal digits; this has not"
    raise ValueError(f'{text}; write key_form = "text" for one of characters')


def _choice(text: str) -> str:
    if text not in CHOICES:
        raise ValueError(f"no meaning {text!r}; choose one of: {', '.join(CHOICES)}")
    return text


class ZoneSettings(Part):
    """A point of a panel, by its zone and, where zones of areas share numbers, its area."""

    name: Name
    zone: str = Field(pattern=HEX_PATTERN)
    area: str | None = Field(None, pattern=HEX_PATTERN)
    kind: PointKind = PointKind.LEVEL

    @property
    def address(self) -> str:
        """The address, as the events of its panel name it."""
        own = f"zone-{number_of(self.zone)}"
        return own if self.area is None else f"area-{number_of(self.area)}-{own}"


class AccountSettings(Part):
    """A transmitter, which is a gateway of its premises."""

    account: str = Field(pattern=HEX_PATTERN)
    premises: Name
    gateway: Name
    # Where one number is used by several: the receiver number (R) and the prefix (L) that it sends.
    receiver: str | None = Field(None, pattern=SHORT_HEX_PATTERN)
    prefix: str | None = Field(None, pattern=SHORT_HEX_PATTERN)
    # "hex" for hexadecimal digits, "text" for 16, 24 or 32 characters that are the key themselves.
    key_form: KeyForm = KeyForm.HEX
    key: SecretStr | None = None
    key_file: SecretFile = None
    # Seconds between two polls of the transmitter; it is silent after three. 0: it sends none.
    poll_s: float = Field(60.0, ge=0)
    # Its clock is a fault if it is off by more; nothing is judged by it.
    clock_off_s: float = Field(120.0, gt=0)
    points: tuple[ZoneSettings, ...] = ()
    # Other meanings of codes: BA = "nothing", UA = "fire", 1140 = "fire ends".
    codes: dict[Annotated[str, Field(pattern=CODE_PATTERN)], Annotated[str, AfterValidator(_choice)]] = (
        Field(default_factory=dict)
    )

    @field_validator("key")
    @classmethod
    def _is_key(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if key is not None and "key_form" in info.data:
            key_bytes(key.get_secret_value(), info.data["key_form"])
        return key

    @field_validator("key_file")
    @classmethod
    def _holds_key(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and file.exists() and "key_form" in info.data:
            key_bytes(read_text(file).strip(), info.data["key_form"])
        return file

    def plan(self) -> AccountPlan:
        """Return what the receiver needs of it."""
        secret = secret_of(self.key, self.key_file)
        return AccountPlan(
            premises=self.premises,
            gateway=self.gateway,
            number=int(self.account, 16),
            receiver=None if self.receiver is None else int(self.receiver, 16),
            prefix=None if self.prefix is None else int(self.prefix, 16),
            key=None if secret is None else key_bytes(secret, self.key_form),
            silent_after_s=MISSED_POLLS * self.poll_s or None,
            clock_off_s=self.clock_off_s,
            points=tuple(PanelPoint(each.name, each.address, each.kind) for each in self.points),
            codes={code: CHOICES[meaning] for code, meaning in self.codes.items()},
        )


MISSED_POLLS = 3
"""Polls that may be missing in a row: datagrams are lost."""


class ListenerSettings(Part):
    """Address at which transmitters of one language are heard, and their bounds."""

    host: str = "0.0.0.0"  # noqa: S104 (transmitters are on other machines)
    connections: int = Field(10_000, ge=1, le=30_000)
    connections_by_address: int = Field(100, ge=1, le=30_000)
    # Frames of one address: what comes beyond is read later (TCP), or not at all and sent again (UDP).
    frames_s: float = Field(200.0, gt=0)
    frames_at_once: int = Field(1_000, ge=1)
    # A frame that has begun must end within this time, and a connection say something.
    frame_s: float = Field(10.0, gt=0)
    idle_s: float = Field(900.0, gt=0)

    def bounds(self) -> ConnectionBounds:
        """Return the bounds of connections."""
        return ConnectionBounds(self.connections, self.connections_by_address, self.frame_s, self.idle_s)


class Dc09Settings(ListenerSettings):
    """Transmitters of SIA DC-09."""

    tcp: bool = True
    udp: bool = True
    port: int = Field(6_500, ge=0, le=65_535)


class ComponentSettings(Part):
    """A point of a panel behind a transmitter of GB/T 26875.3."""

    name: Name
    # Its zone and its position, in decimal numbers.
    component: str = Field(pattern=PAIR_PATTERN)
    # Where components of several systems share numbers: type and address of its own.
    system: str | None = Field(None, pattern=PAIR_PATTERN)
    kind: PointKind = PointKind.LEVEL


class GbtTransmitterSettings(Part):
    """A transmitter of GB/T 26875.3, which is a gateway of its premises."""

    address: str = Field(pattern=ADDRESS_PATTERN)
    premises: Name
    gateway: Name
    # Seconds of silence after which it is asked for its state; three times that are a fault. 0: never.
    heartbeat_s: float = Field(30.0, ge=0)
    # Its clock is a fault if it is off by more, and it is told the time; nothing is judged by it.
    clock_off_s: float = Field(120.0, gt=0)
    # Of its clock, which tells the time on the wall.
    utc_offset_h: float = Field(7.0, ge=-12, le=14)
    points: tuple[ComponentSettings, ...] = ()

    def plan(self) -> AccountPlan:
        """Return what the receiver needs of it."""
        return AccountPlan(
            premises=self.premises,
            gateway=self.gateway,
            number=int(self.address, 16),
            silent_after_s=MISSED_POLLS * self.heartbeat_s or None,
            clock_off_s=self.clock_off_s,
            utc_offset_s=self.utc_offset_h * 3_600,
            asked_after_s=self.heartbeat_s or None,
            points=tuple(
                PanelPoint(each.name, component_address(each.component, each.system), each.kind)
                for each in self.points
            ),
        )


class GbtSettings(ListenerSettings):
    """Transmitters of GB/T 26875.3, which are heard where there is one."""

    tcp: bool = True
    udp: bool = True
    port: int = Field(6_501, ge=0, le=65_535)
    transmitters: tuple[GbtTransmitterSettings, ...] = ()


class Settings(ServiceSettings):
    """All settings of the receiver."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_RECEIVER_")

    forms = FORMS

    # The receiver's own gateway, which reports what has no account.
    premises: Name
    gateway: Name
    data_dir: Path  # the inbox and the quarantine; must survive a restart and a power cut
    client_id: str = Field("tocsin-receiver", min_length=1)
    broker: Broker = Broker()
    web: GuardedWeb = GuardedWeb(port=8_083)
    heartbeat_s: float = Field(10.0, gt=0)  # docs/protocol.md, 4.5
    reset_s: float = Field(60.0, gt=0)  # after the closing of its incident, a fire is signalled again
    most_unknown_points: int = Field(100, ge=0)  # of each account
    dc09: Dc09Settings = Dc09Settings()
    accounts: tuple[AccountSettings, ...] = ()
    gbt: GbtSettings = GbtSettings()

    @classmethod
    def conflicts_in(cls, content: Mapping[str, Any]) -> Iterable[Conflict]:
        """Yield accounts, transmitters and gateways that are there twice."""
        accounts = [(("accounts", at), each) for at, each in enumerate(tables(content.get("accounts")))]
        gbt = content.get("gbt")
        found = tables(gbt.get("transmitters")) if isinstance(gbt, Mapping) else ()
        others = [(("gbt", "transmitters", at), each) for at, each in enumerate(found)]
        yield from _twice(accounts, _number, "account", "the same account; give one another prefix")
        yield from _twice(others, _address, "address", "the same address; give one another")
        everyone = [*accounts, *others]
        yield from _twice(everyone, _gateway, "gateway", "the same gateway; each needs its own")
        for place, each in everyone:
            if _gateway(each) == (content.get("premises"), content.get("gateway")):
                text = "the receiver's own gateway; give the account another one"
                yield Conflict((*place, "gateway"), text)

    def own_plan(self) -> AccountPlan:
        """Return the plan of the receiver's own gateway, which has no transmitter."""
        return AccountPlan(self.premises, self.gateway, number=None)

    def thresholds(self) -> PointThresholds:
        """Return the thresholds of all points: the panel judges and supervises them."""
        return DetectionSettings().thresholds(silent_after_s=math.inf, stuck_after_s=math.inf)


def _number(account: Mapping[str, Any]) -> object:
    try:
        return tuple(
            None if account.get(key) is None else int(str(account[key]), 16)
            for key in ("receiver", "prefix", "account")
        )
    except ValueError:
        return None


def _address(transmitter: Mapping[str, Any]) -> object:
    try:
        return int(str(transmitter.get("address")), 16)
    except ValueError:
        return None


def _gateway(account: Mapping[str, Any]) -> object:
    return account.get("premises"), account.get("gateway")


_Place = tuple[str | int, ...]


def _twice(
    entries: Iterable[tuple[_Place, Mapping[str, Any]]], key: Any, field: str, text: str
) -> Iterator[Conflict]:
    seen: dict[object, _Place] = {}
    for place, entry in entries:
        found = key(entry)
        if found is not None and found in seen:
            *table, number = seen[found]
            yield Conflict((*place, field), f"{'.'.join(map(str, table))}[{int(number) + 1}] is {text}")
        seen.setdefault(found, place)
