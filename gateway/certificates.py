"""The key and the certificates of a gateway, made and checked with the library cryptography.

The steady process of a gateway does not import this: it would cost it 2 MB (gateway/identity.py).
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from contract.certificates import user_name
from contract.times import Micros, to_micros


class BadCertificate(ValueError):
    """A certificate that this gateway cannot use, or not believe; the text names the fault."""


class BadKeyFile(ValueError):
    """A file that is not the key of a gateway; the text names the remedy."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The purpose that a certificate must have: this gateway, this key, and issued under this root."""

    premises: str
    gateway: str
    key: Ed25519PublicKey
    root: x509.Certificate


def new_key() -> Ed25519PrivateKey:
    """Return a new key; it never leaves the gateway."""
    return Ed25519PrivateKey.generate()


def key_pem(key: Ed25519PrivateKey) -> bytes:
    """Return *key* as it is stored, in a file for its owner alone."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(pem: bytes) -> Ed25519PrivateKey:
    """Return the key in *pem*; raises BadKeyFile."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKeyFile("not a key in PEM; enroll with --new-key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKeyFile("not an Ed25519 key; enroll with --new-key")
    return key


def signing_request(
    key: Ed25519PrivateKey, premises: str, gateway: str
) -> x509.CertificateSigningRequest:
    """Return the request for a certificate of *key*, which it proves to be held."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, user_name(premises, gateway)[:64])])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, None)


def request_text(request: x509.CertificateSigningRequest) -> str:
    """Return *request* as it is sent over HTTP."""
    return b64encode(request.public_bytes(Encoding.DER)).decode()


def read_root(pem: str) -> x509.Certificate:
    """Return the root certificate in *pem*; raises BadCertificate."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise BadCertificate("the root is not a certificate in PEM") from error


def check_certificate(chain: str, wanted: Wanted, now: datetime) -> Micros:
    """Return the time until which *chain*, a certificate and its issuer, proves what is *wanted*.

    Raises BadCertificate, so that nothing replaces a certificate that works by one that cannot.
    """
    try:
        leaf, issuing = x509.load_pem_x509_certificates(chain.encode())
        leaf.verify_directly_issued_by(issuing)
        issuing.verify_directly_issued_by(wanted.root)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise BadCertificate("it is not issued under the root of the center") from error
    if leaf.public_key() != wanted.key:
        raise BadCertificate("it is for another key than this gateway's")
    names = [each.value for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [user_name(wanted.premises, wanted.gateway)]:
        raise BadCertificate("it is for another gateway")
    if leaf.not_valid_after_utc <= now:
        raise BadCertificate("it has ended; is the clock of this machine right?")
    return to_micros(leaf.not_valid_after_utc)
