"""The commanders at premises until the police arrive, in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.index import Index
from registry.model.areas import Area
from registry.model.contacts import Contact
from registry.model.facilities import Facility
from registry.model.places import Premises


class CommandPost(StrEnum):
    """A post of command on the spot, in the order of the law (law 55/2024, article 28)."""

    HEAD = "head"
    TEAM_LEADER = "team-leader"
    DELEGATE = "delegate"
    HAMLET_HEAD = "hamlet-head"
    CIVIL_DEFENCE_LEADER = "civil-defence-leader"
    HAMLET_DELEGATE = "hamlet-delegate"


OF_PREMISES = (CommandPost.HEAD, CommandPost.TEAM_LEADER, CommandPost.DELEGATE)
OF_HAMLET = (
    CommandPost.HAMLET_HEAD,
    CommandPost.CIVIL_DEFENCE_LEADER,
    CommandPost.HAMLET_DELEGATE,
)


@dataclass(frozen=True, slots=True)
class Commander:
    """A person in a *post*; *contact* is the id, where the person can be notified."""

    post: CommandPost
    name: str
    contact: str | None = None
    phone: str = ""
    role: str = ""
    language: str = ""


def commanders(index: Index, premises: Premises, areas: Iterable[str]) -> tuple[Commander, ...]:
    """Return who commands at *premises*: its own people, then those of the nearest of *areas* with any.

    Without people of its own, the head and the leader of the team are those of its form.
    """
    own = tuple(_in_posts(index, premises.people, OF_PREMISES))
    if not own and premises.facility is not None:
        own = tuple(_of_form(premises.facility))
    hamlet = next((area.people for area in _areas(index, areas) if area.people), ())
    return (*own, *_in_posts(index, hamlet, OF_HAMLET))


def _areas(index: Index, names: Iterable[str]) -> Iterator[Area]:
    known = {each.id: each for each in index.areas()}
    return (known[name] for name in names if name in known)


def _in_posts(
    index: Index, people: Iterable[str], posts: tuple[CommandPost, ...]
) -> Iterator[Commander]:
    for number, name in enumerate(people):
        post, found = posts[min(number, len(posts) - 1)], index.contact(name)
        if isinstance(found, Contact):
            yield Commander(post, found.name, name, found.phone or "", found.role, found.language)
        else:
            yield Commander(post, name)


def _of_form(facility: Facility) -> Iterator[Commander]:
    if facility.head:
        yield Commander(CommandPost.HEAD, facility.head, phone=facility.head_phone)
    if facility.team_leader:
        post, phone = CommandPost.TEAM_LEADER, facility.team_leader_phone
        yield Commander(post, facility.team_leader, phone=phone)
