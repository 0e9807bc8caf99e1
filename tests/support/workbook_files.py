"""Workbooks of every kind that people send, each built anew: ODS, XLS, with macros, with a password."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Cell: TypeAlias = str | int
Place: TypeAlias = tuple[int, int]
"""Row and column, both counted from 1."""


@dataclass(frozen=True, slots=True)
class MadeSheet:
    """One sheet of a workbook to build; every row and column is counted from 1."""

    name: str
    rows: Sequence[Sequence[Cell]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    is_hidden: bool = False
    formulas: Mapping[Place, Cell | None] = field(default_factory=dict)
    """The value that each formula had when it was saved, None: none."""
    errors: frozenset[Place] = frozenset()
    """Cells whose formula divides by zero."""
    merged: Sequence[tuple[Place, Place]] = ()
    is_macro_sheet: bool = False


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a package of *parts*."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def with_parts(workbook: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """Return the package *workbook* with *parts*, instead of those of the same names."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as whole:
        there = {name: whole.read(name) for name in whole.namelist()}
    return zipped({**there, **parts})


def with_vba(workbook: bytes) -> bytes:
    """Return the XLSX *workbook* as Excel saves it with a program: an XLSM."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as whole:
        types = whole.read("[Content_Types].xml").decode()
    plain = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    enabled = types.replace(f"vnd.{plain}", "vnd.ms-excel.sheet.macroEnabled.main+xml")
    program = compound({"VBA/_VBA_PROJECT": b"\xcc\x61\xff\xff\0\0\0", "VBA/dir": bytes(64)})
    return with_parts(workbook, {"[Content_Types].xml": enabled, "xl/vbaProject.bin": program})


def encrypted_xlsx() -> bytes:
    """Return an XLSX with a password, as Excel saves it: encrypted, in a compound file."""
    info = struct.pack("<HHI", 4, 4, 0x40) + b'<?xml version="1.0"?><encryption/>'
    return compound(
        {"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", 6_000) + bytes(6_016)}
    )


# OpenDocument

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_OF = 'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ods(*sheets: MadeSheet, **parts: bytes) -> bytes:
    """Return *sheets* as LibreOffice saves them, with further *parts*."""
    hidden = '<style:style style:name="ta2" style:family="table">'
    hidden += '<style:table-properties table:display="false"/></style:style>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} {_CALC} {_OF} '
        f'office:version="1.3"><office:automatic-styles>{hidden}</office:automatic-styles>'
        "<office:body><office:spreadsheet>"
        + "".join(map(_ods_table, sheets))
        + "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": _ODS, "content.xml": content, _MANIFEST: manifest(), **parts})


_MANIFEST = "META-INF/manifest.xml"


def manifest(of_content: str = "") -> str:
    """Return the list of an ODS; *of_content* stands within the entry of its content."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        f"{of_content}</manifest:file-entry></manifest:manifest>"
    )


def encrypted_ods() -> bytes:
    """Return an ODS with a password: its content is no XML, and the list of parts says so."""
    encryption = '<manifest:encryption-data manifest:checksum-type="SHA1/1K"/>'
    noise = bytes(range(7, 251)) * 8
    return zipped({"mimetype": _ODS, "content.xml": noise, _MANIFEST: manifest(encryption)})


def _ods_table(sheet: MadeSheet) -> str:
    width = max((len(row) for row in sheet.rows), default=1)
    columns = "".join(
        f"<table:table-column{_collapsed(number in sheet.hidden_columns)}/>"
        for number in range(1, width + 1)
    )
    rows = "".join(_ods_row(sheet, number, row) for number, row in enumerate(sheet.rows, start=1))
    rest = '<table:table-row table:number-rows-repeated="1048000">'
    rest += '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    style = ' table:style-name="ta2"' if sheet.is_hidden else ""
    return f'<table:table table:name="{sheet.name}"{style}>{columns}{rows}{rest}</table:table>'


def _ods_row(sheet: MadeSheet, number: int, row: Sequence[Cell]) -> str:
    cells = "".join(_ods_cell(sheet, (number, column), each) for column, each in enumerate(row, start=1))
    return f"<table:table-row{_collapsed(number in sheet.hidden_rows)}>{cells}</table:table-row>"


