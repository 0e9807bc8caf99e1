"""The secrets of a sign-in, sealed: the browser keeps them, so that no flood can fill the center."""

import secrets
from datetime import datetime

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from accounts.domain.openid import Flow

LONGEST_FLOW_S = 600
"""Seconds that a person may take at the provider."""

LONGEST_COOKIE = 1_024
"""Characters of a sealed flow at the most; a real one has under 400."""


def new_flow() -> Flow:
    """Return secrets that nobody can guess, for one sign-in."""
    return Flow(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
    )


class FlowSeal:
    """Seals flows by a key that this process alone has; what was sealed before a restart is void."""

    def __init__(self) -> None:
        self._fernet = Fernet(Fernet.generate_key())

    def close(self, flow: Flow, now: datetime) -> str:
        """Return *flow* as a text that the browser can keep, and cannot read or make."""
        return self._fernet.encrypt_at_time(msgspec.json.encode(flow), int(now.timestamp())).decode()

    def open(self, sealed: str, now: datetime) -> Flow | None:
        """Return the flow in *sealed*; None where it is not ours, or too old."""
        if not sealed.isascii() or len(sealed) > LONGEST_COOKIE:
            return None
        try:
            content = self._fernet.decrypt_at_time(sealed, LONGEST_FLOW_S, int(now.timestamp()))
        except InvalidToken:
            return None
        return msgspec.json.decode(content, type=Flow)
