"""Files that were made to do harm, each built anew: bombs, polyglots, and what runs when it is shown."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

MEGA = 1_000_000


def picture(kind: str, size: tuple[int, int] = (40, 30), **settings: object) -> bytes:
    """Return a harmless picture of *kind*."""
    output = io.BytesIO()
    Image.new("RGB", size, "orange").save(output, format=kind, **settings)
    return output.getvalue()


def photograph_with_position() -> bytes:
    """Return a JPEG that says where it was taken, that it lies on its side, and has a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRETMAKER"
    exif[0x8825] = {1: "N", 2: (9.0, 17.0, 1.0), 3: "E", 4: (105.0, 43.0, 1.0)}
    return picture("JPEG", exif=exif, comment=b"SECRETCOMMENT")


def animated(kind: str) -> bytes:
    """Return a picture of *kind* with three frames."""
    output, frames = io.BytesIO(), [Image.new("RGB", (9, 9), each) for each in ("red", "blue", "green")]
    frames[0].save(output, format=kind, save_all=True, append_images=frames[1:], duration=50)
    return output.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """Return a PNG of a few hundred kB that unpacks to *width* x *height* pixels."""
    packing = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    packed = b"".join(packing.compress(row) for _ in range(height)) + packing.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def lying_png() -> bytes:
    """Return a PNG whose head says 100,000 x 100,000 pixels, and which has none."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IEND", b"")


def png_with_text_bomb() -> bytes:
    """Return a PNG with compressed texts that unpack to hundreds of MB."""
    text = b"a\0\0" + zlib.compress(b"x" * (100 * MEGA), 9)
    whole = picture("PNG")
    return whole[:33] + b"".join(_chunk(b"zTXt", text) for _ in range(5)) + whole[33:]


def zip_of(content: bytes = b"x", name: str = "a.txt") -> bytes:
    """Return a ZIP archive."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return output.getvalue()


def svg(inside: str, head: str = "", attributes: str = "") -> bytes:
    """Return an SVG with *inside*."""
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head}<svg {spaces} viewBox="0 0 100 50" {attributes}>{inside}</svg>'.encode()


def svg_of_uses(levels: int = 12, each: int = 10) -> bytes:
    """Return an SVG of some kB that a browser would draw as *each* to the power of *levels* shapes."""
    groups = ['<g id="a0"><rect width="1" height="1"/></g>']
    groups += [
        f'<g id="a{level}">' + f'<use href="#a{level - 1}"/>' * each + "</g>"
        for level in range(1, levels)
    ]
    return svg("<defs>" + "".join(groups) + f'</defs><use href="#a{levels - 1}"/>')


def svg_with_picture(content: bytes, media_type: str = "image/png") -> bytes:
    """Return an SVG with a picture within."""
    encoded = base64.b64encode(content).decode()
    return svg(f'<image width="9" height="9" href="data:{media_type};base64,{encoded}"/>')


def pdf(pages: int = 1, change: Sequence[tuple[str, object]] = ()) -> bytes:
    """Return a PDF of blank pages; *change* sets entries of its catalogue."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(300, 200)
    for key, value in change:
        writer.root_object[NameObject(key)] = value
    return _bytes_of(writer)


def running_pdf() -> bytes:
    """Return a PDF that runs JavaScript, starts programs, opens links, and holds a program."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    script = _dictionary(("/S", "/JavaScript"), ("/JS", TextStringObject("app.alert('ATTACK')")))
    program = _dictionary(("/S", "/Launch"), ("/F", TextStringObject("ATTACK.exe")))
    link = _dictionary(("/S", "/URI"), ("/URI", TextStringObject("http://attack.example")))
    writer.root_object[NameObject("/OpenAction")] = script
    page[NameObject("/AA")] = _dictionary(("/O", program))
    notes = [
        _dictionary(("/Type", "/Annot"), ("/Subtype", "/Link"), ("/A", link)),
        _dictionary(("/Type", "/Annot"), ("/Subtype", "/Widget"), ("/AA", _dictionary(("/K", script)))),
        _dictionary(("/Type", "/Annot"), ("/Subtype", "/RichMedia"), ("/A", script)),
    ]
    rectangle = ArrayObject([FloatObject(each) for each in (0, 0, 9, 9)])
    for each in notes:
        each[NameObject("/Rect")] = rectangle
    page[NameObject("/Annots")] = ArrayObject(notes)
    writer.add_attachment("ATTACK.exe", b"MZ-ATTACK")
    return _bytes_of(writer)


