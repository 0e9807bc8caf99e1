"""The built pages in memory, compressed ahead."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path

INDEX = "index.html"

COMPRESSED = {".br": "br", ".gz": "gzip"}
"""Endings of files that the build compressed, and the coding of each."""

LEAST = 1_024
"""Bytes below which compression saves nothing."""

_TYPES = {
    ".webmanifest": "application/manifest+json",
    ".js": "text/javascript",
    ".pbf": "application/x-protobuf",
}
_TEXTS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file: its *content* by coding, *plain* without any."""

    content_type: str
    tag: str
    plain: bytes
    coded: Mapping[str, bytes] = field(default_factory=dict)

    def best(self, accepted: str) -> tuple[str, bytes]:
        """Return the coding and the content for a browser that has *accepted* some codings."""
        wanted = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
        for coding in ("br", "gzip"):
            if coding in wanted and coding in self.coded:
                return coding, self.coded[coding]
        return "", self.plain


def read_pages(folder: Path) -> dict[str, PageFile]:
    """Return all files of *folder* by their paths; none where it is not there."""
    if not (folder / INDEX).is_file():
        return {}
    files = [each for each in sorted(folder.rglob("*")) if each.is_file() and not each.is_symlink()]
    return {
        "/" + each.relative_to(folder).as_posix(): _page_file(each)
        for each in files
        if each.suffix not in COMPRESSED
    }


def _page_file(path: Path) -> PageFile:
    plain, kind = path.read_bytes(), _type_of(path)
    tag = f'"{hashlib.sha256(plain).hexdigest()[:24]}"'
    return PageFile(kind, tag, plain, _coded(path, plain, kind))


def _coded(path: Path, plain: bytes, kind: str) -> dict[str, bytes]:
    built = {
        coding: other.read_bytes()
        for ending, coding in COMPRESSED.items()
        if (other := path.with_name(path.name + ending)).is_file()
    }
    if "gzip" not in built and len(plain) >= LEAST and kind.startswith(_TEXTS):
        built["gzip"] = gzip.compress(plain, mtime=0)
    return built


def _type_of(path: Path) -> str:
    found = _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
