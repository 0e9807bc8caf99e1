"""Proves who somebody is by password and code, at the pace that the throttle allows."""

from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from accounts.attempts import SignInAttempt, SignInRefusal, SignInRefused
from accounts.domain.throttle import Throttle, is_this_machine, subjects_of
from accounts.hashing import Busy, Checked, PasswordHashing
from accounts.notes import NoteBook
from accounts.proof import KnownName, SignInProof, known_name
from accounts.store.throttle import read_failures
from accounts.stranger_reads import StrangerReads
from audit.domain.entry import AuditEntry, AuditKind
from contract.names import is_name
from contract.times import SECOND, Micros

log = structlog.get_logger(__name__)

T = TypeVar("T")

UNKNOWN = "unknown name"
"""Stands in the audit for a name that is none: it may be a password, typed into the wrong field."""


class Prover:
    """Checks attempts; each counts as failed until ``settle`` is told otherwise."""

    def __init__(self, reads: StrangerReads, hashing: PasswordHashing, notes: NoteBook) -> None:
        self._reads = reads
        self._hashing = hashing
        self._notes = notes
        self._throttle = Throttle()

    async def resume(self) -> None:
        """Remember the failures from before a restart."""
        try:
            failures = await self._reads.read(read_failures)
        except DBAPIError as error:
            log.warning("failed attempts from before the start are unknown", reason=str(error.orig))
        else:
            self._throttle = Throttle(failures)

    async def prove(self, given: SignInAttempt, at: Micros) -> SignInProof | SignInRefused:
        """Return what *given* proves."""
        proof = await self._begin(given.name, given.address, at)
        if isinstance(proof, SignInRefused):
            return proof
        try:
            here = is_this_machine(given.address)
            checked = await self._hashing.check(proof.known.hash, given.password, here=here)
        except Busy:
            self._throttle.take_back(proof.subjects)
            return SignInRefused(SignInRefusal.BUSY, 1.0)
        proved = SignInProof(proof.known, proof.subjects, given.address, checked)
        return self._judge(proved, given.code, at)

    async def prove_code(
        self, name: str, code: str, address: str, at: Micros
    ) -> SignInProof | SignInRefused:
        """Return what *code* alone proves of the person *name*, whose session it is typed in."""
        proof = await self._begin(name, address, at)
        return proof if isinstance(proof, SignInRefused) else proof.with_code(code, at)

    def settle(self, answer: T | None, proof: SignInProof, at: Micros) -> T | SignInRefused:
        """Return *answer* to what *proof* was for; None is one more failure."""
        if answer is None:
            return self._failed(proof, "wrong code", at)
        self._throttle.take_back(proof.subjects)
        for each in proof.subjects[:1]:  # the account; an address may try others
            self._throttle.clear(each)
            self._notes.waiting.failures[each.key] = None
        return answer

    async def hash_by_today(self, given: SignInAttempt, proof: SignInProof) -> str | None:
        """Return a hash by the parameters of today, where the stored one is older."""
        if not proof.checked.is_outdated:
            return None
        try:
            return await self._hashing.hash(given.password)
        except Busy:
            return None

    async def _begin(self, typed: str, address: str, at: Micros) -> SignInProof | SignInRefused:
        """Begin an attempt, unless the throttle refuses it."""
        name = typed if is_name(typed) else ""
        known = await self._reads.read(lambda connection: known_name(connection, name, at))
        subjects = subjects_of(name, address, known.networks)
        if wait := self._throttle.wait(subjects, at):
            self._notes.waiting.count_refused(at)
            return SignInRefused(SignInRefusal.TOO_MANY, wait / SECOND)
        self._throttle.begin_attempt(subjects, at)
        return SignInProof(known, subjects, address, Checked(is_right=True))

    def _judge(self, proof: SignInProof, code: str | None, at: Micros) -> SignInProof | SignInRefused:
        account, secret = proof.known.account, proof.known.secret
        if account is None or account.is_disabled or not proof.checked.is_right:
            return self._failed(proof, "wrong password", at)
        if secret is None:
            return proof
        if not code:
            self._throttle.take_back(proof.subjects)
            return SignInRefused(SignInRefusal.CODE_NEEDED)
        return proof.with_code(code, at)

    def _failed(self, proof: SignInProof, result: str, at: Micros) -> SignInRefused:
        self._notes.waiting.add_entry(
            sign_in_entry(_account_name(proof.known), proof.address, result, at)
        )
        for each in proof.subjects:
            self._notes.waiting.failures[each.key] = self._throttle.failures(each)
        return SignInRefused(SignInRefusal.WRONG)


def _account_name(known: KnownName) -> str:
    return UNKNOWN if known.account is None else known.account.name


def sign_in_entry(name: str, address: str, result: str, at: Micros) -> AuditEntry:
    """Return the entry of the audit that the *result* of an attempt has."""
    return AuditEntry(at, AuditKind.SIGN_IN, name, name, {"result": result, "address": address[:64]})
