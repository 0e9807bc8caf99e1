"""A report for tests of its forms."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contract.times import to_micros
from registry.model.local_time import LOCAL_TIME
from reports.domain.document import ReportColumn, ReportDocument, ReportTable, ValueKind
from reports.domain.period import ReportPeriod

NOVEMBER = ReportPeriod(date(2026, 11, 1), date(2026, 12, 1), LOCAL_TIME)
AT = datetime(2026, 11, 28, 14, 5, 6, tzinfo=ZoneInfo(LOCAL_TIME))

COLUMNS = tuple(ReportColumn(each.value, f"Cột {each.value}", each) for each in ValueKind)
ROWS = (
    ('=HYPERLINK("http://x")', 1234, 0.5, 0.98765, 12.25, date(2026, 11, 28), AT),
    ("Chợ An Bình: đường Trần Phú, ường ẵ", 0, None, None, None, None, None),
    ("@cmd", None, -1.5, 1.0, 0.0, None, None),
)


def document(rows: int = 1) -> ReportDocument:
    """Return a report with a column of each kind."""
    table = ReportTable("sheet", "Biểu/61: [chỉ tiêu]", COLUMNS, ROWS * rows, "Ghi chú")
    headings = ("Từ ngày 2026-11-01", "-Nguồn")
    return ReportDocument("daily", "Báo cáo", "vi", NOVEMBER, to_micros(AT), headings, (table, table))
