"""Faults that simulated transmitters of all languages share, and their end when nothing answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


class NoAnswer(Exception):
    """Nothing was answered, however often it was told; the text names the receiver and the remedy."""

    def __init__(self, host: str, port: int, *, transport: str, tries: int, sender: str) -> None:
        super().__init__(
            f"{host}:{port} ({transport}): no answer after {tries} tries; see that a receiver listens"
            f" there, and what its log says of this {sender}"
        )


@dataclass(frozen=True, slots=True)
class TransmitterFaults:
    """Faults of a simulated transmitter.

    *damage* changes each frame that it tells; *noise* stands before each; *split_s* is the pause in
    the middle of one; *repeats* is how often it is sent again though it was answered. *deaf* is how
    many answers to each message it does not hear: it sends the same again.
    """

    damage: Callable[[bytes], bytes] = bytes
    noise: bytes = b""
    split_s: float = 0.0
    repeats: int = 0
    deaf: int = 0

    async def send(self, frame: bytes, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Give *frame* to *write*, as often and as badly as the faults say."""
        sent = self.damage(frame)
        half = len(sent) // 2 if self.split_s else len(sent)
        for _ in range(1 + self.repeats):
            await write(self.noise + sent[:half])
            if half < len(sent):
                await asyncio.sleep(self.split_s)
                await write(sent[half:])
