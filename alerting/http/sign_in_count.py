"""Counts attempts to sign in by their result; no name and no address is in a label."""

from prometheus_client import Counter

from accounts.attempts import SignInRefused
from accounts.sign_in import SignedIn


class SignInCount:
    """The attempts to sign in, in *counter* where there is one."""

    def __init__(self, counter: Counter | None) -> None:
        self._counter = counter

    def note(self, answer: SignedIn | SignInRefused) -> SignedIn | SignInRefused:
        """Count the attempt that *answer* ended; return it."""
        if self._counter is not None:
            self._counter.labels(_result(answer)).inc()
        return answer


def _result(answer: SignedIn | SignInRefused) -> str:
    return answer.reason.name.lower() if isinstance(answer, SignInRefused) else "signed_in"
