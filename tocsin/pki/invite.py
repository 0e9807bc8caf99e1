"""The verb ``pki invite``: a one-time code by which a gateway enrols."""

import secrets
from datetime import timedelta
from typing import Annotated

import typer

from contract.local_time import local_datetime, utc
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.pki.center import (
    By,
    Config,
    GatewayName,
    PremisesName,
    gateway_of,
    open_center,
    person,
    registered,
)
from tocsin.terminal import say, say_json


def invite(
    premises: PremisesName,
    gateway: GatewayName,
    config: Config,
    hours: Annotated[
        float, typer.Option(min=0.01, max=720, metavar="HOURS", help="The code ends after so long.")
    ] = 24,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Print a one-time code for a gateway to enroll with.

    The gateway must be in the registry. The code is shown once and stored as a hash; it is good for one
    enrolment, and over after 20 wrong ones. It also names the center's authority, so that the gateway
    believes no other. A new code ends the one before.

    On the gateway: tocsin gateway enroll --config FILE --center https://CENTER --code-file FILE
    """
    center, key = open_center(config), gateway_of(premises, gateway)
    from cryptography.hazmat.primitives.serialization import Encoding

    from contract.enrolment_code import SECRET_BYTES, hash_of, read_code, write_code
    from contract.times import to_micros
    from pki import store
    from pki.domain.invitations import Invitation
    from pki.issuing import note_key_event
    from pki.store import Transaction

    root = center.issuing().root.public_bytes(Encoding.DER)
    code = write_code(secrets.token_bytes(SECRET_BYTES), root)
    ends = center.now + timedelta(hours=hours)
    at, who = to_micros(center.now), person(by)

    def change(connection: Transaction) -> bool:
        if not registered(connection, key):
            return False
        invitation = Invitation(hash_of(read_code(code).secret), to_micros(ends))
        store.invite(connection, key, invitation, at=at, by=who)
        detail = {"what": "invited", "until": utc(ends)}
        note_key_event(connection, who, f"{premises}/{gateway}", detail, at=at)
        return True

    if not center.write(change):
        stop(f"{premises}/{gateway} is not in the registry; import it first: tocsin registry import")
    if as_json:
        say_json({"code": code, "until": utc(ends)})
    else:
        say(code, f"for {premises}/{gateway}, until {local_datetime(ends)}; it is not shown again")
