"""The premises whose readings a client of ingest may see."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadablePremises:
    """The premises *named*; all of them where that is None."""

    named: frozenset[str] | None

    def has(self, premises: str) -> bool:
        """Return whether *premises* are among them."""
        return self.named is None or premises in self.named

    @property
    def is_nothing(self) -> bool:
        """Whether there are none."""
        return self.named is not None and not self.named


ALL = ReadablePremises(None)
"""All premises: those of the token of this machine."""
