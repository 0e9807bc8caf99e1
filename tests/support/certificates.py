"""A certificate for this machine that only the test trusts."""

import ssl
import subprocess
from pathlib import Path

from tests.support.servers import program


def certificate(folder: Path) -> Path:
    """A file with a certificate for localhost, signed by itself; its key stands beside it."""
    file = folder / "server.crt"
    making = [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    naming = [
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]
    files = ["-keyout", str(file.with_suffix(".key")), "-out", str(file)]
    subprocess.run([*making, *naming, *files], check=True, capture_output=True)
    return file


def server_context(file: Path) -> ssl.SSLContext:
    """Return the context that a server with that certificate needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, file.with_suffix(".key"))
    return context
