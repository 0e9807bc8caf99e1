"""Requests about training (docs/protocol.md, 8): a fire of the center's own making, to learn by."""

from msgspec import Struct

from contract.http.common import Actor
from contract.names import Name


class TrainingRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The *premises* at which whoever asks learns: their ids begin with ``huan-luyen``.

    *by* is as in ``ActionRequest``.
    """

    premises: Name
    by: Actor | None = None
