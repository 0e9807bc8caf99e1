"""The premises that an actor may see: all, or those that are named."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visible:
    """The premises *named*; all of them, unregistered ones too, where that is None."""

    named: frozenset[str] | None

    def __contains__(self, premises: object) -> bool:
        """Return whether *premises* are among them."""
        return self.named is None or premises in self.named


EVERYWHERE = Visible(None)
"""All premises, and what belongs to none."""

NOWHERE = Visible(frozenset())
"""No premises."""