def _ods_cell(sheet: MadeSheet, place: Place, value: Cell) -> str:
    more = "".join(
        f' table:number-rows-spanned="{last[0] - first[0] + 1}"'
        f' table:number-columns-spanned="{last[1] - first[1] + 1}"'
        for first, last in sheet.merged
        if first == place
    )
    if place in sheet.errors:
        more += ' table:formula="of:=1/0" office:value-type="string" office:string-value=""'
        return _ods_filled(f'{more} calcext:value-type="error"', "#DIV/0!")
    if place in sheet.formulas:
        more += ' table:formula="of:=[.A1]+1"'
        value = "" if (kept := sheet.formulas[place]) is None else kept
    if value == "":
        return f"<table:table-cell{more}/>"
    kind = f'"float" office:value="{value}"' if isinstance(value, int) else '"string"'
    return _ods_filled(f"{more} office:value-type={kind}", value)


def _ods_filled(attributes: str, text: Cell) -> str:
    return f"<table:table-cell{attributes}><text:p>{text}</text:p></table:table-cell>"


def _collapsed(is_hidden: bool) -> str:
    return ' table:visibility="collapse"' if is_hidden else ""


# The old format of Excel (BIFF8), as far as cells, hidden rows, formulas and merged cells need it.

_EOF = struct.pack("<HH", 0x000A, 0)


def xls(*sheets: MadeSheet, has_password: bool = False, program: bool = False) -> bytes:
    """Return *sheets* as Excel 97 to 2003 saved them."""
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 0x06))
    if has_password:
        begin += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    begin += _record(0x0042, struct.pack("<H", 1_200))
    streams = [_xls_sheet(each) for each in sheets]
    heads = [_bound_sheet(each, 0) for each in sheets]
    at = len(begin) + sum(map(len, heads)) + len(_EOF)
    for number, each in enumerate(sheets):
        heads[number] = _bound_sheet(each, at + sum(map(len, streams[:number])))
    content = begin + b"".join(heads) + _EOF + b"".join(streams)
    macros = {"_VBA_PROJECT_CUR/VBA/_VBA_PROJECT": bytes(64)} if program else {}
    return compound({"Workbook": content, **macros})


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _bound_sheet(sheet: MadeSheet, at: int) -> bytes:
    name = sheet.name.encode("utf-16-le")
    head = struct.pack("<IBBBB", at, sheet.is_hidden, sheet.is_macro_sheet, len(sheet.name), 1)
    return _record(0x0085, head + name)


def _xls_sheet(sheet: MadeSheet) -> bytes:
    width = max((len(row) for row in sheet.rows), default=0)
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 0x06))
    columns = [
        _record(0x007D, struct.pack("<HHHHHH", each - 1, each - 1, 2_000, 15, 1, 0))
        for each in sorted(sheet.hidden_columns)
    ]
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, width, 0))
    rows = [
        _record(
            0x0208,
            struct.pack(
                "<HHHHHHI", row - 1, 0, width, 255, 0, 0, 0x120 if row in sheet.hidden_rows else 0x100
            ),
        )
        for row in range(1, len(sheet.rows) + 1)
    ]
    cells = [
        _xls_cell(sheet, (row, column), each)
        for row, values in enumerate(sheet.rows, start=1)
        for column, each in enumerate(values, start=1)
    ]
    merged = b"".join(
        struct.pack("<HHHH", first[0] - 1, last[0] - 1, first[1] - 1, last[1] - 1)
        for first, last in sheet.merged
    )
    ranges = [_record(0x00E5, struct.pack("<H", len(sheet.merged)) + merged)] if merged else []
    return b"".join([begin, *columns, size, *rows, *cells, *ranges, _EOF])


_ONE = bytes([0x1E, 1, 0])
"""The formula =1."""


def _xls_cell(sheet: MadeSheet, place: Place, value: Cell) -> bytes:
    at = struct.pack("<HHH", place[0] - 1, place[1] - 1, 15)
    if place in sheet.errors:
        return _formula(at, struct.pack("<BBBBHH", 2, 0, 0x07, 0, 0, 0xFFFF))
    if place in sheet.formulas:
        kept = sheet.formulas[place]
        if isinstance(kept, str):
            return _formula(at, struct.pack("<BBBBHH", 0, 0, 0, 0, 0, 0xFFFF)) + _record(
                0x0207, _text(kept)
            )
        empty = struct.pack("<BBBBHH", 3, 0, 0, 0, 0, 0xFFFF)
        return _formula(at, empty if kept is None else struct.pack("<d", kept))
    if value == "":
        return b""
    if isinstance(value, int):
        return _record(0x0203, at + struct.pack("<d", value))
    return _record(0x0204, at + _text(value))


