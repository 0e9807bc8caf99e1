"""The verb ``accounts set-up``: a password and a device, asked for at the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.accounts.asking import ask_device, ask_password, recovery_lines
from tocsin.accounts.center import change
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.administration.order import ChangeOrder, Transaction


def set_up(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The name that signs in.")] = "",
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Redeem a code there, from any machine."),
    ] = None,
    code_file: Annotated[
        Path | None,
        typer.Option("--code-file", metavar="FILE", help="With --url: holds the code; - is stdin."),
    ] = None,
    display_name: Annotated[
        str, typer.Option("--display-name", metavar="TEXT", help="Of the first administrator.")
    ] = "",
    device: Annotated[
        bool, typer.Option("--device", help="Enroll a device though no role needs one yet.")
    ] = False,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Ask here for the password of an account, and for a device.

    With --url URL, from any machine: redeems the code that accounts init, add and reset-password print.
    The code of the first administrator needs NAME and --display-name, others need none.

    Without it, on the center's machine: for a person who comes there, instead of a code.

    The device that shows one-time codes is asked for where a role of the account needs one; here it
    takes the place of the one before, whose recovery codes no longer work. All sessions of the account
    end.

    Exit code: 0 if it was done, 2 if it is refused. With --json the answer has name and recovery_codes.
    """
    if url is not None:
        return _over_http(url, code_file, name=name, display_name=display_name, as_json=as_json)
    if not name or code_file is not None:
        stop("name the account, as in accounts set-up NAME; or the center's address with --url URL")
    from accounts.administration import people
    from accounts.domain.second_factor import needs_second_factor
    from accounts.secret_texts import hash_of, new_recovery_codes

    account = change(config, database, lambda connection, _: people.existing(connection, name))
    password = ask_password(name, account.display_name)
    secret = ask_device(name) if device or needs_second_factor(account.grants) else None
    codes = [] if secret is None else new_recovery_codes()

    def work(connection: Transaction, order: ChangeOrder) -> None:
        people.set_password(connection, name, password, order)
        if secret is not None:
            hashes = [hash_of(each) for each in codes]
            people.enrol_device(connection, name, secret, order, recovery=hashes)

    change(config, database, work)
    return _show(name, codes, as_json=as_json)


def _over_http(url: str, code_file: Path | None, *, name: str, display_name: str, as_json: bool) -> None:
    from tocsin.accounts.set_up_over_http import redeem_code

    account, codes = redeem_code(url, code_file, name=name, display_name=display_name)
    _show(account, codes, as_json=as_json)


def _show(name: str, codes: list[str], *, as_json: bool) -> None:
    if as_json:
        say_json({"name": name, "recovery_codes": codes})
    else:
        say(f"{name} is set up", *(recovery_lines(codes) if codes else []))
