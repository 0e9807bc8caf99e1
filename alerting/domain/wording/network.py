"""Writes the messages about many gateways that are lost at once: the network's trouble."""

from collections.abc import Iterable

from alerting.domain.model.trouble import Trouble
from words.catalogue import Words

NAMED = 5
"""Most premises that a sentence names; the message itself lists more of them."""


def network_text(trouble: Trouble, words: Words) -> str:
    """Return the text of a relay about the network."""
    standing = trouble.standing
    names = _named((each.name for each in standing or trouble.conditions.values()), words)
    if not standing:
        return words.counted("network.connected", len(trouble.conditions), names=names)
    if trouble.owner:
        count = len(standing)
        return words.counted("network.lost_acknowledged", count, names=names, by=trouble.owner)
    return words.counted("network.lost", len(standing), names=names)


def _named(names: Iterable[str], words: Words) -> str:
    """Return the first of *names*, each once."""
    different = list(dict.fromkeys(names))
    first = "; ".join(different[:NAMED])
    return first if len(different) <= NAMED else words.text("network.more", names=first)
