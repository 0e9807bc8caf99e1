"""Reads the names in ``/etc/hosts``, which are known without a name server."""

import ipaddress
from pathlib import Path

HOSTS_FILE = Path("/etc/hosts")


class HostsFile:
    """The addresses in *path* by name, read again when the file changes."""

    def __init__(self, path: Path = HOSTS_FILE) -> None:
        self._path = path
        self._version: tuple[int, int] | None = None
        self._addresses: dict[str, tuple[str, ...]] = {}

    def addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of *host*, in the order of the file; none if it has no such name."""
        try:
            found = self._path.stat()
            if (found.st_mtime_ns, found.st_size) != self._version:
                self._addresses = parse_hosts(self._path.read_text(errors="replace"))
                self._version = found.st_mtime_ns, found.st_size
        except OSError:
            return ()
        return self._addresses.get(host.rstrip(".").lower(), ())


def parse_hosts(text: str) -> dict[str, tuple[str, ...]]:
    """Return the addresses by name in *text*, of the form of hosts(5)."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if is_address(address):
            for name in names:
                found[name.lower()] = (*found.get(name.lower(), ()), address)
    return found


def is_address(host: str) -> bool:
    """Return whether *host* is an IP address, which needs no look-up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
