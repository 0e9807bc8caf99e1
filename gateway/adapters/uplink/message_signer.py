"""Signs what the gateway says, with the key that it was enrolled with (docs/protocol.md, 4.8)."""

from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from contract.topics import Leaf, Topic

if TYPE_CHECKING:
    from contract.gateway_signing import SigningKey

log = structlog.get_logger(__name__)


class MessageSigner:
    """Signs messages of one gateway with the key in *file*; until there is one they go out unsigned.

    An alarm never waits for a key: one that cannot be read is logged, and the center tells a fire
    without a signature as an unverified one.
    """

    def __init__(self, file: Path | None, *, premises: str, gateway: str) -> None:
        self._file = file
        self._topics = {leaf: Topic(premises, gateway, leaf) for leaf in Leaf}
        self._version: tuple[int, int] | None = None
        self._key: SigningKey | None = None
        self.refresh()

    @property
    def key_id(self) -> str | None:
        """The id of the key in use; None where there is none."""
        return None if self._key is None else self._key.key_id

    def sign(self, leaf: Leaf, body: bytes) -> bytes:
        """Return *body*, signed for the topic of *leaf* if there is a key."""
        return body if self._key is None else self._key.sign(self._topics[leaf], body)

    def refresh(self) -> None:
        """Use the key that the file has now, if it was renewed; one that is gone stays in use."""
        if self._file is None:
            return
        try:
            status = self._file.stat()
        except OSError as error:
            if self._key is not None or not isinstance(error, FileNotFoundError):
                self._log_unread(str(error))
            return
        version = status.st_ino, status.st_mtime_ns
        if version != self._version:
            self._version = version
            self._load(self._file)

    def _load(self, file: Path) -> None:
        # With the library this takes 8 MB, which a gateway that was never enrolled does not pay.
        from contract.gateway_signing import BadKey, SigningKey  # noqa: PLC0415

        try:
            self._key = SigningKey.from_pem(file.read_bytes())
        except (OSError, BadKey) as error:
            self._log_unread(str(error))
            return
        log.info("signing with the key of the gateway", key_id=self._key.key_id)

    def _log_unread(self, reason: str) -> None:
        log.error(
            "key of the gateway not read; run tocsin gateway enroll, or restore the file",
            file=str(self._file),
            reason=reason,
        )
