"""Tell texts of more parts than any sound message has, before an object is made of each part."""

MOST_PARTS = 20_000
"""Parts of a text that is read as JSON: a message of 1,000 signals has 12,000, one of 1 MB has room for
half a million, and an object of each would hold up the alarms of all gateways."""


def is_crowded(text: bytes, most: int = MOST_PARTS) -> bool:
    """Return whether *text*, read as JSON, can have more than *most* parts."""
    return len(text) > most and sum(map(text.count, (b",", b"[", b"{"))) > most
