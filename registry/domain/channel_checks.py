"""Checks that every contact and stage has a channel that is set up at the center."""

from collections.abc import Callable, Collection, Iterator

from registry.model.contacts import ChannelKind, Contact
from registry.model.registry import Registry

AddressCheck = Callable[[ChannelKind, str], str | None]
"""Returns why an address of a channel is never sent to; None if it may be."""


def any_address(_channel: ChannelKind, _address: str) -> str | None:
    """Refuse no address: the settings of the center are not known."""
    return None


def contacts_without_channel(
    registry: Registry, usable: Collection[ChannelKind], *, people: frozenset[str] = frozenset()
) -> list[Contact]:
    """Return the contacts in use none of whose channels is set up.

    *people* are those of premises that *registry* itself does not hold.
    """
    named = contacts_in_use(registry, people)
    return [each for each in registry.contacts if each.id in named and lacks_channel(each, usable)]


def contacts_in_use(registry: Registry, people: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of *people* and of all whom a policy, roster, area or premises names."""
    return people.union(_named(registry))


def lacks_channel(contact: Contact, usable: Collection[ChannelKind]) -> bool:
    """Return whether *contact* has addresses, and none of a channel that is set up."""
    return bool(contact.addresses) and not any(each in usable for each in contact.addresses)


def unusable_channels(registry: Registry, usable: Collection[ChannelKind]) -> list[str]:
    """Return a sentence for each contact, and for each stage, that no channel set up here can serve."""
    contacts = [
        f"contact {each.id!r}: {_named_channels(each.addresses)} not set up at the center; add "
        f"{_tables(each.addresses)} to alerting's settings, or give the contact another channel"
        for each in contacts_without_channel(registry, usable)
    ]
    return contacts + [
        f"policy {policy.id!r}, stage {number}: it notifies by {', '.join(stage.channels)} alone, "
        f"which is not set up at the center; add {_tables(stage.channels)} to alerting's settings"
        for policy in registry.policies
        for number, stage in enumerate(policy.stages, start=1)
        if stage.channels and not set(stage.channels) & set(usable)
    ]


def refused_addresses(registry: Registry, why: AddressCheck) -> list[str]:
    """Return a sentence for each address that the center never sends to, with its remedy."""
    return [
        f"contact {each.id!r}: {channel}: {reason}"
        for each in registry.contacts
        for channel, reason in refusals(each, why)
    ]


def refusals(contact: Contact, why: AddressCheck) -> Iterator[tuple[ChannelKind, str]]:
    """Yield the channels of *contact* whose address the center never sends to, and why."""
    for channel, address in contact.addresses.items():
        if (reason := why(channel, address)) is not None:
            yield channel, reason


def _named(registry: Registry) -> Iterator[str]:
    for policy in registry.policies:
        for stage in policy.stages:
            yield from stage.notify
    for roster in registry.rosters:
        yield from (name for shift in roster.shifts for name in shift.who)
        yield from (name for instead in roster.exceptions for name in instead.who)
    for place in registry.premises:
        yield from place.people
    for area in registry.areas:
        yield from area.team


def _named_channels(channels: Collection[ChannelKind]) -> str:
    return f"{' and '.join(channels)} {'is' if len(channels) == 1 else 'are'}"


def _tables(channels: Collection[ChannelKind]) -> str:
    return " or ".join(f"[channels.{each}]" for each in channels)
