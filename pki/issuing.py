"""Issues, renews and revokes certificates of gateways: each within one transaction of the caller."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

import audit.store
from audit.domain.entry import AuditEntry, AuditKind
from contract.certificates import renewed_from, user_name
from contract.enrolment_code import hash_of
from contract.gateway_signing import key_id
from contract.http.enrolments import EnrolmentRequest, IssuedCertificate
from contract.ids import GatewayKey
from contract.times import Micros, to_micros
from pki import store
from pki.authority import IssuingKey, key_of_request, pem, serial_of
from pki.domain.invitations import Applicant, EnrolmentVerdict, judge_enrolment
from pki.domain.keyring import PublicKey


@dataclass(frozen=True, slots=True)
class GatewayIssuer:
    """Issues certificates with the *issuing* key, for so long a *life*."""

    issuing: IssuingKey
    life: timedelta

    def enroll(
        self,
        connection: Connection,
        request: EnrolmentRequest,
        *,
        is_registered: bool,
        now: datetime,
    ) -> IssuedCertificate | EnrolmentVerdict:
        """Return the first certificate of a gateway, or the reason why it is refused.

        Raises BadRequestFile. A refusal is stored as well: a wrong secret counts against its invitation.
        """
        gateway = GatewayKey(request.premises, request.gateway)
        key = key_of_request(b64decode(request.request, validate=False))
        found, made_by = store.invitation_of(connection, gateway) or (None, "")
        is_free = store.is_key_free(connection, gateway, key_id(key.public_bytes_raw()))
        applicant = Applicant(hash_of(request.secret), is_registered, is_free)
        verdict = judge_enrolment(found, applicant, to_micros(now))
        if verdict is EnrolmentVerdict.WRONG_CODE:
            store.count_try(connection, gateway)
        if verdict is not EnrolmentVerdict.ACCEPTED:
            return verdict
        store.use_invitation(connection, gateway, at=to_micros(now))
        self._replace_other_keys(connection, gateway, key, now=now)
        return self.issue(connection, gateway, key, by=made_by, now=now)

    def _replace_other_keys(
        self, connection: Connection, gateway: GatewayKey, key: Ed25519PublicKey, *, now: datetime
    ) -> None:
        """Revoke the keys that *gateway* had before: its name is that of one box, that of *key*."""
        keys = {each.key.key_id for each in store.issued_keys(connection, gateway)}
        if keys - {key_id(key.public_bytes_raw())}:
            by = user_name(*gateway)
            revoke_gateway(connection, gateway, by=by, reason="replaced by another key", now=now)

    def issue_if_free(
        self,
        connection: Connection,
        gateway: GatewayKey,
        key: Ed25519PublicKey,
        *,
        by: str,
        now: datetime,
    ) -> IssuedCertificate | str:
        """Return a certificate of *key*, which replaces all others of *gateway*, or why not."""
        if not store.is_key_free(connection, gateway, key_id(key.public_bytes_raw())):
            return "the key was revoked, or is another gateway's; enroll it with --new-key"
        self._replace_other_keys(connection, gateway, key, now=now)
        return self.issue(connection, gateway, key, by=by, now=now)

    def issue(
        self,
        connection: Connection,
        gateway: GatewayKey,
        key: Ed25519PublicKey,
        *,
        by: str,
        now: datetime,
        what: str = "issued",
    ) -> IssuedCertificate:
        """Issue and store a certificate of the *key* of *gateway*."""
        name = user_name(*gateway)
        made = self.issuing.issue_client(name, key, now=now, life=self.life)
        raw = key.public_bytes_raw()
        since, until = to_micros(made.not_valid_before_utc), to_micros(made.not_valid_after_utc)
        chain = (pem(made) + pem(self.issuing.certificate)).decode()
        public, serial = PublicKey(key_id(raw), raw, since, until), serial_of(made)
        store.add_key(connection, store.IssuedKey(gateway, public, serial, to_micros(now), by, chain))
        detail = {"what": what, "key": public.key_id, "serial": serial}
        note_key_event(connection, by, name, detail, at=to_micros(now))
        return self._answer(gateway, public.key_id, chain, until=until)

    def renew(
        self, connection: Connection, gateway: GatewayKey, key: PublicKey, *, now: datetime
    ) -> IssuedCertificate:
        """Return the certificate of *key* if it is in its first two thirds, else a new one.

        So a gateway that asks again, because an answer was lost, gets what it was sent before.
        """
        latest = _latest(connection, gateway, key.key_id)
        if latest is not None and to_micros(now) < _due(latest.key):
            return self._answer(gateway, key.key_id, latest.certificate, until=latest.key.not_after)
        public = Ed25519PublicKey.from_public_bytes(key.raw)
        return self.issue(connection, gateway, public, by=user_name(*gateway), now=now, what="renewed")

    def _answer(self, gateway: GatewayKey, key: str, chain: str, *, until: Micros) -> IssuedCertificate:
        return IssuedCertificate(
            premises=gateway.premises,
            gateway=gateway.gateway,
            key_id=key,
            certificate=chain,
            authority=pem(self.issuing.root).decode(),
            until=until,
        )


def revoke_gateway(
    connection: Connection, gateway: GatewayKey, *, by: str, reason: str, now: datetime
) -> list[str]:
    """Revoke every key of *gateway*; return the serials of their certificates."""
    serials = store.revoke_keys(connection, gateway, at=to_micros(now), by=by, reason=reason)
    if serials:
        detail = {"what": "revoked", "reason": reason, "serials": " ".join(serials)}
        note_key_event(connection, by, user_name(*gateway), detail, at=to_micros(now))
    return serials


def note_key_event(
    connection: Connection, by: str, about: str, detail: dict[str, str], *, at: Micros
) -> None:
    """Add what happened to a key to the audit, within the same transaction."""
    audit.store.append(connection, [AuditEntry(at, AuditKind.KEY, by, about, detail)])


def _latest(connection: Connection, gateway: GatewayKey, key: str) -> store.IssuedKey | None:
    issued = store.issued_keys(connection, gateway)
    return next((each for each in issued if each.key.key_id == key), None)


def _due(key: PublicKey) -> Micros:
    """Return the time from which the certificate of *key* is renewed."""
    return renewed_from(key.not_before, key.not_after)
