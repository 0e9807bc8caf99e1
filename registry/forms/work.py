"""Writes and reads forms in a process of its own (``runtime.bounded_work``)."""

import msgspec

from registry.forms.pc01 import Pc01
from registry.model.rows import STORED
from words.loading import catalogue

WRITE = "registry.forms.work:write"
READ = "registry.forms.work:read"
"""The names of the works for ``BoundedWork``."""


class WritingOrder(msgspec.Struct, frozen=True):
    """The order to write a form: *kind* is ``docx`` or ``pdf``, *day* that of its data, as shown."""

    kind: str
    language: str
    day: str


def write(order: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return nothing, and the document of the form that is JSON in *content*."""
    asked = msgspec.json.decode(order, type=WritingOrder)
    form, words = Pc01.model_validate_json(content, context=STORED), catalogue().words(asked.language)
    if asked.kind == "pdf":
        from registry.forms.pdf_out import write_pdf  # noqa: PLC0415 (each library for its own kind)

        return b"", write_pdf(form, words, day=asked.day)
    from registry.forms.docx_out import write_docx  # noqa: PLC0415

    return b"", write_docx(form, words, day=asked.day)


def read(_order: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return the mistakes as JSON, and the form as JSON if there are none; raises Unacceptable."""
    from registry.forms.docx_in import BadForm, read_docx  # noqa: PLC0415

    words = catalogue()
    try:
        form = read_docx(content, [words.words(each) for each in words.languages])
    except BadForm as error:
        return msgspec.json.encode(error.errors), b""
    return b"[]", form.model_dump_json().encode()
