"""``tocsin accounts`` as an administrator meets it, on the database of a center."""

import asyncio
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyotp
import pytest

from accounts.domain.roles import OF_SYSTEMS
from tests.adapters.command_line.test_command_line import tocsin
from tests.support.communes import province

PASSWORD = "ba con tau ra khoi som"  # noqa: S105

BAD_AND_GOOD = ("matkhau123456", "matkhau123456", PASSWORD, PASSWORD)
"""Typed at a terminal: a password that is refused, then a good one."""


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A center's database, in which there is an account."""
    url = f"sqlite:///{tmp_path / 'center.db'}"
    answer(url, "init")
    answer(url, "add", "an", "--display-name", "Trần An", "--role", "duty-officer")
    return url


def answer(url: str, *words: str) -> dict[str, Any]:
    """Return the answer of ``accounts`` with *words*, for programs; it must be possible."""
    done = tocsin("accounts", *words, "--database", url, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def lines(url: str, *words: str) -> str:
    """Return what ``accounts`` with *words* shows to a person."""
    done = tocsin("accounts", *words, "--database", url)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(url: str, *words: str) -> str:
    """Return why ``accounts`` with *words* is refused."""
    done = tocsin("accounts", *words, "--database", url)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr.strip()


def test_a_new_center_gets_a_code_for_its_first_administrator(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'center.db'}"
    assert "no database is there" in refused(url, "list")
    shown = lines(url, "init", "--url", "https://center.example/")
    assert re.search(r"works once, for 24 h:\n  [\w-]{43}\n", shown)
    assert "  tocsin accounts set-up NAME --display-name TEXT --url https://center.example\n" in shown
    assert "tocsin accounts init" in lines(url, "list")


def test_an_administrator_is_made_at_the_terminal_with_password_and_device(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'center.db'}"
    shown = at_a_terminal(url, "init", "--name", "an", "--display-name", "Trần An")
    assert "one of those that are guessed first" in shown
    assert PASSWORD not in shown
    assert len(re.findall(r"^  (?:\w{4}-){3}\w{4}\r?$", shown, re.MULTILINE)) == 10
    found = answer(url, "show", "an")
    assert (found["password"], found["device"], found["recovery_codes"]) == (True, True, 10)
    assert [each["role"] for each in found["roles"]] == ["administrator"]
    assert "there is an administrator already (an)" in refused(url, "init")


def test_a_person_who_came_to_the_center_is_set_up_at_the_terminal(place: str) -> None:
    shown = at_a_terminal(place, "set-up", "an")
    assert "an is set up" in shown
    found = answer(place, "show", "an")
    assert (found["password"], found["device"], found["recovery_codes"]) == (True, True, 10)


async def test_a_code_is_redeemed_from_another_machine_with_password_and_device(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'center.db'}", tmp_path / "code"
    async with province(url, communes=()) as center:
        file.write_text((await asyncio.to_thread(answer, url, "init"))["code"])
        words = ("set-up", "an", "--display-name", "Trần An", "--url", center.url)
        redeem = ("--code-file", str(file))
        shown = await asyncio.to_thread(at_a_terminal, url, *words, *redeem, typed=[PASSWORD] * 2)
        assert "an is set up" in shown
        assert len(re.findall(r"^  (?:\w{4}-){3}\w{4}\r?$", shown, re.MULTILINE)) == 10
        found = await asyncio.to_thread(answer, url, "show", "an")
    assert (found["password"], found["device"], found["recovery_codes"]) == (True, True, 10)
    assert found["roles"][0]["role"] == "administrator"


@pytest.mark.parametrize("url", ["http://center.example", "http://127.0.0.1.center.example"])
def test_a_password_is_not_sent_where_others_could_read_it(place: str, url: str) -> None:
    assert "could be read on its way" in refused(place, "set-up", "--url", url)


def at_a_terminal(url: str, *words: str, typed: Sequence[str] = BAD_AND_GOOD) -> str:
    """Return what ``accounts`` with *words* shows at a terminal where a person types the answers."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "tocsin", "accounts", *words, "--database", url]
    running = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    )
    os.close(follower)
    shown, left = "", list(typed)
    deadline, asked = time.monotonic() + 60, 0
    while time.monotonic() < deadline:
        if not select.select([leader], [], [], 0.1)[0]:
            continue
        try:
            shown += os.read(leader, 4_096).decode(errors="replace")
        except OSError:  # the program ended, and its terminal with it
            break
        questions = re.findall(r"(?:password|confirmation|it shows): ", shown)
        while asked < len(questions):
            secret = re.search(r"secret there: (\w+)", shown)
            text = left.pop(0) if left else pyotp.TOTP(secret[1] if secret else "").now()
            os.write(leader, f"{text}\n".encode())
            asked += 1
    assert running.wait(30) == 0, shown
    os.close(leader)
    return shown


def test_a_person_is_added_with_a_role_and_a_code(place: str) -> None:
    shown = lines(place, "add", "binh", "--display-name", "Lê Bình", "--role", "commander")
    assert shown.startswith("binh was added\nthis code works once, for 72 h:\n  ")
    assert "binh (Lê Bình): commander everywhere\n" in lines(place, "list")
    assert "choose another name" in refused(place, "add", "binh", "--display-name", "B")


def test_roles_are_given_and_taken(place: str) -> None:
    given = answer(place, "grant", "an", "--role", "commander", "--since", "2026-12-01")
    assert (given["role"], given["since"], given["area"]) == ("commander", "2026-12-01", None)
    assert "an no longer holds commander everywhere" in lines(
        place, "ungrant", "an", "--role", "commander"
    )
    assert "the registry has no area yet" in refused(
        place, "grant", "an", "--role", "commune", "--area", "xa-1"
    )
    assert "no account 'binh'; see: tocsin accounts list" in refused(
        place, "grant", "binh", "--role", "commander"
    )
    assert "is not one of 'duty-officer'" in refused(place, "grant", "an", "--role", "chief")


def test_an_account_is_shown_with_what_it_lacks(place: str) -> None:
    shown = lines(place, "show", "an")
    assert "password: not set; print a code: reset-password" in shown
    assert "roles that need it do not count until one is enrolled" in shown
    assert re.search(r"^  [\w-]{43}$", lines(place, "reset-password", "an", "--device"), re.MULTILINE)


def test_accounts_are_disabled_and_enabled(place: str) -> None:
    assert lines(place, "disable", "an") == "an is disabled; sessions ended: 0\n"
    assert answer(place, "list")["accounts"][0]["disabled"]
    assert "enable it first: tocsin accounts enable an" in refused(place, "reset-password", "an")
    assert lines(place, "enable", "an") == "an is enabled\n"


def test_sessions_are_listed_and_ended(place: str) -> None:
    assert lines(place, "sessions") == "nobody is signed in\n"
    assert answer(place, "sessions", "an", "--end") == {"name": "an", "sessions_ended": 0}
    assert "name it" in refused(place, "sessions", "--end")


def test_an_identity_is_linked_and_unlinked(place: str) -> None:
    words = ("identity", "an", "--issuer", "https://login.example", "--subject", "7")
    assert "signs in to an" in lines(place, *words)
    assert answer(place, "show", "an")["identities"] == [
        {"issuer": "https://login.example", "subject": "7"}
    ]
    assert "no longer signs in to an" in lines(place, *words, "--remove")


def test_a_token_is_made_shown_once_rotated_and_revoked(place: str) -> None:
    made = lines(place, "token", "add", "map", "--scope", "feed:read", "--everywhere")
    token = re.search(r"tocsin_[\w-]{43}", made)
    assert token is not None
    listed = lines(place, "token", "list")
    assert re.search(r"^map 1: feed:read, everywhere, until .*, never used$", listed, re.MULTILINE)
    assert token[0] not in listed

    new = answer(place, "token", "rotate", "map", "--overlap", "1")
    assert new["token"] != token[0]
    assert len(answer(place, "token", "list")["tokens"]) == 2
    assert answer(place, "token", "revoke", "map")["revoked"] == 2
    assert answer(place, "token", "list") == {"tokens": []}
    assert len(answer(place, "token", "list", "--all")["tokens"]) == 2


def test_a_scope_that_systems_cannot_have_is_refused_with_those_that_they_can(place: str) -> None:
    words = ("token", "add", "map", "--scope", "incidents:close", "--everywhere")
    said = refused(place, *words)
    assert "'incidents:close' is not a scope of systems" in said
    assert said.partition("there are: ")[2].split() == sorted(OF_SYSTEMS)
    assert "name --area or --premises" in refused(place, "token", "add", "map", "--scope", "feed:read")


def test_errors_for_programs_are_json(place: str) -> None:
    done = tocsin("accounts", "disable", "binh", "--database", place, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["errors"] == ["there is no account 'binh'; see: tocsin accounts list"]


@pytest.mark.parametrize("verb", ["init", "add", "grant", "ungrant", "reset-password"])
def test_every_verb_of_accounts_teaches_what_it_does(verb: str) -> None:
    assert len(tocsin("accounts", verb, "--help").stdout) > 600
