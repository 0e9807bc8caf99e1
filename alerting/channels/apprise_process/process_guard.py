"""Bounds the process of one attempt to allowed networks, and keeps it from starting programs.

Audit events (PEP 578) come from the interpreter itself, whatever library opens the connection; a hook
cannot be removed. It sees the address after its name was resolved.
"""

import socket
import sys
from typing import Any

from runtime.guarded_sockets import AddressRefused, check_address
from runtime.networks import AddressRefusal, AllowedNetworks

SPEAKING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
"""Events whose second argument is the address spoken to; None where it is connected already."""

STARTING = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
)
"""Events of other programs."""


class ProcessGuard:
    """Refuses what is beyond *allowed*; *refused* keeps the addresses for the report."""

    def __init__(self, allowed: AllowedNetworks) -> None:
        self._allowed = allowed
        self.refused: list[AddressRefused] = []

    def start(self) -> None:
        """Guard this process until it ends."""
        sys.addaudithook(self.check_event)

    def check_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise OSError for an event that is not allowed."""
        if event in STARTING:
            raise PermissionError("a service of Apprise starts no programs here")
        if event in SPEAKING and arguments[1] is not None:
            try:
                self._check(arguments[0], arguments[1])
            except AddressRefused as error:
                self.refused.append(error)
                raise

    def _check(self, speaker: socket.socket, address: object) -> None:
        """Check *address*, which is in figures: a name would be resolved once more, and otherwise."""
        match address:
            case (str(host), int(port), *_) if speaker.family in {socket.AF_INET, socket.AF_INET6}:
                check_address(host, port, self._allowed)
            case _:
                raise AddressRefused(AddressRefusal.NOT_AN_ADDRESS)
