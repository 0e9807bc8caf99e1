"""The verbs of ``tocsin pki``, as an operator runs them."""

import sqlite3
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    CertificateSigningRequestBuilder,
    Name,
    load_pem_x509_certificate,
    load_pem_x509_crl,
)

from contract.gateway_signing import key_id
from contract.http.enrolments import IssuedCertificate
from contract.times import SECOND, to_micros
from runtime.clock import utc_now
from tests.support.authority import CenterFiles, center_files
from tests.support.house import GATEWAY, PREMISES


@pytest.fixture
def center(tmp_path: Path) -> CenterFiles:
    return center_files(tmp_path)


def issue_gateway(center: CenterFiles, key: Ed25519PrivateKey) -> IssuedCertificate:
    request, out = center.folder / "request.pem", center.folder / "answer.json"
    made = CertificateSigningRequestBuilder().subject_name(Name([])).sign(key, None)
    request.write_bytes(made.public_bytes(Encoding.PEM))
    own = key_id(key.public_key().public_bytes_raw())
    files = ("--request", str(request), "--key-id", own, "--out", str(out))
    center.answer("pki", "issue", "gateway", PREMISES, GATEWAY, *files)
    return msgspec.json.decode(out.read_bytes(), type=IssuedCertificate)


def states(center: CenterFiles) -> dict[str, str]:
    return {each["name"]: each["state"] for each in center.answer("pki", "list")}


def test_an_invitation_is_a_code_that_is_stored_as_a_hash(center: CenterFiles) -> None:
    code = center.invite()
    stored = (center.folder / "alerting" / "center.db").read_bytes()
    wal = center.folder / "alerting" / "center.db-wal"
    stored += wal.read_bytes() if wal.exists() else b""
    assert code.replace("-", "")[:16].encode() not in stored.replace(b"-", b"")


def test_a_gateway_that_is_not_registered_is_not_invited(center: CenterFiles) -> None:
    done = center.run("pki", "invite", PREMISES, "gw-9")
    assert done.exit_code == 2
    assert "not in the registry" in done.output


def test_a_gateway_is_certified_from_a_carried_file_under_its_users_name(center: CenterFiles) -> None:
    key = Ed25519PrivateKey.generate()
    issued = issue_gateway(center, key)
    made = load_pem_x509_certificate(issued.certificate.encode())
    assert made.subject.rfc4514_string() == f"CN={PREMISES}/{GATEWAY}"
    assert made.public_key() == key.public_key()
    days = (issued.until - to_micros(utc_now())) / SECOND / 86_400
    assert 89.9 < days <= 90
    assert states(center)[f"{PREMISES}/{GATEWAY}"] == "valid"


def test_a_file_with_another_key_than_the_gateway_showed_is_refused(center: CenterFiles) -> None:
    made = CertificateSigningRequestBuilder().subject_name(Name([]))
    request = center.folder / "request.pem"
    request.write_bytes(made.sign(Ed25519PrivateKey.generate(), None).public_bytes(Encoding.PEM))
    files = ("--request", str(request), "--key-id", "0" * 16, "--out", str(center.folder / "out"))
    done = center.run("pki", "issue", "gateway", PREMISES, GATEWAY, *files)
    assert done.exit_code == 2
    assert "not the file of that gateway" in done.output
    assert not (center.folder / "out").exists()


def test_a_revoked_gateway_is_on_the_brokers_list_and_its_key_never_comes_back(
    center: CenterFiles,
) -> None:
    key = Ed25519PrivateKey.generate()
    made = load_pem_x509_certificate(issue_gateway(center, key).certificate.encode())
    center.answer("pki", "revoke", "gateway", PREMISES, GATEWAY, "--reason", "stolen")

    listed = load_pem_x509_crl((center.keys / "crl.pem").read_bytes())
    assert [each.serial_number for each in listed] == [made.serial_number]
    assert states(center)[f"{PREMISES}/{GATEWAY}"] == "revoked"
    with pytest.raises(AssertionError, match="revoked"):
        issue_gateway(center, key)
    issue_gateway(center, Ed25519PrivateKey.generate())


def test_another_box_under_the_same_name_ends_the_key_of_the_one_before(center: CenterFiles) -> None:
    issue_gateway(center, Ed25519PrivateKey.generate())
    issue_gateway(center, Ed25519PrivateKey.generate())
    listed = [each for each in center.answer("pki", "list") if each["kind"] == "gateway"]
    assert sorted(each["state"] for each in listed) == ["revoked", "valid"]
    assert len(list(load_pem_x509_crl((center.keys / "crl.pem").read_bytes()))) == 1


