"""Acts of people and systems: who it was beyond the name, and how that is known."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from alerting.domain.model.effects import Effect, TimelineEntry

SMS_ANSWER, SIGNED_LINK = "sms answer", "signed link"
"""Evidence of people who answer where they were told, without an account."""

_CONTACT = "contact:"


def account_of(contact: str) -> str:
    """Return what stands for the account of *contact*, who answers without one."""
    return f"{_CONTACT}{contact}"


def contact_of(account: str) -> str:
    """Return the contact that *account* stands for; "" of an account."""
    return account.removeprefix(_CONTACT) if account.startswith(_CONTACT) else ""


LOCAL_ACCOUNT = "local"
"""The account of this machine itself, which acts in the name of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActProof:
    """The *account* that acted, in its *role* and at its *place*, on some *evidence*; and its *note*.

    Each is empty where there is none.
    """

    account: str
    role: str = ""
    place: str = ""
    evidence: str = ""
    note: str = ""

    def data(self) -> dict[str, str]:
        """Return what there is of it, as an entry of the timeline has it."""
        found = {each.name: str(getattr(self, each.name)) for each in fields(self)}
        return {name: text for name, text in found.items() if text}


def proven(effects: Iterable[Effect], proof: ActProof | None) -> list[Effect]:
    """Return *effects* with *proof* in each entry that says who acted."""
    if proof is None:
        return list(effects)
    return [_proven(each, proof) if isinstance(each, TimelineEntry) else each for each in effects]


def _proven(entry: TimelineEntry, proof: ActProof) -> TimelineEntry:
    if "by" not in entry.data:
        return entry
    return TimelineEntry(entry.event, entry.reason, {**proof.data(), **entry.data})
