"""Receipts as the other end of a lane reads and writes them."""

from collections.abc import Iterable

from contract.digests import digest
from contract.messages import VERSION, Proof, Receipt, Signal, encode


def numbers_in(receipts: Iterable[Receipt], epoch: str | None = None) -> set[int]:
    """All numbers that *receipts* prove, of all epochs or of one."""
    return {proof.seq for each in receipts if epoch in {None, each.epoch} for proof in each.stored}


def proof_of(signal: Signal) -> Proof:
    """Return the proof that a center gives of *signal* once it is stored."""
    return Proof(signal.seq, digest(encode(signal)))


def receipt_of(epoch: str, *signals: Signal) -> Receipt:
    """The receipt of *signals*."""
    return Receipt(v=VERSION, epoch=epoch, stored=[proof_of(each) for each in signals])
