"""Says what is really wrong where a store shows nothing: the permission, or the database."""

_MISSING = "database not found"
_FORBIDDEN = ("not authorized", "unauthorized", "forbidden", "authorization failed")


def unreadable_reason(text: str, place: str, *, was_written: bool) -> str:
    """Return the reason and the remedy of the answer *text* to a question about *place*.

    *was_written* says that the store took a write there: then the place exists. InfluxDB 2 answers
    "database not found" to a token that may not read.
    """
    said = text.lower()
    if _MISSING in said and was_written:
        return (
            f"{text}: it exists, because the store takes writes to it: the token or user may not read "
            f"{place}; give it the permission to read as well as to write"
        )
    if _MISSING in said:
        return (
            f"{text}: {place} does not exist, or the token or user may not read it; create it, or give "
            "the permission to read as well as to write"
        )
    if any(words in said for words in _FORBIDDEN):
        return f"{text}: give the token or user the permission to read {place} as well as to write it"
    return text


def unwritable_reason(text: str, place: str, *, creation: str) -> str:
    """Return the reason and the remedy where *place* does not exist and its *creation* was refused."""
    return (
        f"{text}: {place} could not be created ({creation}); create it as an administrator and give the "
        "user the permission to read and to write it"
    )
