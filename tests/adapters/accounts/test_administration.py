"""An administrator adds, changes and ends accounts and tokens, and each change is in the audit."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

import pytest
from sqlalchemy import select

import registry.migrations
from accounts.administration import people, tokens
from accounts.administration.order import CannotChange, ChangeOrder, Transaction, order_of
from accounts.administration.overview import overview
from accounts.attempts import SignInRefusal, SignInRefused
from accounts.domain.account import Account, TokenPlace
from accounts.domain.actor import ActorKind, Grant
from accounts.domain.areas import Validity
from accounts.domain.passwords import PasswordFault
from accounts.domain.roles import Role
from accounts.links import LinkRefusal
from accounts.tables import account_links, system_tokens
from audit.tables import audit_entries
from contract.http.permissions import Permission
from registry.model.areas import Area
from registry.model.contacts import Contact
from registry.model.places import Premises
from registry.model.registry import Registry
from registry.store import store_registry
from tests.adapters.accounts.people import DESK, FAR, OFFICER, PASSWORD, TEAM, Center, open_center
from tests.support.waiting import eventually

T = TypeVar("T")

ADMINISTRATOR = Grant(role=Role.ADMINISTRATOR)
FEED = frozenset({Permission.FEED_READ})
EVERYWHERE = [TokenPlace()]
REGISTRY = Registry(
    areas=(Area(id="xa-1", name="Xã 1"), Area(id="xa-2", name="Xã 2")),
    premises=(Premises(id="cho", name="Chợ", area="xa-1"),),
    contacts=(Contact(id="chi-an", name="Chị An"),),
)


async def done(center: Center, work: Callable[[Transaction, ChangeOrder], T]) -> T:
    """Return the answer of *work*, ordered now."""
    order = order_of("root", center.now)
    return await center.database.write(lambda connection: work(connection, order))


async def refusal(center: Center, work: Callable[[Transaction, ChangeOrder], object]) -> str:
    """Return why *work* is refused."""
    with pytest.raises(CannotChange) as error:
        await done(center, work)
    return str(error.value)


async def with_registry(center: Center) -> None:
    """Import a registry with two areas."""
    await center.database.migrate(registry.migrations.REVISIONS)
    await center.database.write(
        lambda connection: store_registry(connection, REGISTRY, who="root", now=center.now)
    )


def granting(held: Grant) -> Callable[[Transaction, ChangeOrder], None]:
    """Return the work that gives *held* to ``an``."""
    return lambda connection, order: people.grant(connection, "an", held, order)


async def is_nobody(center: Center, token: str) -> bool:
    """Return whether *token* proves nobody, to a process that is told of no change."""
    return await center.who(token) is None


async def told(center: Center) -> list[tuple[str, str, str]]:
    """Return by whom, about whom and what the audit says was done."""
    rows = await center.database.read(lambda c: c.execute(select(audit_entries)).all())
    return [(row.who, row.about, json.loads(row.detail).get("change", "")) for row in rows]


async def test_the_link_for_the_first_administrator_works_once(database: str) -> None:
    async with open_center(database) as center:
        code = await done(center, lambda c, o: people.make_setup_link(c, o, valid_h=24))
        redeem = center.accounts.links.redeem
        assert await redeem(code, PASSWORD, center.now) is LinkRefusal.NAME_NEEDED
        assert await redeem(code, "matkhau123456", center.now, name="an") is PasswordFault.COMMON
        made = await redeem(code, PASSWORD, center.now, name="an", display_name="Trần An")
        assert isinstance(made, Account)
        assert made.grants == (ADMINISTRATOR,)
        await center.signed_in("an")
        assert await redeem(code, PASSWORD, center.now, name="binh") is LinkRefusal.UNKNOWN
        text = await refusal(center, lambda c, o: people.make_setup_link(c, o, valid_h=24))
        assert text.startswith("there is an administrator already (an);")


async def test_a_set_up_link_does_nothing_once_there_is_an_administrator(database: str) -> None:
    async with open_center(database) as center:
        code = await done(center, lambda c, o: people.make_setup_link(c, o, valid_h=24))
        await center.add("an", ADMINISTRATOR)
        answer = await center.accounts.links.redeem(code, PASSWORD, center.now, name="evil")
        assert answer is LinkRefusal.SET_UP


async def test_a_link_expires_and_is_replaced_by_the_next_and_is_stored_as_a_hash(database: str) -> None:
    async with open_center(database) as center:
        first = await done(center, lambda c, o: people.make_setup_link(c, o, valid_h=1))
        second = await done(center, lambda c, o: people.make_setup_link(c, o, valid_h=1))
        assert await center.accounts.links.account_of_link(first, center.now) is None
        assert await center.accounts.links.account_of_link(second, center.now) is not None
        rows = await center.database.read(lambda c: c.execute(select(account_links)).all())
        assert second not in str(rows)
        center.pass_time(hours=1)
        assert await center.accounts.links.account_of_link(second, center.now) is None


async def test_a_password_that_is_set_through_a_link_ends_the_sessions_before_it(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        before = await center.signed_in("an")
        code = await done(center, lambda c, o: people.make_password_link(c, "an", o, valid_h=1))
        assert await center.who(before.token) is not None
        new = "gà trống 37 gáy muộn"
        assert isinstance(await center.accounts.links.redeem(code, new, center.now), Account)
        assert await center.who(before.token) is None
        assert await center.try_to_sign_in("an") == SignInRefused(SignInRefusal.WRONG)
        assert not isinstance(await center.try_to_sign_in("an", new), SignInRefused)


async def test_a_new_link_forgets_failed_attempts(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        for _ in range(8):
            await center.try_to_sign_in("an", "wrong", address=FAR)
        await center.accounts.notes.write()
        found = await center.database.read(lambda c: overview(c, "an"))
        assert found.failed_attempts == 5
        await done(center, lambda c, o: people.make_password_link(c, "an", o, valid_h=1))
        found = await center.database.read(lambda c: overview(c, "an"))
        assert found.failed_attempts == 0


async def test_roles_are_given_in_areas_and_premises_of_the_registry_alone(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an")
        await center.database.migrate(registry.migrations.REVISIONS)
        commune = Grant(role=Role.COMMUNE, area="xa-1")
        text = await refusal(center, lambda c, o: people.grant(c, "an", commune, o))
        assert (
            text == "area 'xa-1': the registry has no area yet; import it first: tocsin registry import"
        )

        await with_registry(center)
        await done(center, lambda c, o: people.grant(c, "an", commune, o))
        await done(center, lambda c, o: people.grant(c, "an", TEAM, o))
        wrong = {
            Grant(role=Role.COMMUNE, area="xa-3"): "is not in the registry; there are: xa-1, xa-2",
            Grant(role=Role.COMMUNE, premises="truong"): "is not in the registry; there are: cho",
            Grant(role=Role.COMMUNE, premises="cho", area="xa-1"): "name one of them",
            Grant(role=Role.COMMUNE): "name the area with --area",
            Grant(role=Role.INTEGRATION): "make a token",
            commune: "holds commune in area xa-1 already",
        }
        for held, text in wrong.items():
            assert text in await refusal(center, granting(held))
        found = await center.database.read(lambda c: overview(c, "an"))
        assert found.account.grants == (commune, TEAM)


async def test_a_role_is_held_in_its_days_and_taken_from_a_session_under_way(database: str) -> None:
    async with open_center(database) as center:
        await with_registry(center)
        await center.add("an")
        signed_in = await center.signed_in("an")
        days = Validity(date(2026, 12, 1), date(2027, 1, 1))
        held = Grant(role=Role.TEAM_MEMBER, premises="cho", validity=days)
        await done(center, lambda c, o: people.grant(c, "an", held, o))
        center.accounts = center.process()
        actor = await center.who(signed_in.token)
        assert actor is not None
        assert actor.grants == (held,)
        assert people.describe(held) == "team-member in premises cho from 2026-12-01 until 2027-01-01"

        backwards = Grant(role=Role.COMMANDER, validity=Validity(days.until, days.since))
        assert "has no day" in await refusal(center, lambda c, o: people.grant(c, "an", backwards, o))
        await done(center, lambda c, o: people.ungrant(c, "an", TEAM, o))
        center.accounts = center.process()
        actor = await center.who(signed_in.token)
        assert actor is not None
        assert actor.grants == ()
        text = await refusal(center, lambda c, o: people.ungrant(c, "an", TEAM, o))
        assert text == "an does not hold team-member in premises cho; it holds no role"


async def test_the_last_administrator_stays(database: str) -> None:
    async with open_center(database) as center:
        ended = Grant(role=Role.ADMINISTRATOR, validity=Validity(until=date(2026, 11, 1)))
        await center.add("an", ADMINISTRATOR)
        await center.add("binh", ended)
        for work in (
            lambda c, o: people.disable(c, "an", o),
            lambda c, o: people.ungrant(c, "an", ADMINISTRATOR, o),
        ):
            assert "an is the last administrator" in await refusal(center, work)
        found = await center.database.read(lambda c: overview(c, "an"))
        assert found.account.grants == (ADMINISTRATOR,)
        assert not found.account.is_disabled

        await done(center, lambda c, o: people.grant(c, "binh", ADMINISTRATOR, o))
        await done(center, lambda c, o: people.disable(c, "an", o))


async def test_a_disabled_account_is_signed_out_and_stays_out_until_it_is_enabled(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        signed_in = await center.signed_in("an")
        assert await done(center, lambda c, o: people.disable(c, "an", o)) == 1
        await eventually(lambda: is_nobody(center, signed_in.token))
        assert await center.try_to_sign_in("an") == SignInRefused(SignInRefusal.WRONG)
        await done(center, lambda c, o: people.enable(c, "an", o))
        assert await center.who(signed_in.token) is None
        await center.signed_in("an")


async def test_a_lost_device_is_removed_with_its_recovery_codes_and_sessions(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", OFFICER)
        secret = await center.enrol("an")
        signed_in = await center.signed_in("an", code=center.code(secret))
        await done(center, lambda c, o: people.remove_device(c, "an", o))
        await eventually(lambda: is_nobody(center, signed_in.token))
        found = await center.database.read(lambda c: overview(c, "an"))
        assert (found.has_device, found.recovery_codes) == (False, 0)
        assert (await center.signed_in("an")).must_enrol


async def test_an_identity_signs_in_to_one_account(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", OFFICER)
        await center.add("binh", TEAM)
        identity = ("https://login.example", "an@example")
        sign_in = center.accounts.sign_in.sign_in_by_identity
        assert isinstance(await sign_in(identity, DESK, center.now, second_factor=True), SignInRefused)
        await done(center, lambda c, o: people.link_identity(c, "an", identity, o))
        text = await refusal(center, lambda c, o: people.link_identity(c, "binh", identity, o))
        assert "signs in to an; unlink it first" in text

        signed_in = await sign_in(identity, DESK, center.now, second_factor=True)
        assert not isinstance(signed_in, SignInRefused)
        actor = await center.who(signed_in.token)
        assert actor is not None
        assert actor.grants == (OFFICER,)
        await done(center, lambda c, o: people.unlink_identity(c, "an", identity, o))
        await eventually(lambda: is_nobody(center, signed_in.token))


@pytest.mark.parametrize("name", ["", "An", "a b", "-a", "a" * 64, "a/b", "trần"])
async def test_a_name_that_cannot_sign_in_is_refused(database: str, name: str) -> None:
    async with open_center(database) as center:
        account = Account(name=name, display_name="An")
        assert "small letters" in await refusal(center, lambda c, o: people.add_person(c, account, o))


async def test_text_that_would_steer_a_terminal_is_refused(database: str) -> None:
    async with open_center(database) as center:
        account = Account(name="an", display_name="An\u202e")
        text = await refusal(center, lambda c, o: people.add_person(c, account, o))
        assert "U+202E" in text


async def test_a_token_opens_its_scopes_and_is_stored_as_a_hash(database: str) -> None:
    async with open_center(database) as center:
        await with_registry(center)
        places = [TokenPlace(area="xa-1"), TokenPlace(premises="cho")]
        token = await done(
            center, lambda c, o: tokens.add_token(c, "map", o, scopes=FEED, places=places, days=1)
        )
        actor = await center.who(token)
        assert actor is not None
        assert (actor.kind, actor.name, actor.scopes) == (ActorKind.SYSTEM, "map", FEED)
        assert [(each.role, each.area, each.premises) for each in actor.grants] == [
            (Role.INTEGRATION, "xa-1", None),
            (Role.INTEGRATION, None, "cho"),
        ]
        assert await center.who(token + "x") is None
        rows = await center.database.read(lambda c: c.execute(select(system_tokens)).all())
        assert token not in str(rows)
        center.pass_time(days=1)
        assert await center.who(token) is None


async def test_a_rotated_token_works_beside_the_new_one_for_the_overlap(database: str) -> None:
    async with open_center(database) as center:
        old = await done(
            center, lambda c, o: tokens.add_token(c, "map", o, scopes=FEED, places=EVERYWHERE, days=9)
        )
        new, _ = await done(center, lambda c, o: tokens.rotate_token(c, "map", o, days=90, overlap_h=24))
        center.pass_time(hours=23)
        assert await center.who(old) is not None
        assert await center.who(new) is not None
        center.pass_time(hours=1)
        assert await center.who(old) is None
        assert await center.who(new) is not None


async def test_a_revoked_token_is_refused_by_a_process_that_knew_it(database: str) -> None:
    async with open_center(database) as center:
        token = await done(
            center, lambda c, o: tokens.add_token(c, "map", o, scopes=FEED, places=EVERYWHERE, days=9)
        )
        assert await center.who(token) is not None
        await done(center, lambda c, o: tokens.revoke_token(c, "map", o))
        await eventually(lambda: is_nobody(center, token))
        text = await refusal(center, lambda c, o: tokens.revoke_token(c, "map", o))
        assert text == "token map was revoked before; nothing was changed"


async def test_a_token_needs_scopes_of_systems_a_place_and_a_name_of_its_own(database: str) -> None:
    async with open_center(database) as center:

        def adding(name: str = "map", **changed: object) -> Callable[[Transaction, ChangeOrder], str]:
            wanted = {"scopes": FEED, "places": EVERYWHERE, "days": 1} | changed
            return lambda c, o: tokens.add_token(c, name, o, **wanted)  # type: ignore[arg-type]

        close = frozenset({Permission.INCIDENTS_CLOSE})
        assert "incidents:close cannot be a scope" in await refusal(center, adding(scopes=close))
        assert "nothing cannot be a scope" in await refusal(center, adding(scopes=frozenset()))
        assert "holds nowhere" in await refusal(center, adding(places=[]))
        assert "small letters" in await refusal(center, adding("Map!"))
        await done(center, adding())
        assert "token rotate map" in await refusal(center, adding())


async def test_the_last_use_of_a_token_is_written_down(database: str) -> None:
    async with open_center(database) as center:
        token = await done(
            center, lambda c, o: tokens.add_token(c, "map", o, scopes=FEED, places=EVERYWHERE, days=9)
        )
        await center.who(token)
        await center.accounts.notes.write()
        row = await center.database.read(lambda c: c.execute(select(system_tokens)).one())
        assert row.address == DESK
        assert datetime.fromtimestamp(row.seen_at / 1e6, UTC) == center.now


async def test_each_change_is_in_the_audit_with_who_ordered_it(database: str) -> None:
    async with open_center(database) as center:
        account = Account(name="an", display_name="An", grants=(ADMINISTRATOR,))
        await done(center, lambda c, o: people.add_person(c, account, o))
        await done(center, lambda c, o: people.grant(c, "an", OFFICER, o))
        await done(center, lambda c, o: people.ungrant(c, "an", OFFICER, o))
        await done(
            center, lambda c, o: tokens.add_token(c, "map", o, scopes=FEED, places=EVERYWHERE, days=1)
        )
        await done(center, lambda c, o: tokens.revoke_token(c, "map", o))
        await refusal(center, lambda c, o: people.disable(c, "an", o))
        assert await told(center) == [
            ("root", "an", "account added"),
            ("root", "an", "role given"),
            ("root", "an", "role given"),
            ("root", "an", "role taken"),
            ("root", "token map", "token made"),
            ("root", "token map", "token revoked"),
        ]


async def test_a_role_in_an_ended_area_is_refused_with_the_successor_named(database: str) -> None:
    document = REGISTRY.model_dump(mode="json")
    document["areas"] += [
        {"id": "xa-cu", "name": "Xã cũ", "valid_to": "2025-07-01"},
        {"id": "xa-cho", "name": "Xã không có xã kế tục", "valid_to": "2025-07-01"},
        {"id": "xa-moi", "name": "Phường mới", "valid_from": "2025-07-01"},
    ]
    document["successions"] = [
        {"id": "s-1", "old": "xa-cu", "new": "xa-moi", "day": "2025-07-01", "extent": "whole"}
    ]
    async with open_center(database) as center:
        await center.add("an")
        await center.database.migrate(registry.migrations.REVISIONS)
        ended = Registry.model_validate(document)
        await center.database.write(
            lambda connection: store_registry(connection, ended, who="root", now=center.now)
        )
        text = await refusal(center, granting(Grant(role=Role.COMMUNE, area="xa-cu")))
        assert text == "area 'xa-cu' ended on 2025-07-01, and xa-moi succeeded it; name that one"
        for name in ("xa-moi", "xa-cho"):
            await done(center, granting(Grant(role=Role.COMMUNE, area=name)))


async def test_a_person_is_reached_by_a_contact_of_the_registry_alone(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an")
        await with_registry(center)
        text = await refusal(center, lambda c, o: people.set_contact(c, "an", "nobody", o))
        assert "contact 'nobody'" in text
        await done(center, lambda c, o: people.set_contact(c, "an", "chi-an", o))
        found = await center.database.read(lambda c: overview(c, "an"))
        assert found.account.contact == "chi-an"
        assert ("root", "an", "contact set") in await told(center)
