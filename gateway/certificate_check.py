"""Checks a certificate for the steady process of a gateway, as a program of its own that ends again.

It gets JSON on stdin and answers JSON on stdout: the library would cost the steady process 2 MB for
good, for one check in two months.
"""

import sys
from pathlib import Path

import msgspec

from gateway.certificate_messages import CheckAnswer, CheckRequest
from gateway.certificates import (
    BadCertificate,
    BadKeyFile,
    Wanted,
    check_certificate,
    read_key,
    read_root,
)
from gateway.identity import lifetime_of
from gateway.plan import IdentityPlan
from runtime.clock import utc_now


def check(request: CheckRequest) -> CheckAnswer:
    """Return the answer to *request*."""
    identity = IdentityPlan(Path(request.folder), 0, 0)
    try:
        key = read_key(identity.key_file.read_bytes()).public_key()
        root = read_root(identity.authority_file.read_text())
        wanted = Wanted(request.premises, request.gateway, key, root)
        check_certificate(request.certificate, wanted, utc_now())
    except (BadCertificate, BadKeyFile, OSError) as error:
        return CheckAnswer(fault=str(error))
    lifetime = lifetime_of(request.certificate.encode())
    return CheckAnswer(since=lifetime.since, until=lifetime.until)


def main() -> None:
    """Answer the request on stdin."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=CheckRequest)
    sys.stdout.buffer.write(msgspec.json.encode(check(request)))


if __name__ == "__main__":
    main()
