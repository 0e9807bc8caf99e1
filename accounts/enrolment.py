"""Enrols a device for one-time codes, and makes the recovery codes beside it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from accounts.active import ActiveAccounts
from accounts.domain.actor import Actor
from accounts.domain.second_factor import enrolment_link, matching_step, new_code_secret
from accounts.secret_texts import hash_of, new_recovery_codes
from accounts.store import credentials
from accounts.store.sessions import strengthen_session
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.times import Micros, to_micros
from runtime.database import Database, ReadFor

CENTER = "Tocsin"
"""The name under which a person's device lists the codes."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The *secret* for a person's device, and the *link* that carries it there."""

    secret: str = field(repr=False)
    link: str = field(repr=False)


MOST_WRONG = 5
"""Wrong codes after which an enrolment is over: whoever guesses needs the password for the next."""


class EnrolmentRefused(ValueError):
    """The device is not enrolled; the text names the remedy."""


class SecondFactors:
    """Enrols devices for the accounts of *database*."""

    def __init__(self, database: Database, active: ActiveAccounts) -> None:
        self._database = database
        self._active = active
        self._wrong = Counter[str]()

    async def begin(self, account: str, now: datetime) -> Enrolment:
        """Make a secret for *account*, in force once a code proves it; raises EnrolmentRefused.

        An account whose codes are in force already keeps them: an administrator removes them first.
        """
        secret, at = new_code_secret(), to_micros(now)

        def change(connection: Connection) -> bool:
            known = credentials.code_secret(connection, account)
            if known is not None and known.proved:
                return False
            credentials.set_code_secret(connection, account, secret, at=at)
            return True

        if not await self._database.write(change):
            raise EnrolmentRefused("a device is enrolled; an administrator can remove it")
        self._wrong.pop(account, None)
        return Enrolment(secret, enrolment_link(secret, account, CENTER))

    async def prove(
        self, account: str, code: str, now: datetime, *, session: int | None = None
    ) -> Sequence[str]:
        """Put the secret in force that *code* proves, for *session*, too; return the recovery codes.

        They are shown once. Raises EnrolmentRefused.
        """
        at = to_micros(now)
        known = await self._database.read(
            lambda connection: credentials.code_secret(connection, account), purpose=ReadFor.WEB
        )
        if known is None or known.proved:
            raise EnrolmentRefused("no device is being enrolled; begin an enrolment first")
        step = matching_step(known.secret, code, at)
        if step is None:
            await self._count_wrong(_Proof(account, known.secret, 0, session))
            raise EnrolmentRefused(
                "the code is wrong; compare the clock of the device, and try the next"
            )
        self._wrong.pop(account, None)
        proof = _Proof(account, known.secret, step, session)
        codes = new_recovery_codes()
        if not await self._database.write(lambda c: _prove(c, proof, codes, at)):
            raise EnrolmentRefused("another device is being enrolled; begin again")
        self._active.look_again()
        return codes

    async def _count_wrong(self, proof: "_Proof") -> None:
        """Count a wrong code; raises EnrolmentRefused where it was the last one, which ends all."""
        self._wrong[proof.account] += 1
        if self._wrong[proof.account] < MOST_WRONG:
            return
        del self._wrong[proof.account]
        await self._database.write(lambda c: credentials.remove_unproved(c, proof.account, proof.secret))
        raise EnrolmentRefused("too many codes were wrong; begin the enrolment again")

    async def prove_as(self, actor: Actor, code: str, now: datetime) -> Sequence[str]:
        """Prove the secret of *actor*, whose session then counts as one with a second factor."""
        return await self.prove(actor.account, code, now, session=actor.session)


@dataclass(frozen=True, slots=True)
class _Proof:
    account: str
    secret: str
    step: int
    session: int | None


def _prove(connection: Connection, proof: _Proof, codes: Sequence[str], at: Micros) -> bool:
    if not credentials.prove_code_secret(connection, proof.account, proof.secret, at=at):
        return False
    credentials.use_step(connection, proof.account, proof.step)
    credentials.set_recovery_codes(connection, proof.account, map(hash_of, codes))
    if proof.session is not None:
        strengthen_session(connection, proof.session)
    detail = {"change": "device for one-time codes enrolled"}
    append(connection, [AuditEntry(at, AuditKind.ACCOUNT, proof.account, proof.account, detail)])
    return True
