"""The steps of an enrolment on the gateway: a key that waits, and then an identity in its place."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from contract.gateway_signing import key_id as id_of
from contract.http.enrolments import IssuedCertificate
from contract.times import Micros
from gateway.certificates import (
    BadKeyFile,
    Wanted,
    check_certificate,
    key_pem,
    new_key,
    read_key,
    read_root,
)
from gateway.plan import IdentityPlan
from runtime.replaced_files import replace_file


@dataclass(frozen=True, slots=True)
class EnrollingGateway:
    """A gateway that enrols, and the *folder* of its identity."""

    premises: str
    gateway: str
    folder: Path

    @property
    def _waiting(self) -> Path:
        return self.folder / "key.new.pem"

    def key(self, *, anew: bool = False) -> Ed25519PrivateKey:
        """Return the key to enroll with: the present one, else the one that waits, else a new one.

        With *anew* the present one is left alone until the center has answered. Raises BadKeyFile.
        """
        present = self._identity.key_file
        for file in (self._waiting,) if anew else (self._waiting, present):
            if file.is_file():
                return read_key(file.read_bytes())
        made = new_key()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(self._waiting, key_pem(made))
        return made

    def key_of(self, key_id: str) -> Ed25519PrivateKey:
        """Return the key of that id, the present one or the one that waits; raises BadKeyFile."""
        for file in (self._waiting, self._identity.key_file):
            if file.is_file():
                key = read_key(file.read_bytes())
                if id_of(key.public_key().public_bytes_raw()) == key_id:
                    return key
        raise BadKeyFile("it is for a key that this gateway does not have")

    def accept(
        self,
        issued: IssuedCertificate,
        key: Ed25519PrivateKey,
        *,
        root: Certificate,
        now: datetime,
    ) -> Micros:
        """Store *key* and what was *issued* for it under *root*; return until when it is valid.

        Raises BadCertificate.
        """
        wanted = Wanted(self.premises, self.gateway, key.public_key(), root)
        until = check_certificate(issued.certificate, wanted, now)
        identity = self._identity
        replace_file(identity.authority_file, root.public_bytes(Encoding.PEM))
        replace_file(identity.key_file, key_pem(key))
        replace_file(identity.certificate_file, issued.certificate.encode())
        self._waiting.unlink(missing_ok=True)
        return until

    def known_root(self) -> Certificate | None:
        """Return the root that this gateway believes, None where it is not enrolled."""
        file = self._identity.authority_file
        return read_root(file.read_text()) if file.is_file() else None

    @property
    def _identity(self) -> IdentityPlan:
        return IdentityPlan(self.folder, 0, 0)
