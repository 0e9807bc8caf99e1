"""The verb ``pki list``: keys and certificates, and the days that are left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.options import AsJson
from tocsin.pki.center import Center, Config, open_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from pki.domain.listing import ListedCertificate
    from pki.store import Transaction


def list_certificates(
    config: Config,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that a later one of the same key replaced.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List keys and certificates: how each stands, and the days that are left.

    States: valid; renewal_due, in the last third of its life, where a gateway renews it by itself;
    ends_soon, in its last sixth, which is a fault; ended; revoked.

    With --json a list of objects with kind, name, serial, key_id, state, days_left, until
    (microseconds), reason and, of the root, fingerprint.
    """
    center = open_center(config)
    from contract.times import to_micros

    now = to_micros(center.now)
    listed = [*_of_authority(center), *center.write(lambda db: list(_stored(db, every=every)))]
    if as_json:
        say_json([_as_json(each, now) for each in listed])
    else:
        say(*(_line(each, now) for each in listed))


def _of_authority(center: Center) -> Iterator[ListedCertificate]:
    issuing = center.issuing()
    yield _listed("root", issuing.root)
    yield _listed("issuing", issuing.certificate)


def _listed(kind: str, made: Certificate) -> ListedCertificate:
    from cryptography.hazmat.primitives.hashes import SHA256

    from contract.times import to_micros
    from pki.authority import serial_of
    from pki.domain.listing import ListedCertificate

    times = to_micros(made.not_valid_before_utc), to_micros(made.not_valid_after_utc)
    shown = made.fingerprint(SHA256()).hex() if kind == "root" else ""
    return ListedCertificate(kind, "authority", serial_of(made), "", *times, fingerprint=shown)


def _stored(connection: Transaction, *, every: bool) -> Iterator[ListedCertificate]:
    """Yield the newest certificate of each name and key, or all."""
    from pki import store
    from pki.domain.listing import ListedCertificate

    seen = set[tuple[str, str]]()
    found = [
        ListedCertificate(
            "server", each.name, each.serial, "", each.not_before, each.not_after, each.revoked_at
        )
        for each in store.server_certificates_of(connection)
    ]
    found += [
        ListedCertificate(
            "gateway",
            "/".join(each.gateway),
            each.serial,
            each.key.key_id,
            each.key.not_before,
            each.key.not_after,
            each.key.revoked_at,
            each.reason,
        )
        for each in store.issued_keys(connection)
    ]
    for one in found:
        if every or (one.name, one.key_id) not in seen:
            seen.add((one.name, one.key_id))
            yield one


def _as_json(one: ListedCertificate, now: int) -> dict[str, object]:
    return {
        "kind": one.kind,
        "name": one.name,
        "serial": one.serial,
        "key_id": one.key_id,
        "state": one.state(now).value,
        "days_left": one.days_left(now),
        "until": one.until,
        "reason": one.reason,
        "fingerprint": one.fingerprint,
    }


def _line(one: ListedCertificate, now: int) -> str:
    reason = f": {one.reason}" if one.reason else ""
    key = f", key {one.key_id}" if one.key_id else ""
    head = f"{one.kind} {one.name}: {one.state(now)}{reason}, {one.days_left(now):g} days left"
    lines = [head, f"    serial {one.serial}{key}"]
    return "\n".join([*lines, f"    fingerprint {one.fingerprint}"] if one.fingerprint else lines)
