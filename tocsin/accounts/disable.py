"""The verbs ``accounts disable`` and ``accounts enable``."""

from tocsin.accounts.center import AccountName, change
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json


def disable(
    name: AccountName, config: Config = None, database: Database = None, as_json: AsJson = False
) -> None:
    """Disable the account NAME: nobody signs in to it, and its sessions end within a second.

    The last administrator cannot be disabled. Nothing of the account is deleted: what it did stays
    its own.
    """
    from accounts.administration import people

    ended = change(config, database, lambda connection, order: people.disable(connection, name, order))
    if as_json:
        say_json({"name": name, "disabled": True, "sessions_ended": ended})
    else:
        say(f"{name} is disabled; sessions ended: {ended}")


def enable(
    name: AccountName, config: Config = None, database: Database = None, as_json: AsJson = False
) -> None:
    """Enable the account NAME again, with the roles and the password that it had."""
    from accounts.administration import people

    change(config, database, lambda connection, order: people.enable(connection, name, order))
    if as_json:
        say_json({"name": name, "disabled": False})
    else:
        say(f"{name} is enabled")
