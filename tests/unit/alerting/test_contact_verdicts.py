"""The channels of contacts are judged once, and again only where a contact changes."""

import asyncio

from alerting.jobs.contact_verdicts import ContactVerdicts
from alerting.jobs.steps import in_steps
from registry.domain.index import Index
from registry.domain.shared_tables import shared_rows
from registry.model.contacts import ChannelKind, Contact
from registry.model.policies import Policy, PolicyStage
from registry.model.registry import Registry

BAD = "http://bad.example/"


def contacts(**webhooks: str | None) -> Registry:
    rows = tuple(
        Contact(id=name, name=name, webhook=url, phone=None if url else "+84901000001")
        for name, url in webhooks.items()
    )
    policy = Policy(id="day", stages=(PolicyStage(after_s=0, notify=tuple(webhooks)),))
    return Registry(contacts=rows, policies=(policy,))


class Judge:
    """Refuses one address, and keeps what it was asked about."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, channel: ChannelKind, address: str) -> str | None:
        self.asked.append(address)
        return "refused" if address == BAD else None


async def test_a_change_of_one_contact_judges_that_contact_alone() -> None:
    judge = Judge()
    verdicts = ContactVerdicts([ChannelKind.WEBHOOK], judge)
    first = shared_rows(contacts(ann="http://ann.example/", bob=BAD, eve=None))
    await verdicts.follow(Index(first.registry, shared=first))
    assert verdicts.without_channel() == ["eve"]
    assert verdicts.refused() == [("bob", "webhook")]

    judge.asked.clear()
    bob = Contact(id="bob", name="bob", webhook="http://bob.example/")
    second = first.changed({"contacts": {"bob": bob, "eve": None}})
    await verdicts.follow(Index(second.registry, shared=second))
    assert judge.asked == ["http://bob.example/"]
    assert (verdicts.without_channel(), verdicts.refused()) == ([], [])


async def test_a_contact_that_nobody_names_needs_no_channel() -> None:
    verdicts = ContactVerdicts([ChannelKind.WEBHOOK], Judge())
    named = contacts(eve=None)
    await verdicts.follow(Index(named.model_copy(update={"policies": ()})))
    assert verdicts.without_channel() == []
    await verdicts.follow(Index(named))
    assert verdicts.without_channel() == ["eve"]


async def test_others_have_turns_while_many_values_are_gone_through() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    assert [each async for each in in_steps(range(1_000), 10)] == list(range(1_000))
    task.cancel()
    assert turns >= 100
