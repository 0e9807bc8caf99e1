"""Bounds what the streams of a PDF become when they are unpacked: a few bytes must not fill a memory."""

import zlib

from pypdf.generic import ArrayObject, StreamObject

from runtime.bounded_worker import Unacceptable

MIB = 1_048_576
MOST_OF_ONE = 256 * MIB
"""Bytes of one unpacked stream: a picture of 50 million pixels has 150 million."""

MOST_OF_ALL = 512 * MIB
CHUNK = MIB

_FLATE = frozenset({"/FlateDecode", "/Fl"})
_UNBOUNDED = frozenset({"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
_RATIO = {"/LZWDecode": 2_000, "/LZW": 2_000, "/RunLengthDecode": 64, "/RL": 64}


def check_stream(stream: StreamObject, before: int) -> int:
    """Return the bytes that *stream* unpacks to, after *before* of others; raises Unacceptable."""
    names = _filters(stream)
    packing = [each for each in names if each in _FLATE | _UNBOUNDED]
    if len(packing) > 1:
        raise Unacceptable("has a stream that is packed several times over; print it to PDF anew")
    content = stream._data
    if not packing:
        return len(content)
    most = min(MOST_OF_ONE, MOST_OF_ALL - before)
    if packing[0] in _FLATE and names[0] in _FLATE:
        return _inflated(content, most)
    size = len(content) * _RATIO.get(packing[0], 1_032)
    if size > most:
        raise Unacceptable(
            f"has a stream packed by {packing[0][1:]}, which may be a bomb; print it to PDF anew"
        )
    return 0


def _filters(stream: StreamObject) -> list[str]:
    found = stream.get("/Filter")
    if found is None:
        return []
    value = found.get_object()
    return [str(each) for each in value] if isinstance(value, ArrayObject) else [str(value)]


def _inflated(content: bytes, most: int) -> int:
    """Return how many bytes *content* unpacks to; a damaged end is for the program that shows it."""
    unpacking, size, left = zlib.decompressobj(), 0, content
    try:
        while left and not unpacking.eof:
            size += len(unpacking.decompress(left, CHUNK))
            left = unpacking.unconsumed_tail
            if size > most:
                text = f"unpacks to more than {most // MIB} MiB, as a bomb does; print it to PDF anew"
                raise Unacceptable(text)
    except zlib.error:
        return size
    return size
