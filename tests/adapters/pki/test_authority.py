"""Certificates of a center's authority, as another program sees them: openssl."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateSigningRequestBuilder, Name, load_pem_x509_crl

from pki.authority import BadRequestFile, IssuingKey, key_of_request, new_key, pem
from pki.folder import (
    AuthorityFolder,
    BadAuthority,
    issue_anew,
    make_authority,
    read_root,
)
from tests.support.servers import program

NOW = datetime.now(UTC).replace(microsecond=0)
WORDS = "ba con cá vàng"


@pytest.fixture
def center(tmp_path: Path) -> AuthorityFolder:
    return AuthorityFolder(tmp_path / "center")


@pytest.fixture
def issuing(center: AuthorityFolder, tmp_path: Path) -> IssuingKey:
    return make_authority(center, tmp_path / "root", name="Test", passphrase=WORDS, now=NOW)


def verified(folder: Path, certificate: bytes, *options: str) -> str:
    (folder / "one.pem").write_bytes(certificate)
    command = [program("openssl"), "verify", *options, str(folder / "one.pem")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def gateway_certificate(issuing: IssuingKey, *, now: datetime = NOW) -> tuple[bytes, int]:
    key = Ed25519PrivateKey.generate().public_key()
    made = issuing.issue_client("p/gw-1", key, now=now, life=timedelta(days=90))
    return pem(made), made.serial_number


def test_a_gateways_certificate_is_proven_by_the_chain_for_clients_alone(
    issuing: IssuingKey, center: AuthorityFolder, tmp_path: Path
) -> None:
    made, _ = gateway_certificate(issuing)
    chain = ("-CAfile", str(center.path / "ca.crt"))
    assert ": OK" in verified(tmp_path, made, *chain, "-purpose", "sslclient")
    assert "unsuitable certificate purpose" in verified(tmp_path, made, *chain, "-purpose", "sslserver")


def test_a_revoked_certificate_is_refused_and_another_one_is_not(
    issuing: IssuingKey, center: AuthorityFolder, tmp_path: Path
) -> None:
    (made, serial), (other, _) = gateway_certificate(issuing), gateway_certificate(issuing)
    center.write_revoked(issuing.list_revoked([(serial, NOW)], now=NOW))
    listed = ("-CAfile", str(center.path / "ca.crt"), "-CRLfile", str(center.path / "crl.pem"))
    assert "certificate revoked" in verified(tmp_path, made, *listed, "-crl_check")
    assert ": OK" in verified(tmp_path, other, *listed, "-crl_check")


def test_a_list_of_revoked_certificates_never_ends_before_the_issuing_key(
    issuing: IssuingKey, center: AuthorityFolder
) -> None:
    revoked = load_pem_x509_crl((center.path / "crl.pem").read_bytes())
    assert revoked.next_update_utc == issuing.certificate.not_valid_after_utc


def test_the_keys_are_for_their_owner_alone_and_the_root_is_encrypted(
    issuing: IssuingKey, center: AuthorityFolder, tmp_path: Path
) -> None:
    for file in (center.path / "issuing.key", tmp_path / "root" / "root.key"):
        assert file.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in (tmp_path / "root" / "root.key").read_bytes()
    with pytest.raises(BadAuthority, match="passphrase is wrong"):
        read_root(tmp_path / "root", passphrase=WORDS[1:])


def test_an_issuing_key_that_others_may_read_is_refused(
    issuing: IssuingKey, center: AuthorityFolder
) -> None:
    (center.path / "issuing.key").chmod(0o640)
    with pytest.raises(BadAuthority, match="chmod 600"):
        center.load()


def test_a_second_authority_and_a_short_passphrase_are_refused(
    center: AuthorityFolder, tmp_path: Path
) -> None:
    with pytest.raises(BadAuthority, match="12 characters"):
        make_authority(center, tmp_path / "root", name="Test", passphrase=WORDS[:11], now=NOW)
    make_authority(center, tmp_path / "root", name="Test", passphrase=WORDS, now=NOW)
    with pytest.raises(BadAuthority, match="exists"):
        make_authority(center, tmp_path / "more", name="Test", passphrase=WORDS, now=NOW)


def test_a_renewed_issuing_key_proves_what_it_issued_before(
    issuing: IssuingKey, center: AuthorityFolder, tmp_path: Path
) -> None:
    made, _ = gateway_certificate(issuing)
    later = NOW + timedelta(minutes=1)
    root = read_root(tmp_path / "root", passphrase=WORDS)
    center.write_issuing(issue_anew(root, issuing.key, "Test", now=later))
    assert ": OK" in verified(tmp_path, made, "-CAfile", str(center.path / "ca.crt"))


def request(key: object, *, algorithm: SHA256 | None = None) -> bytes:
    made = CertificateSigningRequestBuilder().subject_name(Name([])).sign(key, algorithm)  # type: ignore[arg-type]
    return made.public_bytes(Encoding.DER)


def test_the_key_of_a_request_is_found_in_either_form() -> None:
    key = Ed25519PrivateKey.generate()
    made = CertificateSigningRequestBuilder().subject_name(Name([])).sign(key, None)
    for form in (Encoding.DER, Encoding.PEM):
        assert key_of_request(made.public_bytes(form)) == key.public_key()


def test_a_request_of_another_kind_of_key_or_not_signed_by_its_own_is_refused() -> None:
    with pytest.raises(BadRequestFile, match="not Ed25519"):
        key_of_request(request(generate_private_key(SECP256R1()), algorithm=SHA256()))
    tampered = bytearray(request(Ed25519PrivateKey.generate()))
    tampered[-1] ^= 1
    with pytest.raises(BadRequestFile):
        key_of_request(bytes(tampered))
    with pytest.raises(BadRequestFile, match="tocsin gateway enroll"):
        key_of_request(b"nothing of it")


def test_a_server_is_certified_under_all_its_names_and_addresses(
    issuing: IssuingKey, center: AuthorityFolder, tmp_path: Path
) -> None:
    key = new_key().public_key()
    names = ["broker.example.org", "10.0.0.5"]
    made = pem(issuing.issue_server(names, key, now=NOW, life=timedelta(days=1)))
    chain = ("-CAfile", str(center.path / "ca.crt"))
    for option, name in (("-verify_hostname", names[0]), ("-verify_ip", names[1])):
        assert ": OK" in verified(tmp_path, made, *chain, option, name)
