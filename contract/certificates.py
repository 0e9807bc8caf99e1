"""Certificates of gateways: their names, and the parts of their life (docs/protocol.md, 4.9)."""

from contract.times import Micros

LONGEST_NAME = 64
"""Characters of the common name of a certificate (RFC 5280, appendix A: ub-common-name)."""


def user_name(premises: str, gateway: str) -> str:
    """Return the name of a gateway's user at the broker, which its certificate has too."""
    return f"{premises}/{gateway}"


def renewed_from(since: Micros, until: Micros) -> Micros:
    """Return the time from which a certificate of that life is renewed: two thirds of it are over."""
    return since + (until - since) * 2 // 3


def ends_soon_from(since: Micros, until: Micros) -> Micros:
    """Return the time from which a certificate that was not renewed is a fault: a sixth of it is left.

    That is 15 days of 90: half of the time in which it should have been renewed.
    """
    return since + (until - since) * 5 // 6
