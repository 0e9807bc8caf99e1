"""Build the inventory of a gateway from its points (docs/protocol.md, 4.7)."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from msgspec import Struct

from contract.messages import VERSION, Inventory, encode
from contract.times import Micros

DIGEST_LENGTH = 16
"""Hexadecimal digits that tell two inventories of one gateway apart."""


class ListedPoint(Struct, frozen=True):
    """A point of a gateway; *kind* is None if it is not configured."""

    name: str
    kind: str | None
    was_heard: bool


def inventory_of(points: Iterable[ListedPoint], at: Micros) -> Inventory:
    """Return the inventory of *points*; the digest does not depend on their order, nor on *at*."""
    heard, never_heard = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    unconfigured: list[str] = []
    for each in sorted(points, key=lambda point: point.name):
        if each.kind is None:
            unconfigured.append(each.name)
        else:
            (heard if each.was_heard else never_heard)[each.kind].append(each.name)
    lists = {"heard": dict(heard), "never_heard": dict(never_heard), "unconfigured": unconfigured}
    content = Inventory(v=VERSION, at=0, digest="", **lists)  # type: ignore[arg-type]
    digest = sha256(encode(_in_order(content))).hexdigest()[:DIGEST_LENGTH]
    return msgspec.structs.replace(content, at=at, digest=digest)


def _in_order(content: Inventory) -> Inventory:
    parts = {name: dict(sorted(getattr(content, name).items())) for name in ("heard", "never_heard")}
    return msgspec.structs.replace(content, **parts)
