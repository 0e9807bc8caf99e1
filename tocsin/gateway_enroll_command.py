"""The verb ``gateway enroll``: the gateway makes its own key, and the center certifies it once."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from contract.enrolment_code import BadCode, EnrolmentCode, read_code
from contract.http.enrolments import Authority, EnrolmentRequest, IssuedCertificate
from runtime.clock import utc_now
from runtime.text_files import NotText, read_text
from tocsin.failures import stop
from tocsin.http_client import ServiceClient, is_private
from tocsin.options import AsJson
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from gateway.enrolment import EnrollingGateway

T = TypeVar("T")


def enroll(
    config: Annotated[
        Path, typer.Option("--config", "-c", metavar="FILE", help="The gateway's settings in TOML.")
    ],
    center: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The center's web server, as https://center.example.org"),
    ] = None,
    code_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file with the code; else it is asked for."),
    ] = None,
    request: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a request there, to be carried to the center."),
    ] = None,
    answer: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file that came back from the center.")
    ] = None,
    authority: Annotated[
        str,
        typer.Option(metavar="FINGERPRINT", help="With the first --answer: that of the center's root."),
    ] = "",
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make a new key: the one before ends with it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Enroll this gateway at its center: make a key, and have it certified.

    With a way to the center: tocsin pki invite PREMISES GATEWAY, there, prints a code, which is good
    once. Run this with --center and the code. The code also names the center, so that no other one is
    believed, whoever stands between.

    Without one: --request writes a file and shows the id of the key. At the center, pki issue gateway
    makes an answer of it. Carry that back, and run this with --answer and the fingerprint that pki list
    shows for the root.

    The key is made here, is for this user alone, and never leaves. Run it as the gateway's user, then
    start the gateway anew: it shows its certificate where broker.tls is set, and renews it by itself.
    """
    if sum(each is not None for each in (center, request, answer)) != 1:
        stop("name one of --center URL, --request FILE, --answer FILE")
    gateway = _gateway(config)
    if request is not None:
        _write_request(gateway, request, new_key=new_key, as_json=as_json)
    elif answer is not None:
        _accept_file(gateway, answer, authority, as_json=as_json)
    else:
        _enroll(gateway, center or "", _code(code_file), new_key=new_key, as_json=as_json)


def _gateway(config: Path) -> EnrollingGateway:
    from gateway.enrolment import EnrollingGateway
    from gateway.settings import Settings
    from runtime.settings import BadSettings, load_settings, without_secrets

    try:
        with without_secrets():
            settings = load_settings(Settings, config)
    except BadSettings as error:
        stop(*error.errors)
    return EnrollingGateway(settings.premises, settings.gateway, settings.identity_folder)


def _code(file: Path | None) -> EnrolmentCode:
    try:
        return read_code(read_text(file) if file else typer.prompt("Code", hide_input=True))
    except (OSError, NotText) as error:
        stop(f"{file}: cannot be read ({error}); name the file that holds the code")
    except BadCode as error:
        stop(str(error))


def _enroll(
    gateway: EnrollingGateway, url: str, code: EnrolmentCode, *, new_key: bool, as_json: bool
) -> None:
    """Find the root that the code names, then send the code to nobody but who is proven by it."""
    from gateway.certificates import BadCertificate, BadKeyFile, read_root, request_text, signing_request

    if not is_private(url):
        stop(f"{url}: the code could be read on its way; name an address that begins with https://")
    unproven = ServiceClient(url, context=_unproven(), named_by="--center")
    found = _decoded(unproven.get("/api/v1/authority", {}).body, Authority, url)
    try:
        root = read_root(found.certificate)
        _refuse_other_root(root, code, url)
        key = gateway.key(anew=new_key)
    except (BadCertificate, BadKeyFile) as error:
        stop(f"{url}: {error}")
    asked = EnrolmentRequest(
        premises=gateway.premises,
        gateway=gateway.gateway,
        secret=code.secret,
        request=request_text(signing_request(key, gateway.premises, gateway.gateway)),
    )
    proven = ServiceClient(url, context=_proven_by(found.certificate), named_by="--center")
    body = proven.post("/api/v1/enrolments", msgspec.to_builtins(asked)).body
    issued = _decoded(body, IssuedCertificate, url)
    try:
        until = gateway.accept(issued, key, root=root, now=utc_now())
    except (BadCertificate, OSError) as error:
        stop(f"{url}: the certificate cannot be used: {error}")
    _show(gateway, issued.key_id, until, as_json=as_json)


