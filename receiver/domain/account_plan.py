"""The plan of an account: its settings, resolved to what the receiver needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.model.point_kinds import PointKind
from receiver.domain.meanings import Meaning


@dataclass(frozen=True, slots=True)
class PanelPoint:
    """A configured point: *address* as receiver/domain/event_data.py makes it."""

    name: str
    address: str
    kind: PointKind


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """A transmitter's account, which is the *gateway* of its *premises*.

    *number* is None for the receiver's own gateway, which has no transmitter. *receiver* and *prefix*
    are None where any will do. *silent_after_s* is the reporting time of its polls; None if it has none.
    """

    premises: str
    gateway: str
    number: int | None
    receiver: int | None = None
    prefix: int | None = None
    key: bytes | None = field(default=None, repr=False)
    silent_after_s: float | None = None
    clock_off_s: float = 120.0
    # Of transmitters of GB/T 26875.3: that of its clock, and the silence after which it is asked.
    utc_offset_s: float = 0.0
    asked_after_s: float | None = None
    points: tuple[PanelPoint, ...] = ()
    codes: Mapping[str, tuple[Meaning, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its gateway among all."""
        return f"{self.premises}/{self.gateway}"
