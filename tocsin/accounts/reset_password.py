"""The verb ``accounts reset-password``: a code that sets a password once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.accounts.center import AccountName, Hours, Url, change, code_lines
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from accounts.administration.order import ChangeOrder, Transaction


def reset_password(
    name: AccountName,
    device: Annotated[
        bool,
        typer.Option("--device", help="Remove the device for one-time codes, too: it was lost."),
    ] = False,
    url: Url = "http://localhost:8080",
    hours: Hours = 24,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print a code that sets the password of the account NAME once, and forget its failed attempts.

    The present password stays until then; all sessions end once the new one is set. With --device the
    device and its recovery codes are removed now, and the sessions end now. Hand the code over in a way
    that proves who gets it.
    """
    from accounts.administration import people

    def work(connection: Transaction, order: ChangeOrder) -> str:
        if device:
            people.remove_device(connection, name, order)
        return people.make_password_link(connection, name, order, valid_h=hours)

    code = change(config, database, work)
    if as_json:
        return say_json({"name": name, "code": code})
    return say(*code_lines(code, url, hours=hours))
