"""The one who acts: whoever signed in; only this machine itself may name somebody."""

from dataclasses import dataclass

from accounts.domain.actor import ActorKind
from accounts.domain.rights import Rights
from alerting.domain.model.acts import ActProof
from contract.http.checking import BadRequest
from contract.http.permissions import Permission

MISSING = "body 'by' is missing; sign in, or give the name of who acts, of 1 to 100 characters"


@dataclass(frozen=True, slots=True)
class ActedBy:
    """The name *by* which others know who acts, and the *proof* of it."""

    by: str
    proof: ActProof

    @property
    def account(self) -> str:
        """The account that acts."""
        return self.proof.account


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a request about who acts: the name *by*, if any, and a *note*."""

    by: str | None
    note: str = ""


def operator_of(
    rights: Rights, said: Said, *, needed: Permission, premises: str | None = None
) -> ActedBy:
    """Return who acts in *premises*, with *needed*; raises BadRequest where nobody is named.

    Another name than that of the account is kept as a note: whoever signs in acts in no other's name.
    """
    actor = rights.actor
    is_local = actor.kind is ActorKind.LOCAL
    by = said.by if is_local else actor.name
    if not by:
        raise BadRequest(MISSING)
    role = rights.role(needed, premises)
    proof = ActProof(
        account=actor.account,
        role="" if role is None else role.value,
        place=actor.place,
        evidence=actor.evidence.value,
        note=said.note if is_local else _note(said, actor.name),
    )
    return ActedBy(by, proof)


def _note(said: Said, name: str) -> str:
    other = said.by if said.by != name else None
    return ": ".join(each for each in (other, said.note) if each)