def encrypted_pdf() -> bytes:
    """Return a PDF with a password."""
    writer = PdfWriter()
    writer.add_blank_page(300, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    return _bytes_of(writer)


def pdf_bomb(mib: int = 300, times: int = 1) -> bytes:
    """Return a PDF of some hundred kB whose page unpacks to *mib* MiB, packed *times* over."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(b" " * 1_048_576) for _ in range(mib)) + packing.flush()
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)
    stream = StreamObject()
    stream._data = packed
    names = ArrayObject([NameObject("/FlateDecode")] * times)
    stream[NameObject("/Filter")] = names if times > 1 else NameObject("/FlateDecode")
    return _with_contents(stream)


def pdf_of_external_stream() -> bytes:
    """Return a PDF whose page has its content in another file."""
    stream = DecodedStreamObject()
    stream.set_data(b"")
    stream[NameObject("/F")] = TextStringObject("/etc/ATTACK")
    return _with_contents(stream)


def deep_pdf(levels: int = 20_000) -> bytes:
    """Return a PDF with arrays nested *levels* deep."""
    nested = b"[" * levels + b"]" * levels
    body = b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R/X " + nested + b">> endobj\n"
    body += b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
    body += b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Y " + nested + b">> endobj\n"
    return body + b"trailer <</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF"


def circular_pdf() -> bytes:
    """Return a PDF whose pages are their own parents and children."""
    body = b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
    body += b"2 0 obj <</Type/Pages/Kids[2 0 R 2 0 R]/Count 4/Parent 2 0 R>> endobj\n"
    return body + b"trailer <</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF"


def drawn_pdf(
    size: tuple[float, float] = (300, 200), content: bytes = b"1 0 0 rg 0 0 150 200 re f"
) -> bytes:
    """Return a PDF of one page of *size* in points; its left half is red unless *content* draws else."""
    stream = DecodedStreamObject()
    stream.set_data(content)
    return _with_contents(stream, size)


def laughing_pdf(levels: int = 12, times: int = 40) -> bytes:
    """Return a PDF whose page draws a form, each of whose forms draws the next one *times*."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    inner = None
    for _ in range(levels):
        form = DecodedStreamObject()
        form.set_data(b"/F Do " * times if inner is not None else b"0 0 300 200 re f " * times)
        form[NameObject("/Subtype")] = NameObject("/Form")
        form[NameObject("/BBox")] = ArrayObject([FloatObject(each) for each in (0, 0, 300, 200)])
        if inner is not None:
            form[NameObject("/Resources")] = _dictionary(("/XObject", _dictionary(("/F", inner))))
        inner = writer._add_object(form)
    page[NameObject("/Resources")] = _dictionary(("/XObject", _dictionary(("/F", inner))))
    contents = DecodedStreamObject()
    contents.set_data(b"/F Do " * times)
    page[NameObject("/Contents")] = writer._add_object(contents)
    return _bytes_of(writer)


def self_drawing_pdf() -> bytes:
    """Return a PDF with a form that draws itself."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    form = DecodedStreamObject()
    form.set_data(b"/F Do /F Do")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject([FloatObject(each) for each in (0, 0, 300, 200)])
    own = writer._add_object(form)
    form[NameObject("/Resources")] = _dictionary(("/XObject", _dictionary(("/F", own))))
    page[NameObject("/Resources")] = _dictionary(("/XObject", _dictionary(("/F", own))))
    contents = DecodedStreamObject()
    contents.set_data(b"/F Do")
    page[NameObject("/Contents")] = writer._add_object(contents)
    return _bytes_of(writer)


def _with_contents(stream: StreamObject, size: tuple[float, float] = (300, 200)) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(*size)
    page[NameObject("/Contents")] = writer._add_object(stream)
    return _bytes_of(writer)


def _dictionary(*entries: tuple[str, object]) -> DictionaryObject:
    return DictionaryObject(
        {NameObject(key): NameObject(value) if type(value) is str else value for key, value in entries}
    )


def _bytes_of(writer: PdfWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check