def _refuse_other_root(root: Certificate, code: EnrolmentCode, url: str) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    if not code.names(root.public_bytes(Encoding.DER)):
        stop(
            f"{url}: not the center that made the code, or somebody stands between; check the address "
            "and the code. The code was not sent"
        )


def _unproven() -> ssl.SSLContext:
    """Return the context to ask for a root with, which the code then proves or does not."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _proven_by(root: str) -> ssl.SSLContext:
    """Return the context for a server that the *root*, or an authority of the system, proves."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=root)
    return context


def _decoded(body: bytes, kind: type[T], url: str) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        stop(f"{url}: not a center of Tocsin, or of another version")


def _write_request(gateway: EnrollingGateway, file: Path, *, new_key: bool, as_json: bool) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    from contract.gateway_signing import key_id
    from gateway.certificates import BadKeyFile, signing_request
    from runtime.replaced_files import replace_file

    try:
        key = gateway.key(anew=new_key)
        made = signing_request(key, gateway.premises, gateway.gateway)
        replace_file(file, made.public_bytes(Encoding.PEM))
    except (BadKeyFile, OSError) as error:
        stop(f"{file}: {error}; name another file, or mend what it says")
    shown = key_id(key.public_key().public_bytes_raw())
    name = f"{gateway.premises} {gateway.gateway}"
    if as_json:
        say_json({"file": str(file), "key_id": shown})
    else:
        say(
            f"{file}: carry it to the center, and run there:",
            f"tocsin pki issue gateway {name} --request {file.name} --key-id {shown} --out FILE",
        )


def _accept_file(gateway: EnrollingGateway, file: Path, fingerprint: str, *, as_json: bool) -> None:
    from gateway.certificates import BadCertificate, BadKeyFile, read_root

    try:
        issued = _decoded(file.read_bytes(), IssuedCertificate, str(file))
        root = gateway.known_root() or read_root(issued.authority)
        _refuse_unknown_root(gateway, root, fingerprint)
        until = gateway.accept(issued, gateway.key_of(issued.key_id), root=root, now=utc_now())
    except (BadCertificate, BadKeyFile, OSError) as error:
        stop(f"{file}: {error}; have the center make it again from a new --request")
    _show(gateway, issued.key_id, until, as_json=as_json)


def _refuse_unknown_root(gateway: EnrollingGateway, root: Certificate, fingerprint: str) -> None:
    """Refuse a root that this gateway does not know and the person did not name."""
    from cryptography.hazmat.primitives.hashes import SHA256

    plain = fingerprint.replace(":", "").replace(" ", "").lower()
    if gateway.known_root() is None and root.fingerprint(SHA256()).hex() != plain:
        stop(
            "--authority: not the fingerprint of the root in the answer; read it out at the center: "
            "tocsin pki list shows it, 64 hexadecimal digits"
        )


def _show(gateway: EnrollingGateway, key: str, until: int, *, as_json: bool) -> None:
    from contract.local_time import local_datetime
    from contract.times import from_micros

    if as_json:
        say_json({"key_id": key, "until": until, "folder": str(gateway.folder)})
        return
    say(
        f"enrolled as {gateway.premises}/{gateway.gateway}, key {key}, "
        f"until {local_datetime(from_micros(until))}; files in {gateway.folder}",
        "next: start the gateway anew; it renews the certificate by itself",
    )
