"""The verb ``accounts init``: the first administrator of a center."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.accounts.asking import ask_device, ask_password, recovery_lines
from tocsin.accounts.center import Hours, Url, code_lines, start
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

CodeFile = Annotated[
    Path | None,
    typer.Option(
        "--code-file", metavar="FILE", help="Write the link for a browser here, for the owner alone."
    ),
]

if TYPE_CHECKING:
    from accounts.administration.order import ChangeOrder, Transaction


def init(
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Ask for the password here, for this name.")
    ] = "",
    display_name: Annotated[
        str, typer.Option("--display-name", metavar="TEXT", help="The name that others read.")
    ] = "",
    url: Url = "http://localhost:8080",
    code_file: CodeFile = None,
    hours: Hours = 24,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Make the first administrator of a center.

    Without --name it prints a code that works once: whoever redeems it chooses a name and a password. It
    can be sent to another person; a second code replaces the first. With --code-file it writes the link
    for a browser to that file, which only its owner can read, and prints neither.

    With --name it asks here, on this machine, for the password and for a code of the device that shows
    one-time codes, an app such as Aegis or FreeOTP: an administrator needs one.

    Where there is an administrator already, nothing is done: that one adds others.

    Exit code: 0 if it was made, 2 if it is refused. With --json the answer has code, code_file, or name
    and recovery_codes.
    """
    if not name:
        code = start(config, database, lambda connection, order: _link(connection, order, hours))
        shown = {"code": code}
        if code_file is not None:
            return _write_link(code_file, f"{url.rstrip('/')}/setup#{code}", as_json=as_json)
        return (
            say_json(shown)
            if as_json
            else say(*code_lines(code, url, hours=hours, before="NAME --display-name TEXT "))
        )
    start(config, database, _refuse_second)
    shown_name = display_name or name
    first = _First(name, shown_name, ask_password(name, shown_name), ask_device(name))
    codes = start(config, database, first.make)
    if as_json:
        return say_json({"name": name, "recovery_codes": codes})
    return say(f"{name} is administrator of this center", *recovery_lines(codes))


def _write_link(file: Path, link: str, *, as_json: bool) -> None:
    """Write *link* to *file*, for its owner alone."""
    from runtime.own_files import open_fresh

    try:
        with open_fresh(file) as opened:
            opened.write(f"{link}\n".encode())
    except OSError as error:
        stop(f"{file}: cannot be written ({error.strerror}); name a file in a folder that is yours")
    if as_json:
        return say_json({"code_file": str(file)})
    return say(f"the link to the first account stands in {file}; open it in a browser, once")


def _link(connection: Transaction, order: ChangeOrder, hours: float) -> str:
    from accounts.administration.people import make_setup_link

    return make_setup_link(connection, order, valid_h=hours)


def _refuse_second(connection: Transaction, order: ChangeOrder) -> None:
    from accounts.administration.people import refuse_second_start

    refuse_second_start(connection, order)


@dataclass(frozen=True, slots=True)
class _First:
    """The first administrator, with the hash of a password and the secret of a device."""

    name: str
    display_name: str
    password: str
    secret: str

    def make(self, connection: Transaction, order: ChangeOrder) -> list[str]:
        """Make the account; return its recovery codes."""
        from accounts.administration import people
        from accounts.domain.account import Account
        from accounts.domain.actor import Grant
        from accounts.domain.roles import Role
        from accounts.secret_texts import hash_of, new_recovery_codes

        people.refuse_second_start(connection, order)
        grants = (Grant(role=Role.ADMINISTRATOR),)
        account = Account(name=self.name, display_name=self.display_name, grants=grants)
        people.add_person(connection, account, order)
        people.set_password(connection, self.name, self.password, order)
        codes = new_recovery_codes()
        hashes = [hash_of(each) for each in codes]
        people.enrol_device(connection, self.name, self.secret, order, recovery=hashes)
        return codes
