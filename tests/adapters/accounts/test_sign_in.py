"""Signing in, staying signed in, and its end, over a real database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.administration.order import Transaction
from accounts.attempts import SignInAttempt, SignInRefusal, SignInRefused
from accounts.domain.actor import Evidence
from accounts.domain.sessions import OpenFire
from accounts.store.sessions import known_networks, open_sessions
from accounts.store.throttle import read_failures
from accounts.tables import account_passwords, account_sessions
from audit.tables import audit_entries
from contract.times import to_micros
from tests.adapters.accounts.people import DESK, FAR, OFFICER, PASSWORD, TEAM, Center, open_center


async def test_a_person_with_name_and_password_is_known_by_the_cookie(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        signed_in = await center.signed_in("an")
        actor = await center.who(signed_in.token)
        assert actor is not None
        assert (actor.account, actor.evidence, actor.grants) == ("an", Evidence.PASSWORD, (TEAM,))
        assert not signed_in.must_enrol


async def test_a_wrong_password_an_unknown_name_and_a_disabled_account_are_refused_alike(
    database: str,
) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        for name, password in (("an", "wrong"), ("binh", PASSWORD), ("An'--", PASSWORD)):
            answer = await center.try_to_sign_in(name, password)
            assert answer == SignInRefused(SignInRefusal.WRONG)


async def test_no_token_and_no_password_is_stored_as_it_is(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        signed_in = await center.signed_in("an")
        hashes = await center.database.read(
            lambda c: [
                *c.scalars(select(account_sessions.c.hash)),
                *c.scalars(select(account_passwords.c.hash)),
            ]
        )
        assert signed_in.token not in str(hashes)
        assert PASSWORD not in str(hashes)
        assert signed_in.token not in repr(signed_in)


async def test_a_role_that_ends_incidents_counts_only_with_a_second_factor(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", OFFICER, TEAM)
        signed_in = await center.signed_in("an")
        actor = await center.who(signed_in.token)
        assert signed_in.must_enrol
        assert actor is not None
        assert actor.grants == (TEAM,)

        enrolment = await center.accounts.second_factors.begin("an", center.now)
        await center.accounts.second_factors.prove_as(actor, center.code(enrolment.secret), center.now)
        after = await center.who(signed_in.token)
        assert after is not None
        assert after.grants == (OFFICER, TEAM)
        assert after.evidence is Evidence.PASSWORD_AND_CODE


async def test_a_code_is_needed_once_a_device_is_enrolled_and_works_once(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", OFFICER)
        secret = await center.enrol("an")
        assert await center.try_to_sign_in("an") == SignInRefused(SignInRefusal.CODE_NEEDED)

        code = center.code(secret)
        await center.signed_in("an", code=code)
        assert await center.try_to_sign_in("an", code=code) == SignInRefused(SignInRefusal.WRONG)


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (1, True), (2, False)])
async def test_the_clock_of_a_device_may_be_off_by_one_step(
    database: str, steps: int, is_taken: bool
) -> None:
    async with open_center(database) as center:
        await center.add("an", OFFICER)
        secret = await center.enrol("an")
        center.pass_time(minutes=5)
        answer = await center.try_to_sign_in("an", code=center.code(secret, steps=steps))
        assert isinstance(answer, SignInRefused) is not is_taken


async def test_a_recovery_code_stands_for_the_device_once(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", OFFICER)
        enrolment = await center.accounts.second_factors.begin("an", center.now)
        codes = await center.accounts.second_factors.prove(
            "an", center.code(enrolment.secret), center.now
        )
        signed_in = await center.signed_in("an", code=f" {codes[3].upper()} ")
        assert signed_in.second_factor
        again = await center.try_to_sign_in("an", code=codes[3])
        assert again == SignInRefused(SignInRefusal.WRONG)
        await center.signed_in("an", code=codes[4])


async def test_failures_slow_an_account_down_and_other_addresses_of_the_person_are_free(
    database: str,
) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        await center.signed_in("an", address=DESK)
        for number in range(12):
            await center.try_to_sign_in("an", "wrong", address=f"203.0.113.{number}")
        refused = await center.try_to_sign_in("an", address=FAR)
        assert isinstance(refused, SignInRefused)
        assert refused.reason is SignInRefusal.TOO_MANY
        assert refused.wait_s > 0
        await center.signed_in("an", address=DESK)
        await center.signed_in("an", address="127.0.0.1")

        center.pass_time(seconds=refused.wait_s)
        await center.signed_in("an", address=FAR)


async def test_failures_are_remembered_beyond_a_restart(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        for _ in range(6):
            await center.try_to_sign_in("an", "wrong", address=FAR)
        await center.accounts.notes.write()
        center.accounts = center.process()
        await center.accounts.prover.resume()
        refused = await center.try_to_sign_in("an", address=FAR)
        assert isinstance(refused, SignInRefused)
        assert refused.reason is SignInRefusal.TOO_MANY


async def test_sign_ins_and_failures_are_in_the_audit_without_what_was_typed(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        await center.signed_in("an")
        await center.try_to_sign_in("an", "hai con tau")
        await center.try_to_sign_in("ba-con-tau", "x")
        await center.accounts.notes.write()
        rows = await center.database.read(lambda c: c.execute(select(audit_entries)).all())
        told = [(row.who, row.detail) for row in rows]
        assert [who for who, _ in told] == ["an", "an", "unknown name"]
        assert "con-tau" not in str(told)
        assert "con tau" not in str(told)


async def test_a_session_that_is_signed_out_is_over_in_each_process_within_a_second(
    database: str,
) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        one, two = await center.signed_in("an"), await center.signed_in("an")
        other = center.process()
        actor = await center.who(one.token)
        assert actor is not None
        assert await center.who(two.token, of=other) is not None

        await center.accounts.sessions.sign_out(actor, center.now)
        assert await center.who(one.token) is None
        assert await center.who(two.token) is not None

        assert await center.accounts.sessions.sign_out_everywhere(actor, center.now) == 1
        assert await center.who(two.token) is None
        assert await center.accounts.sessions.sign_out_everywhere(actor, center.now) == 0


async def test_a_session_ends_when_nobody_uses_it_and_after_a_shift(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        idle = await center.signed_in("an")
        center.pass_time(hours=1, seconds=1)
        assert await center.who(idle.token) is None

        used = await center.signed_in("an")
        for _ in range(23):
            center.pass_time(minutes=30)
            await center.accounts.notes.write()
            assert await center.who(used.token) is not None
        center.pass_time(minutes=30)
        assert await center.who(used.token) is None


async def test_a_hand_over_extends_a_session_and_needs_the_password(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        signed_in = await center.signed_in("an")
        for _ in range(22):
            center.pass_time(minutes=30)
            await center.who(signed_in.token)
        right = SignInAttempt(name="an", password=PASSWORD, address=DESK)
        wrong = SignInAttempt(name="an", password="wrong", address=DESK)  # noqa: S106
        extend = center.accounts.sign_in.extend_session
        assert isinstance(await extend(signed_in.session, wrong, center.now), SignInRefused)
        assert await extend(signed_in.session, right, center.now) == center.now
        for _ in range(20):
            center.pass_time(minutes=30)
            assert await center.who(signed_in.token) is not None


async def test_nobody_is_signed_out_in_the_middle_of_a_fire(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        signed_in = await center.signed_in("an")
        center.fires = [OpenFire("cho", to_micros(center.now + timedelta(minutes=30)))]
        center.pass_time(hours=11)
        assert await center.who(signed_in.token) is not None
        center.pass_time(hours=5)
        assert await center.who(signed_in.token) is not None
        center.fires = []
        center.pass_time(hours=2)
        assert await center.who(signed_in.token) is None


async def test_a_fire_elsewhere_or_a_later_one_holds_no_session(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        signed_in = await center.signed_in("an")
        began = to_micros(center.now)
        center.pass_time(hours=2)
        for fire in (OpenFire("truong", began), OpenFire("cho", to_micros(center.now))):
            center.fires = [fire]
            assert await center.who(signed_in.token) is None


async def test_what_is_over_is_ended_and_forgotten_after_a_while(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        await center.signed_in("an")
        for _ in range(6):
            await center.try_to_sign_in("an", "wrong", address=FAR)
        await center.accounts.notes.write()
        housekeeping = center.accounts.housekeeping

        center.pass_time(hours=24)
        await housekeeping.tidy()
        assert len(await center.database.read(open_sessions)) == 1
        center.pass_time(hours=2)
        await housekeeping.tidy()
        assert await center.database.read(open_sessions) == []
        assert await center.database.read(read_failures) == {}
        assert await center.database.read(known_by_an(center)) == {DESK}
        center.pass_time(days=91)
        await housekeeping.tidy()
        assert await center.database.read(known_by_an(center)) == frozenset()


def known_by_an(center: Center) -> Callable[[Transaction], frozenset[str]]:
    """Return the question for the networks from which ``an`` ever signed in."""
    return lambda connection: known_networks(connection, "an", since=0)
