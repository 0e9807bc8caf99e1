"""The authority of a center: certificates made and read with the library cryptography."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contract.certificates import LONGEST_NAME

ROOT_LIFE = timedelta(days=7_300)
"""20 years: another root means a visit to every gateway."""

ISSUING_LIFE = timedelta(days=1_825)
"""5 years; renewed with the root's key."""

SERVER_LIFE = timedelta(days=825)
"""The longest that today's TLS libraries accept of a server."""

GATEWAY_LIFE = timedelta(days=90)
"""Short, because a gateway renews it by itself."""

BEFORE = timedelta(hours=1)
"""A certificate is valid from so long before it was made: clocks of sites are not all right."""

CertificateKey: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey


class BadRequestFile(ValueError):
    """A signing request that cannot be used; the text names the fault and the remedy."""


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """The key that certificates are issued with, its certificate, and the root that proves that."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    root: x509.Certificate

    @property
    def chain(self) -> bytes:
        """The certificate of the issuing key and the root, in PEM, as a broker needs them."""
        return pem(self.certificate) + pem(self.root)

    def issue_client(
        self, name: str, key: CertificateKey, *, now: datetime, life: timedelta
    ) -> x509.Certificate:
        """Return a certificate by which the holder of *key* is the user *name* at the broker."""
        builder = _leaf(name, key, now=now, life=life)
        return self._signed(builder, ExtendedKeyUsageOID.CLIENT_AUTH)

    def issue_server(
        self, names: Sequence[str], key: CertificateKey, *, now: datetime, life: timedelta
    ) -> x509.Certificate:
        """Return a certificate for a server that is reached by *names*, of which some are addresses."""
        builder = _leaf(names[0][:LONGEST_NAME], key, now=now, life=life)
        alternative = x509.SubjectAlternativeName([_general_name(each) for each in names])
        builder = builder.add_extension(alternative, critical=False)
        return self._signed(builder, ExtendedKeyUsageOID.SERVER_AUTH)

    def list_revoked(self, revoked: Iterable[tuple[int, datetime]], *, now: datetime) -> bytes:
        """Return the list of *revoked* serial numbers, each with its time, in PEM.

        It is valid as long as the issuing key: a broker refuses every gateway once its list has ended,
        and that nobody wrote a new one must not cost an alarm (ADR 49).
        """
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self.certificate.subject,
            last_update=now - BEFORE,
            next_update=self.certificate.not_valid_after_utc,
        )
        for serial, at in sorted(revoked):
            entry = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=at).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _signed(
        self, builder: x509.CertificateBuilder, usage: x509.ObjectIdentifier
    ) -> x509.Certificate:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.issuer_name(self.certificate.subject)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        return builder.add_extension(issuer, critical=False).sign(self.key, hashes.SHA256())


def new_key() -> EllipticCurvePrivateKey:
    """Return a new key for an authority or a server: P-256, which every TLS library has."""
    return generate_private_key(SECP256R1())


def make_root(key: EllipticCurvePrivateKey, name: str, *, now: datetime) -> x509.Certificate:
    """Return the root certificate of *key*, under which a center's certificates stand."""
    builder = _begun(f"{name} root", key.public_key(), now=now, life=ROOT_LIFE)
    builder = _of_authority(builder, 1).issuer_name(_named(f"{name} root"))
    return builder.sign(key, hashes.SHA256())


def make_issuing(
    key: EllipticCurvePublicKey,
    name: str,
    *,
    root: x509.Certificate,
    root_key: EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    """Return the certificate of the issuing *key*, signed with the root's."""
    life = min(ISSUING_LIFE, root.not_valid_after_utc - now)
    builder = _of_authority(_begun(f"{name} issuing", key, now=now, life=life), 0)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    builder = builder.issuer_name(root.subject).add_extension(issuer, critical=False)
    return builder.sign(root_key, hashes.SHA256())


def key_of_request(request: bytes) -> Ed25519PublicKey:
    """Return the key in the signing *request*, DER or PEM, which proves that its sender holds it.

    Raises BadRequestFile. The name in it counts for nothing: the center says whose key it is.
    """
    load = x509.load_pem_x509_csr if b"-----BEGIN" in request else x509.load_der_x509_csr
    try:
        found = load(request)
        key, is_proved = found.public_key(), found.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadRequestFile("not a signing request; make one: tocsin gateway enroll") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadRequestFile("the key is not Ed25519; make the request with tocsin gateway enroll")
    if not is_proved:
        raise BadRequestFile("the request is not signed by its own key; make it again")
    return key


def pem(certificate: x509.Certificate) -> bytes:
    """Return *certificate* in PEM."""
    return certificate.public_bytes(Encoding.PEM)


def serial_of(certificate: x509.Certificate) -> str:
    """Return the serial number of *certificate* in hexadecimal digits, as ``openssl`` shows it."""
    return f"{certificate.serial_number:x}"


def _leaf(name: str, key: CertificateKey, *, now: datetime, life: timedelta) -> x509.CertificateBuilder:
    builder = _begun(name, key, now=now, life=life)
    return builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)


def _begun(name: str, key: CertificateKey, *, now: datetime, life: timedelta) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(
        subject_name=_named(name),
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - min(BEFORE, life / 100),
        not_valid_after=now + life,
    )
    own = x509.SubjectKeyIdentifier.from_public_key(key)
    return builder.add_extension(own, critical=False)


def _of_authority(builder: x509.CertificateBuilder, below: int) -> x509.CertificateBuilder:
    """Return *builder* for an authority with so many authorities *below* it."""
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(usage, critical=True)
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
