"""Name what transmitters of GB/T 26875.3 tell for the log: who operated a panel, versions, descriptions.

Source of the bits and forms: the summary that gbt_meanings.py names.
"""

from collections.abc import Iterator, Sequence

_OPERATIONS = ("reset", "silenced", "manual alarm", "alarm cancelled", "self-test", "confirmed", "test")
_INSPECTION = 5
"""Of a transmitter, the bit that is a confirmation at a panel: somebody answered the roll-call."""

_SYSTEM_VERSION, _SYSTEM_SETUP, _COMPONENT_SETUP = 5, 6, 7
_DEVICE_VERSION, _DEVICE_SETUP = 25, 26
_MOST_TEXT = 80


def operation_note(where: str, operation: int, operator: int, *, of_device: bool) -> str:
    """Return what the *operator* did by hand *where*."""
    names = list(_OPERATIONS)
    if of_device:
        names[_INSPECTION] = "roll-call answered"
    done = [name for bit, name in enumerate(names) if operation & 1 << bit]
    return f"{where}: {', '.join(done) or 'nothing'} by operator {operator}"


def descriptions(kind: int, count: int, body: bytes) -> Sequence[str]:
    """Return the versions or descriptions in *body*, the objects of a data unit of type *kind*."""
    return tuple(_descriptions(kind, count, body))


def _descriptions(kind: int, count: int, body: bytes) -> Iterator[str]:
    if kind == _SYSTEM_VERSION and len(body) >= 4:
        yield f"system-{body[0]}-{body[1]}: version {body[2]}.{body[3]}"
    elif kind == _DEVICE_VERSION and len(body) >= 2:
        yield f"device: version {body[0]}.{body[1]}"
    elif kind == _SYSTEM_SETUP and len(body) >= 3:
        yield f"system-{body[0]}-{body[1]}: {_text(body[3 : 3 + body[2]])}"
    elif kind == _DEVICE_SETUP and body:
        yield f"device: {_text(body[1 : 1 + body[0]])}"
    elif kind == _COMPONENT_SETUP:
        yield f"{count} components described"


def _text(raw: bytes) -> str:
    text = raw.rstrip(b"\x00 ").decode("gb18030", "replace")
    return "".join(each if each.isprintable() else "?" for each in text)[:_MOST_TEXT]
