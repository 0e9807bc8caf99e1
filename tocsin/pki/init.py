"""The verb ``pki init``: the authority of a center."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.pki.center import By, Center, Config, open_center, person
from tocsin.pki.passphrase import PassphraseFile, passphrase
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from pki.authority import IssuingKey


def init(
    config: Config,
    root: Annotated[
        Path, typer.Option(metavar="FOLDER", help="The folder of the root; take it away afterwards.")
    ],
    passphrase_file: PassphraseFile = None,
    name: Annotated[
        str, typer.Option(metavar="TEXT", help="The name of the authority.")
    ] = "Tocsin authority",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Make the authority of a center, once.

    The root's key is written to FOLDER, encrypted with a passphrase of at least 12 characters. Take that
    folder away on two media: it is needed again in less than five years (pki renew issuing), and with it
    anybody makes gateways. The issuing key stays beside the center, for alerting's user alone
    (pki.folder of its settings), with ca.crt and crl.pem for the broker.

    Run it as the user of alerting, who must be able to read the issuing key.
    """
    center = open_center(config)
    from pki.folder import CHAIN, REVOKED, BadAuthority, make_authority

    secret = passphrase(passphrase_file, twice=True)
    try:
        issuing = make_authority(center.folder, root, name=name[:50], passphrase=secret, now=center.now)
    except (BadAuthority, OSError) as error:
        stop(str(error))
    _note(center, person(by), issuing)
    files = {"root": str(root), "chain": str(center.folder.path / CHAIN)}
    files |= {"revoked": str(center.folder.path / REVOKED)}
    if as_json:
        say_json(files)
        return
    say(
        f"{root}: the root; copy it to two media, keep them apart, and delete it here",
        f"{files['chain']}, {files['revoked']}: tocsin broker rules copies them to the broker",
        "next: tocsin pki issue server NAME --out FOLDER, for the broker",
    )


def _note(center: Center, by: str, issuing: IssuingKey) -> None:
    """Add the new authority to the audit."""
    from contract.times import to_micros
    from pki.authority import serial_of
    from pki.issuing import note_key_event

    detail = {"what": "authority made", "serial": serial_of(issuing.certificate)}
    at = to_micros(center.now)
    center.write(lambda db: note_key_event(db, by, "authority", detail, at=at))