def _formula(at: bytes, value: bytes) -> bytes:
    return _record(0x0006, at + value + struct.pack("<HIH", 0, 0, len(_ONE)) + _ONE)


def _text(value: str) -> bytes:
    return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")


# Compound files: a small file system, in which Excel kept XLS, programs, and what has a password.

_SECTOR = 512
_MINI = 64
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file of *streams* by path; short ones lie in small sectors."""
    small = {path: each for path, each in streams.items() if len(each) < 4_096}
    mini, mini_at = _chained(small, _MINI)
    large = {path: each for path, each in streams.items() if path not in small}
    names = sorted(streams)
    storages = sorted({path.rpartition("/")[0] for path in names} - {""})
    entries = 1 + len(names) + sum(len(each.split("/")) for each in storages)
    blocks = {"directory": bytes(-(-entries // 4) * _SECTOR), "mini": mini.content, **large}
    blocks["mini fat"] = mini.fat
    whole, at = _chained(blocks, _SECTOR)
    sizes = {path: len(each) for path, each in streams.items()}
    directory = _directory(names, {**at, **mini_at}, sizes, root=(at["mini"], len(mini.content)))
    room = len(blocks["directory"])
    content = directory.ljust(room, b"\0") + whole.content[room:]
    count = len(whole.content) // _SECTOR
    sectors = -(-count // (_SECTOR // 4 - 1))
    fat = _with_own(whole.fat, count, sectors)
    head = struct.pack(
        f"<8s16sHHHHH6s{9 + sectors}I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6)),
        *(0, sectors, at["directory"], 0, 4_096, at["mini fat"], len(mini.fat) // _SECTOR, _END, 0),
        *range(count, count + sectors),
    )
    return head.ljust(_SECTOR, b"\xff") + content + fat


@dataclass(frozen=True, slots=True)
class _Chains:
    content: bytes
    fat: bytes


def _chained(blocks: Mapping[str, bytes], sector: int) -> tuple[_Chains, dict[str, int]]:
    """Return *blocks* one after the other with the table of their sectors, and where each begins."""
    content, table, at = b"", list[int](), dict[str, int]()
    for name, each in blocks.items():
        count = -(-len(each) // sector)
        at[name] = len(table) if count else _END
        content += each.ljust(count * sector, b"\0")
        table += [*range(len(table) + 1, len(table) + count), _END] if count else []
    packed = struct.pack(f"<{len(table)}I", *table)
    return _Chains(content, packed.ljust(-(-len(packed) // _SECTOR) * _SECTOR, b"\xff")), at


def _with_own(fat: bytes, first: int, count: int) -> bytes:
    """Return *fat* in which its own sectors, which follow all others, are marked."""
    marked = fat[: first * 4] + struct.pack("<I", _FAT) * count
    return marked.ljust(count * _SECTOR, b"\xff")


def _directory(
    names: Sequence[str], at: Mapping[str, int], sizes: Mapping[str, int], *, root: tuple[int, int]
) -> bytes:
    tree: dict[str, list[str]] = {"": []}
    for path in names:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            own, above = "/".join(parts[:depth]), "/".join(parts[: depth - 1])
            if own not in tree.setdefault(above, []):
                tree[above].append(own)
    order = ["", *(each for path in tree for each in tree[path])]
    number = {path: place for place, path in enumerate(order)}
    found = b""
    for path in order:
        own = path.rpartition("/")[2] or "Root Entry"
        children = tree.get(path, [])
        brothers = tree[path.rpartition("/")[0]] if path else []
        following = brothers[brothers.index(path) + 1 :] if path else []
        kind = 2 if path in sizes else 1 if path else 5
        begin, size = root if not path else (at.get(path, 0), sizes.get(path, 0))
        found += struct.pack(
            "<64sHBBIII16sI8s8sIII",
            *(own.encode("utf-16-le"), 2 * len(own) + 2, kind, 1, _FREE),
            *(number[following[0]] if following else _FREE, number[children[0]] if children else _FREE),
            *(bytes(16), 0, bytes(8), bytes(8), begin, size, 0),
        )
    return found
