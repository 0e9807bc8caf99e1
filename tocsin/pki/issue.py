"""The verb ``pki issue``: certificates of servers, of users at the broker, and of gateways."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.pki.center import (
    By,
    Center,
    Config,
    GatewayName,
    PremisesName,
    gateway_of,
    open_center,
    person,
    registered,
)
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from contract.http.enrolments import IssuedCertificate

app = typer.Typer(
    help="Issue certificates: of a server by its names, of a program's user at the broker, of a gateway "
    "that has no way to the center but a carried file.",
    no_args_is_help=True,
)

Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The folder for the files.")]
Days = Annotated[float, typer.Option(min=0.001, max=825, metavar="DAYS", help="The days until it ends.")]


@app.command()
def server(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Names or addresses, as clients use them.")
    ],
    config: Config,
    out: Out,
    days: Days = 825,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Issue the certificate of a server: the broker's, or that of the center's web server.

    Writes server.crt (with the certificate of the issuing key) and server.key. Nothing renews it by
    itself: run this again before it ends, and send the broker a SIGHUP. pki list shows the days left.
    """
    center = open_center(config)
    _issue(center, "server", names, out=out, days=days, by=person(by), as_json=as_json)


@app.command()
def user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user: ingest, alerting, operator.")],
    config: Config,
    out: Out,
    days: Days = 825,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Issue the certificate of a program of the center, in place of a password at the broker.

    Writes NAME.crt and NAME.key, for broker.certificate_file and broker.key_file of its settings.
    """
    if "/" in name or not name:
        stop(f"{name!r} is not the user of a program; a gateway enrols, or: pki issue gateway")
    center = open_center(config)
    _issue(center, name, [name], out=out, days=days, by=person(by), as_json=as_json)


@app.command()
def gateway(
    premises: PremisesName,
    gateway: GatewayName,
    config: Config,
    request: Annotated[
        Path, typer.Option(metavar="FILE", help="The request, from tocsin gateway enroll --request.")
    ],
    key_id: Annotated[
        str, typer.Option(metavar="ID", help="The id of its key, as the gateway showed it.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to carry back.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Issue a gateway's certificate from a carried file, for a site without a way to the center.

    Compare the id of the key with whoever stands at the gateway, by another way than the file came:
    it proves that the file is the gateway's. Carry FILE back: tocsin gateway enroll --answer FILE
    """
    center, key = open_center(config), gateway_of(premises, gateway)
    from contract.gateway_signing import key_id as id_of
    from pki.authority import BadRequestFile, key_of_request
    from pki.issuing import GatewayIssuer
    from pki.store import Transaction

    try:
        public = key_of_request(request.read_bytes()[:65_536])
    except (OSError, BadRequestFile) as error:
        stop(f"{request}: {error}")
    found = id_of(public.public_bytes_raw())
    if found != key_id.strip().lower():
        stop(f"{request}: its key is {found}, not {key_id}; it is not the file of that gateway")
    issuer = GatewayIssuer(center.issuing(), center.settings.pki.life)

    def change(connection: Transaction) -> IssuedCertificate | str:
        if not registered(connection, key):
            return f"{premises}/{gateway} is not in the registry; import it: tocsin registry import"
        return issuer.issue_if_free(connection, key, public, by=person(by), now=center.now)

    issued = center.write(change)
    if isinstance(issued, str):
        stop(issued)
    center.write_revoked(issuer.issuing)
    write_answer(issued, out, as_json=as_json)


def write_answer(issued: IssuedCertificate, out: Path, *, as_json: bool) -> None:
    """Write *issued* to the file *out*, to be carried to its gateway."""
    import msgspec

    from runtime.replaced_files import replace_file

    try:
        replace_file(out, msgspec.json.encode(issued))
    except OSError as error:
        stop(f"{out}: cannot be written ({error.strerror}); name another file")
    if as_json:
        say_json({"file": str(out), "key_id": issued.key_id, "until": issued.until})
    else:
        say(f"{out}: carry it to the gateway, and run: tocsin gateway enroll --answer {out.name}")


def _issue(
    center: Center, file: str, names: list[str], *, out: Path, days: float, by: str, as_json: bool
) -> None:
    """Issue the certificate of a server, or of the user *file*, and write it and its key."""
    from datetime import timedelta

    from pki.authority import new_key, pem
    from pki.folder import write_key
    from runtime.replaced_files import EVERYBODY, replace_file

    issuing, key, life = center.issuing(), new_key(), timedelta(days=days)
    try:
        made = (
            issuing.issue_server(names, key.public_key(), now=center.now, life=life)
            if file == "server"
            else issuing.issue_client(file, key.public_key(), now=center.now, life=life)
        )
        out.mkdir(parents=True, exist_ok=True)
        write_key(out / f"{file}.key", key)
        replace_file(out / f"{file}.crt", pem(made) + pem(issuing.certificate), mode=EVERYBODY)
    except (ValueError, OSError) as error:
        stop(f"{' '.join(names)}: {error}; correct the name, or choose another folder")
    _store(center, names[0], made, by=by)
    files = {"certificate": str(out / f"{file}.crt"), "key": str(out / f"{file}.key")}
    if as_json:
        say_json(files)
    else:
        say(f"{files['certificate']}, {files['key']}: for {' '.join(names)}, {days:g} days")


def _store(center: Center, name: str, made: Certificate, *, by: str) -> None:
    """Store the certificate *made* for the server or user *name*."""
    from contract.times import to_micros
    from pki.authority import pem, serial_of
    from pki.issuing import note_key_event
    from pki.store import ServerCertificate, Transaction, add_server_certificate

    at, serial = to_micros(center.now), serial_of(made)
    times = to_micros(made.not_valid_before_utc), to_micros(made.not_valid_after_utc)
    stored = ServerCertificate(name, serial, *times, at, by, pem(made).decode())

    def change(connection: Transaction) -> None:
        add_server_certificate(connection, stored)
        note_key_event(connection, by, name, {"what": "issued", "serial": serial}, at=at)

    center.write(change)
