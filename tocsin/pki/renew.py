"""The verb ``pki renew``: what does not renew itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.pki.center import By, Config, GatewayName, PremisesName, gateway_of, open_center, person
from tocsin.pki.issue import write_answer
from tocsin.pki.passphrase import PassphraseFile, passphrase
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from contract.http.enrolments import IssuedCertificate
    from pki.store import Transaction

app = typer.Typer(
    help="Renew the certificate of the issuing key with the offline root, or that of a gateway which "
    "was away for too long. Servers: pki issue server, again.",
    no_args_is_help=True,
)


@app.command()
def issuing(
    config: Config,
    root: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder of the offline root.")],
    passphrase_file: PassphraseFile = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Renew the certificate of the issuing key, with the offline root.

    The key stays the same, and so do all certificates that it issued. Copy ca.crt and crl.pem to the
    broker afterwards (tocsin broker rules), and issue the servers' certificates anew: they carry it.
    """
    center = open_center(config)
    from contract.local_time import utc
    from contract.times import to_micros
    from pki.authority import serial_of
    from pki.folder import BadAuthority, issue_anew, read_root
    from pki.issuing import note_key_event

    present = center.issuing()
    try:
        found = read_root(root, passphrase=passphrase(passphrase_file, twice=False))
    except BadAuthority as error:
        stop(str(error))
    if found.certificate != present.root:
        stop(f"{root}: another root than that of {center.folder.path}; use the one it was made with")
    name = present.certificate.subject.rfc4514_string().removeprefix("CN=").removesuffix(" issuing")
    made = issue_anew(found, present.key, name, now=center.now)
    center.folder.write_issuing(made)
    at, who = to_micros(center.now), person(by)
    detail = {"what": "authority renewed", "serial": serial_of(made.certificate)}
    center.write(lambda db: note_key_event(db, who, "authority", detail, at=at))
    center.write_revoked(made)
    until = utc(made.certificate.not_valid_after_utc)
    if as_json:
        say_json({"until": until})
    else:
        say(f"{center.folder.path}: renewed until {until}; next: tocsin broker rules")


@app.command()
def gateway(
    premises: PremisesName,
    gateway: GatewayName,
    config: Config,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to carry to the gateway.")],
    as_json: AsJson = False,
) -> None:
    """Renew the certificate of a gateway whose certificate ended while it was away.

    A gateway that is connected renews it by itself. This one is for the key that it has: carry FILE to
    it, and run there: tocsin gateway enroll --answer FILE
    """
    center, key = open_center(config), gateway_of(premises, gateway)
    from pki import store
    from pki.issuing import GatewayIssuer

    issuer = GatewayIssuer(center.issuing(), center.settings.pki.life)

    def change(connection: Transaction) -> IssuedCertificate | None:
        standing = (each for each in store.issued_keys(connection, key) if each.key.revoked_at is None)
        latest = next(standing, None)
        if latest is None:
            return None
        return issuer.renew(connection, key, latest.key, now=center.now)

    issued = center.write(change)
    if issued is None:
        stop(f"{premises}/{gateway} has no key that stands; invite it: tocsin pki invite")
    write_answer(issued, out, as_json=as_json)
