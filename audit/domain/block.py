"""A block of the chain: the hashes of rows that were stored together, and of the block before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.verify import NO_HASH, SealedRow, hash_of, line_of
from contract.times import Micros


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last block of the chain: its number, and its hash."""

    number: int
    hash: str


BEFORE_ALL = ChainHead(0, NO_HASH)
"""The head of a chain that has no block yet."""


@dataclass(frozen=True, slots=True)
class NewBlock:
    """A block to be added: its *line*, which its *hash* is of."""

    number: int
    at: Micros
    line: str
    hash: str

    @property
    def head(self) -> ChainHead:
        """The head of the chain that ends with it."""
        return ChainHead(self.number, self.hash)


@dataclass(frozen=True, slots=True)
class Damage:
    """The end of the chain is not what the center left there, for a *reason*; *after* is its number."""

    reason: str
    after: int


def next_block(head: ChainHead, rows: Sequence[SealedRow], *, at: Micros) -> NewBlock:
    """Return the block of *rows* that follows *head*."""
    return _block(head.number + 1, head.hash, rows, at=at)


def block_after_damage(damage: Damage, rows: Sequence[SealedRow], *, at: Micros) -> NewBlock:
    """Return the block that begins the chain anew, and says so."""
    note = {"begun_anew": damage.reason, "after": damage.after}
    return _block(damage.after + 1, NO_HASH, rows, at=at, note=note)


def _block(
    number: int,
    previous: str,
    rows: Sequence[SealedRow],
    *,
    at: Micros,
    note: Mapping[str, Any] | None = None,
) -> NewBlock:
    listed = [list(each) if each.incident else list(each[:3]) for each in rows]
    said: dict[str, Any] = {"block": number, "at": at, "previous": previous, "rows": listed}
    line = line_of(said if note is None else {**said, "note": dict(note)})
    return NewBlock(number, at, line, hash_of(line))


def damage_of(number: int, line: str, stored_hash: str) -> Damage | None:
    """Return what is wrong with the last block as it is stored; None where it is sound."""
    if hash_of(line) != stored_hash:
        return Damage("the last block was changed", number)
    if not line.startswith(f'{{"block":{number},'):
        return Damage("the last block has another number", number)
    return None


def damage_since(head: ChainHead, known: ChainHead, hash_of_known: str | None) -> Damage | None:
    """Return what is wrong with the chain up to *head*, of which *known* was seen or signed before.

    *hash_of_known* is that of the block of this number now.
    """
    if head.number < known.number:
        return Damage(f"blocks {head.number + 1} to {known.number} were removed", known.number)
    if known.number and hash_of_known != known.hash:
        return Damage(f"block {known.number} was changed", head.number)
    return None
