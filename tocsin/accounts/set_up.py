"""The verb ``accounts set-up``: a password and a device, asked for at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.accounts.asking import ask_device, ask_password, recovery_lines
from tocsin.accounts.center import AccountName, change
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.administration.order import ChangeOrder, Transaction


def set_up(
    name: AccountName,
    device: Annotated[
        bool, typer.Option("--device", help="Enroll a device though no role needs one yet.")
    ] = False,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Ask here, on this machine, for the password of the account NAME, and for a device.

    For a person who comes to the center, instead of a link. The device that shows one-time codes is
    asked for where a role of the account needs one; it takes the place of the one before, whose recovery
    codes no longer work. All sessions of the account end.

    Exit code: 0 if it was done, 2 if it is refused. With --json the answer has name and recovery_codes.
    """
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
    if as_json:
        return say_json({"name": name, "recovery_codes": codes})
    return say(f"{name} is set up", *(recovery_lines(codes) if codes else []))