def test_a_gateway_that_was_away_for_too_long_is_renewed_by_a_carried_file(center: CenterFiles) -> None:
    settings = center.config.read_text()
    center.config.write_text(f"{settings}[pki]\ngateway_days = 1e-9\n")
    key = Ed25519PrivateKey.generate()
    before = issue_gateway(center, key)
    center.config.write_text(settings)
    out = center.folder / "renewed.json"
    center.answer("pki", "renew", "gateway", PREMISES, GATEWAY, "--out", str(out))
    after = msgspec.json.decode(out.read_bytes(), type=IssuedCertificate)
    assert after.key_id == before.key_id
    assert after.until > before.until


def test_the_certificates_of_servers_and_programs_are_listed_with_the_days_left(
    center: CenterFiles,
) -> None:
    out = center.folder / "broker"
    center.answer("pki", "issue", "server", "broker.example.org", "10.0.0.5", "--out", str(out))
    center.answer("pki", "issue", "user", "ingest", "--out", str(out), "--days", "30")
    assert (out / "server.key").stat().st_mode & 0o777 == 0o600
    listed = {each["name"]: each for each in center.answer("pki", "list")}
    assert 824.9 < listed["broker.example.org"]["days_left"] <= 825
    assert 29.9 < listed["ingest"]["days_left"] <= 30
    assert listed["authority"]["state"] == "valid"


def test_the_issuing_key_is_renewed_with_the_root_and_with_no_other(
    center: CenterFiles, tmp_path: Path
) -> None:
    words = str(center.folder / "passphrase")
    center.answer("pki", "renew", "issuing", "--root", str(center.root), "--passphrase-file", words)
    (tmp_path / "other").mkdir()
    other = center_files(tmp_path / "other")
    done = center.run("pki", "renew", "issuing", "--root", str(other.root), "--passphrase-file", words)
    assert done.exit_code == 2
    assert "another root" in done.output


def test_what_happens_to_keys_is_in_the_audit(center: CenterFiles) -> None:
    center.invite()
    issue_gateway(center, Ed25519PrivateKey.generate())
    center.answer("pki", "revoke", "gateway", PREMISES, GATEWAY, "--reason", "stolen", "--by", "An")
    with sqlite3.connect(center.folder / "alerting" / "center.db") as database:
        rows = database.execute(
            "SELECT who, about, detail FROM audit_entries WHERE kind = 'key'"
        ).fetchall()
    whats = [msgspec.json.decode(each[2]).get("what") for each in rows]
    rows = [each for each, what in zip(rows, whats, strict=True) if what]
    whats = [each for each in whats if each]
    assert whats == ["authority made", "invited", "issued", "revoked"]
    assert rows[-1][:2] == ("An", f"{PREMISES}/{GATEWAY}")


def test_a_verb_without_an_authority_names_the_one_that_makes_it(tmp_path: Path) -> None:
    center = CenterFiles(tmp_path)
    center.config.write_text(
        f'data_dir = "{tmp_path}/alerting"\n[command_center]\nwebhook = "http://127.0.0.1:9/relay"\n'
    )
    done = center.run("pki", "list")
    assert done.exit_code == 2
    assert "tocsin pki init" in done.output


def broker_rules(center: CenterFiles, folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    found: list[str] = center.answer("broker", "rules", "--folder", str(folder))["changed"]
    return found


def test_the_brokers_rules_are_written_once_and_again_when_something_changed(
    center: CenterFiles, tmp_path: Path
) -> None:
    folder = tmp_path / "broker"
    assert broker_rules(center, folder) == ["acl", "crl.pem", "ca.crt"]
    assert broker_rules(center, folder) == []
    issue_gateway(center, Ed25519PrivateKey.generate())
    center.answer("pki", "revoke", "gateway", PREMISES, GATEWAY, "--reason", "stolen")
    assert broker_rules(center, folder) == ["acl", "crl.pem"]
    assert f"user {PREMISES}/{GATEWAY}\n" not in (folder / "acl").read_text()
    assert "user alerting\n" in (folder / "acl").read_text()


def test_without_a_registry_the_brokers_rules_stay_as_they_are(tmp_path: Path) -> None:
    center = center_files(tmp_path)
    folder = tmp_path / "broker"
    broker_rules(center, folder)
    before = (folder / "acl").read_text()
    with sqlite3.connect(tmp_path / "alerting" / "center.db") as database:
        database.execute("DROP TRIGGER IF EXISTS registry_versions_kept")
        database.execute("DELETE FROM registry_versions")
    done = center.run("broker", "rules", "--folder", str(folder))
    assert done.exit_code == 2
    assert "the registry has no gateway" in done.output
    assert (folder / "acl").read_text() == before
