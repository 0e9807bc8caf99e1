"""The verb ``relay key``: the key by which one receiver knows what the center sends to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import needs_center
from tocsin.terminal import say, say_json

app = typer.Typer(help="Show the keys of receivers of webhooks.", no_args_is_help=True)


@app.callback()
def relay() -> None:
    """Show the keys of receivers of webhooks."""


@app.command()
def key(
    contact: Annotated[str, typer.Argument(help="Contact of the registry, or command-center.")],
    config: Annotated[Path, typer.Option("--config", "-c", metavar="FILE", help="Alerting's settings.")],
    as_json: AsJson = False,
) -> None:
    """Show the key by which CONTACT checks its webhooks.

    Each receiver has a key of its own, derived from the secret of the center: it can believe what is
    signed with it, and can sign for nobody else. While the secret is being changed there are two keys,
    and a webhook has the signatures of both. Run it as the user of alerting, who may read its secrets.
    If a receiver has lost its key, set relay.key_versions for it and restart alerting: it has a new one.

    Exit code: 0 if it was shown, 2 if the settings or the secret cannot be read.
    """
    needs_center()
    from alerting.center_secret import FILE
    from alerting.settings import Settings
    from contract.signing import receiver_keys, written_secret
    from runtime.secret_files import read_secret
    from runtime.settings import BadSettings, load_settings

    try:
        settings = load_settings(Settings, config)
        secrets = settings.relay.keys() or (read_secret(settings.data_dir / FILE).encode(),)
    except BadSettings as error:
        stop(*error.errors)
    except OSError as error:
        stop(
            f"{settings.data_dir / FILE}: {error.strerror or error}; start alerting once, "
            "or run this as its user"
        )
    version = settings.relay.key_version(contact)
    keys = [written_secret(each) for each in receiver_keys(secrets, contact, version)]
    if as_json:
        say_json({"contact": contact, "version": version, "keys": keys})
    else:
        say(*keys)
