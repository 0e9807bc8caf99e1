"""The spreadsheets of a commune with 500 premises: seeded, with every mistake that people make."""

import io
import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

STREETS = ("Lý Văn Lâm", "Phan Ngọc Hiển", "Nguyễn Tất Thành", "Trần Hưng Đạo", "Hùng Vương")
BUSINESSES = (
    "chợ",
    "kho lúa",
    "karaoke",
    "nhà nghỉ",
    "xưởng gỗ",
    "quán ăn",
    "cửa hàng gas",
    "trường học",
)
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đặng", "Võ")
GIVEN = ("An", "Bình", "Cường", "Dũng", "Hạnh", "Khởi", "Lượng", "Mỹ", "Nghĩa", "Quyền", "Thảo", "Vững")
AREA = "Phường Tân Thành"
COUNT = 500
FIRST = "Chợ Tân Thành số 1"
"""The premises that have points, a plan and water: the first alarm comes from it."""

PLAN = "ab" * 32


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a cell of a file: what stands there, what is right, and the reason of its error."""

    file: str
    sheet: str
    row: int
    column: int
    wrong: Any
    right: Any
    reason: str


@dataclass(slots=True)
class CommuneSheets:
    """The files of a commune by name, as they came and corrected; *mistakes* are the difference."""

    files: dict[str, bytes] = field(default_factory=dict)
    corrected: dict[str, bytes] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


HEADINGS = [
    "STT", "Tên cơ sở", "Địa chỉ", "Phường/xã", "Ngành nghề", "Người đứng đầu", "SĐT người đứng đầu",
    "Đội trưởng PCCC", "SĐT đội trưởng", "Số tầng", "Diện tích xây dựng (m²)", "Hạng nguy hiểm cháy, nổ",
    "Thuộc Phụ lục I", "Ngày khai báo", "Vĩ độ", "Kinh độ", "Số người ban ngày", "Ghi chú",
]  # fmt: skip

WRONG: list[tuple[int, Any, str]] = [
    (10, "ba tầng", "not_a_number"),
    (10, 2.5, "not_a_whole"),
    (10, 900, "out_of_range"),
    (11, "1,200", "unclear_number"),
    (12, "hạng F", "not_a_choice"),
    (13, "có lẽ", "not_yes_no"),
    (14, "31/02/2025", "not_a_day"),
    (4, "Phường Không Có", "unknown_name"),
    (2, "", "missing_value"),
]
"""By column of the sheets of premises: what people write, and the reason of the error."""


def build(seed: int = 1) -> CommuneSheets:
    """Return the files of the commune for *seed*: XLSX, Windows-1258, UTF-16, UTF-8."""
    chance = random.Random(seed)
    people = [_premises(chance, number) for number in range(1, COUNT + 1)]
    made = CommuneSheets()
    for name, rows in (
        ("co-so-1.xlsx", people[:250]), ("co-so-2.csv", people[250:400]), ("co-so-3.txt", people[400:]),
    ):  # fmt: skip
        titles: list[list[Any]] = [
            ["ỦY BAN NHÂN DÂN PHƯỜNG TÂN THÀNH"],
            ["DANH SÁCH CƠ SỞ"],
            [],
            HEADINGS,
        ]
        total: list[Any] = [
            "Tổng cộng",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            1000,
        ]
        right = [*titles, *rows, [], total]
        wrong = [list(each) for each in right]
        sheet = "Danh sách cơ sở" if name.endswith("xlsx") else ""
        for number, (column, value, reason) in enumerate(WRONG):
            row = 12 + number * 7
            good = right[row - 1][column - 1]
            made.mistakes.append(Mistake(name, sheet, row, column, value, good, reason))
            wrong[row - 1][column - 1] = value
        made.files[name] = _written(name, sheet, wrong)
        made.corrected[name] = _written(name, sheet, right)
    made.files["trang-bi.xlsx"] = made.corrected["trang-bi.xlsx"] = _equipment()
    return made


def _person(chance: random.Random) -> str:
    return f"{chance.choice(FAMILIES)} Văn {chance.choice(GIVEN)} {chance.choice(GIVEN)}"


def _premises(chance: random.Random, number: int) -> list[Any]:
    business = "chợ" if number == 1 else chance.choice(BUSINESSES)
    phone = 900_000_000 + number
    leader = 910_000_000 + number
    declared = date(2025, 1 + number % 12, 1 + number % 28)
    area = round(chance.uniform(20, 3_000), 1)
    return [
        number,
        FIRST if number == 1 else f"{business.capitalize()}  {chance.choice(GIVEN)} số {number}\u00a0",
        f"{number} đường {chance.choice(STREETS)}, khóm {1 + number % 9}",
        AREA,
        business,
        _person(chance),
        chance.choice([phone, f"0{phone}", f"+84 {phone}", f"0{phone // 1000}.{phone % 1000:03}"]),
        _person(chance),
        chance.choice([leader, f"0{leader}"]),
        chance.choice([1, "2", "3 tầng"]),
        chance.choice([area, f"{area:.1f}".replace(".", ",") + " m2"]),
        chance.choice(["C", "hạng D", "Hạng E"]),
        chance.choice(["x", "có", "không", ""]),
        chance.choice([declared, declared.strftime("%d/%m/%Y"), ""]),
        9.17 + number * 0.002,
        f"{105.15 + (number % 40) * 0.002:.4f}".replace(".", ","),
        chance.choice([5, "12", ""]),
        "ghi chú; có dấu chấm phẩy\nvà xuống dòng" if number % 50 == 0 else "",
    ]


def _written(name: str, sheet: str, rows: list[list[Any]]) -> bytes:
    if name.endswith("xlsx"):
        return _workbook({sheet: rows}, merged=("D6:D9", AREA))
    separator = "\t" if name.endswith("txt") else ";"
    text = "\r\n".join(separator.join(_cell(each) for each in row) for row in rows) + "\r\n"
    return text.encode("utf-16") if name.endswith("txt") else windows_1258(text)


def _cell(value: Any) -> str:
    text = value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)
    text = text.replace(".", ",") if isinstance(value, float) else text
    return f'"{text}"' if any(each in text for each in ';\t\n"') else text


def windows_1258(text: str) -> bytes:
    """Return *text* in Windows-1258, whose tones follow their letters."""
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            base = unicodedata.normalize("NFC", "".join(each for each in parts if each not in tones))
            tone = "".join(each for each in parts if each in tones)
            out += (base + tone).encode("cp1258", errors="replace")
    return bytes(out)


def _workbook(sheets: dict[str, list[list[Any]]], merged: tuple[str, str] | None = None) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": merged is not None}) as book:
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(number, column, value, days)
                    elif value != "":
                        page.write(number, column, value)
            if merged is not None:
                page.merge_range(merged[0], merged[1])
    return file.getvalue()


def _equipment() -> bytes:
    """Return the workbook of the commune's equipment: water, and what is installed in the market."""
    return _workbook(
        {
            "Nguồn nước": [
                ["Tên nguồn nước", "Loại nguồn nước", "Thuộc cơ sở", "Vĩ độ", "Kinh độ",
                 "Dung tích (m3)", "Số xe lấy nước", "Sử dụng được"],
                ["Bể nước chợ", "Bể nước", FIRST, "9,1721", "105,1521", "60 m3", 2, "có"],
                ["Kênh Bảy Háp", "kênh rạch", "", "9,1735", "105,1530", "", 1, "x"],
            ],
            "Khối nhà": [["Tên khối nhà", "Cơ sở", "Công năng"], ["Nhà lồng chợ", FIRST, "buôn bán"]],
            "Tầng": [["Mã", "Cơ sở", "Tầng số", "Tên", "plan"], ["tret", FIRST, 0, "Tầng trệt", PLAN]],
            "Vùng": [
                ["Mã", "Cơ sở", "Tên", "Quy tắc xác nhận"],
                ["day-a", FIRST, "Dãy A", "xác nhận ngay"],
            ],
            "Thiết bị truyền tin": [["Mã", "Cơ sở", "Tên"], ["gw-1", FIRST, "Tủ truyền tin"]],
            "Điểm báo cháy": [
                ["Mã", "Cơ sở", "Vùng", "Thiết bị truyền tin", "Loại", "Vị trí", "Ngày lắp đặt"],
                ["smoke-1", FIRST, "Dãy A", "gw-1", "đầu báo khói", "sạp 12", "1/3/2025"],
            ],
            "Vị trí trên mặt bằng": [
                ["Mã", "Cơ sở", "Tầng", "Điểm báo cháy", "x", "y"],
                ["p1", FIRST, "tret", "smoke-1", "25%", "0,5"],
            ],
        }
    )  # fmt: skip
