"""The files of an authority: the offline root, and the issuing key beside the center."""

import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from pki.authority import IssuingKey, make_issuing, make_root, new_key, pem
from runtime.replaced_files import replace_file

SHORTEST_PASSPHRASE = 12
"""Characters."""

ROOT_KEY, ROOT, ISSUING_KEY, ISSUING, CHAIN, REVOKED = (
    "root.key",
    "root.crt",
    "issuing.key",
    "issuing.crt",
    "ca.crt",
    "crl.pem",
)
"""The names of the files."""

NO_AUTHORITY = "there is no authority; make one: tocsin pki init"


class BadAuthority(Exception):
    """An authority that is absent, damaged or exists already; the text names the remedy."""


@dataclass(frozen=True, slots=True)
class Root:
    """The root of an authority, with its key: it is used once in years, and kept elsewhere."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class AuthorityFolder:
    """The folder of the issuing key beside the center."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether an authority was made here."""
        return (self.path / ISSUING).is_file()

    def load(self) -> IssuingKey:
        """Return the issuing key; raises BadAuthority."""
        if not self.exists:
            raise BadAuthority(f"{self.path}: {NO_AUTHORITY}")
        _refuse_open_key(self.path / ISSUING_KEY)
        key = _read_key(self.path / ISSUING_KEY, None)
        return IssuingKey(key, _read(self.path / ISSUING), _read(self.path / ROOT))

    def root(self) -> x509.Certificate:
        """Return the root certificate; raises BadAuthority."""
        if not self.exists:
            raise BadAuthority(f"{self.path}: {NO_AUTHORITY}")
        return _read(self.path / ROOT)

    def write(self, issuing: IssuingKey, *, now: datetime) -> None:
        """Write the files of *issuing*, for their owner; broker rules copies those for the broker."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(self.path / ISSUING_KEY, _key_pem(issuing.key, None))
        replace_file(self.path / ROOT, pem(issuing.root))
        replace_file(self.path / CHAIN, issuing.chain)
        self.write_revoked(issuing.list_revoked((), now=now))
        replace_file(self.path / ISSUING, pem(issuing.certificate))

    def write_revoked(self, revoked: bytes) -> None:
        """Write the list of *revoked* certificates, in PEM."""
        replace_file(self.path / REVOKED, revoked)

    def write_issuing(self, issuing: IssuingKey) -> None:
        """Write a renewed certificate of the same key."""
        replace_file(self.path / CHAIN, issuing.chain)
        replace_file(self.path / ISSUING, pem(issuing.certificate))


def make_authority(
    center: AuthorityFolder, offline: Path, *, name: str, passphrase: str, now: datetime
) -> IssuingKey:
    """Make a root in the folder *offline*, encrypted, and an issuing key in that of the *center*.

    Raises BadAuthority where either folder has one: a second root would lock every gateway out.
    """
    for folder, file in ((center.path, ISSUING), (offline, ROOT)):
        if (folder / file).exists():
            raise BadAuthority(f"{folder / file} exists; choose another folder, or keep that authority")
    if center.path.resolve() == offline.resolve():
        raise BadAuthority("the root must not stay beside the center; name another folder with --root")
    root = Root((key := new_key()), make_root(key, name, now=now))
    write_root(offline, root, passphrase=passphrase)
    issuing = issue_anew(root, new_key(), name, now=now)
    center.write(issuing, now=now)
    return issuing


def issue_anew(root: Root, key: EllipticCurvePrivateKey, name: str, *, now: datetime) -> IssuingKey:
    """Return the issuing *key* with a new certificate of *root*."""
    made = make_issuing(key.public_key(), name, root=root.certificate, root_key=root.key, now=now)
    return IssuingKey(key, made, root.certificate)


def write_root(folder: Path, root: Root, *, passphrase: str) -> None:
    """Write *root* into *folder*, its key encrypted with *passphrase*; raises BadAuthority."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadAuthority(f"the passphrase is shorter than {SHORTEST_PASSPHRASE} characters")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(folder / ROOT_KEY, _key_pem(root.key, passphrase))
    replace_file(folder / ROOT, pem(root.certificate))


def read_root(folder: Path, *, passphrase: str) -> Root:
    """Return the root in *folder*; raises BadAuthority."""
    return Root(_read_key(folder / ROOT_KEY, passphrase), _read(folder / ROOT))


def serials_in(revoked: Path) -> set[int]:
    """Return the serial numbers in the list *revoked*; raises BadAuthority."""
    try:
        listed = x509.load_pem_x509_crl(revoked.read_bytes())
    except (OSError, ValueError) as error:
        raise BadAuthority(f"{revoked} cannot be read ({error}); revoke anything again") from error
    return {each.serial_number for each in listed}


def write_key(path: Path, key: EllipticCurvePrivateKey) -> None:
    """Write *key* to the file at *path*, for its owner alone."""
    replace_file(path, _key_pem(key, None))


def _key_pem(key: EllipticCurvePrivateKey, passphrase: str | None) -> bytes:
    hidden = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadAuthority(f"{path} cannot be read ({error}); restore it from the backup") from error


def _read_key(path: Path, passphrase: str | None) -> EllipticCurvePrivateKey:
    secret = None if passphrase is None else passphrase.encode()
    try:
        key = load_pem_private_key(path.read_bytes(), secret)
    except OSError as error:
        raise BadAuthority(f"{path} cannot be read ({error.strerror}); is that the folder?") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        text = "the passphrase is wrong, or the file is damaged" if secret else "the file is damaged"
        raise BadAuthority(f"{path}: {text}; the backup has another copy") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise BadAuthority(f"{path}: not the key of an authority of Tocsin; restore it from the backup")
    return key


def _refuse_open_key(path: Path) -> None:
    """Refuse a key that others may read: who has it makes gateways."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise BadAuthority(f"{path} cannot be read ({error.strerror}); restore it") from error
    if stat.S_ISLNK(mode) or mode & 0o077:
        raise BadAuthority(f"{path} is open to others, or a symbolic link; chmod 600, as a plain file")
