"""Requests and answers about files of premises: plans, photographs, fire plans (docs/protocol.md, 8)."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.names import Name

FileHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 of a file in hexadecimal."""


class UploadQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The *name* of the file, whose ending is compared with its content; *page* draws one of a PDF."""

    name: Annotated[str, Meta(max_length=255)] = ""
    page: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class FileQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The *premises* whose data refer to the file, or the *draft* whose rows do."""

    premises: Name | None = None
    draft: Annotated[str, Meta(max_length=64)] | None = None


class StoredFile(Struct, frozen=True, kw_only=True):
    """A file that is kept, without its content.

    *hash* names it, for ``plan`` of a floor or ``file`` of a document; *uploaded_hash* is that of what
    was sent, of which *removed* names what was taken out. Width and height are in pixels, in units of an
    SVG, or in points of the first page of a PDF.
    """

    hash: FileHash
    uploaded_hash: FileHash
    media_type: str
    bytes: int
    width: float
    height: float
    pages: int
    removed: list[str]
