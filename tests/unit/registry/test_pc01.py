"""Form PC01 goes out as a DOCX and comes back the same; what is wrong in it is named by its cell."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pypdf import PdfReader

from registry.forms.docx_in import BadForm, read_docx
from registry.forms.docx_out import write_docx
from registry.forms.fields import FieldKind, FormField, columns, sections
from registry.forms.ids import id_for
from registry.forms.package import DOCUMENT
from registry.forms.pc01 import Pc01, change_of, form_of
from registry.forms.pdf_out import write_pdf
from registry.forms.values import BadValue, text_of, value_of
from registry.model.facilities import Facility, HazardClass, Insurance
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from runtime.bounded_worker import Unacceptable
from tests.support.depth import examples
from tests.support.texts import ENGLISH, VIETNAMESE
from words.people_text import UnseenCharacter, people_text

LANGUAGES = [VIETNAMESE, ENGLISH]
DAY = "29/11/2026"


def market(**facility: Any) -> Pc01:
    rows = {
        "premises": {
            "id": "cho-an-binh",
            "name": "Chợ An Bình",
            "address": "12 Trần Phú",
            "lat": 9.176,
            "lon": 105.15,
            "facility": {
                "line_of_business": "Kinh doanh chợ",
                "head": "Nguyễn Thị Út",
                "hazard_class": "C",
                "fire_height_m": 12.5,
                "in_annex_1": True,
                "insurance": {"company": "Bảo Việt", "expires_on": "2027-03-01"},
                **facility,
            },
        },
        "buildings": [{"id": "a", "premises": "cho-an-binh", "name": "Nhà lồng A", "exits": 4}],
        "water": [
            {
                "id": "be-1",
                "premises": "cho-an-binh",
                "name": "Bể ngầm",
                "kind": "tank",
                "volume_m3": 120,
            }
        ],
        "systems": [
            {"id": "bao-chay", "premises": "cho-an-binh", "name": "Báo cháy", "state": "working"}
        ],
        "documents": [{"id": "pa", "premises": "cho-an-binh", "name": "Phương án", "kind": "fire-plan"}],
    }
    return Pc01.model_validate(rows)


def written(form: Pc01) -> bytes:
    return write_docx(form, VIETNAMESE, day=DAY)


def read(content: bytes) -> Pc01:
    return read_docx(content, LANGUAGES)


def edited(form: Pc01, change: Callable[[Any], None]) -> bytes:
    """The DOCX of *form* after a person changed it in Word."""
    document = docx.Document(io.BytesIO(written(form)))
    change(document)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def cell_of(document: Any, label: str) -> Any:
    """The cell beside *label*."""
    for table in document.tables:
        for row in table.rows:
            if row.cells[0].text == label:
                return row.cells[1]
    raise AssertionError(label)


def test_what_is_written_is_read_back() -> None:
    assert read(written(market())) == market()


def test_the_form_says_what_a_fire_officer_knows_it_by() -> None:
    document = docx.Document(io.BytesIO(written(market())))
    assert cell_of(document, "Hạng nguy hiểm cháy, nổ").text == "C (nguy hiểm cháy)"
    assert cell_of(document, "Chiều cao phòng cháy, chữa cháy (m)").text == "12,5"
    assert cell_of(document, "Thuộc Phụ lục I").text == "Có"
    assert cell_of(document, "Bảo hiểm cháy, nổ bắt buộc: ngày hết hạn").text == "01/03/2027"


def test_the_first_word_of_a_fixed_value_is_enough_where_it_means_one() -> None:
    def shorten(document: Any) -> None:
        water = next(each for each in document.tables if each.rows[0].cells[0].text == "Mã nguồn nước")
        water.rows[1].cells[2].text = "Bể"

    assert read(edited(market(), shorten)) == market()


def test_exchanged_coordinates_are_named_as_such() -> None:
    def exchange(document: Any) -> None:
        cell_of(document, "Vĩ độ").text = "105,15"
        cell_of(document, "Kinh độ").text = "9,18"

    with pytest.raises(BadForm) as refused:
        read(edited(market(), exchange))
    assert refused.value.errors == [
        "table 1, row 5, column 2: latitude and longitude are exchanged; exchange the two cells"
    ]


def test_the_pdf_has_the_same_words() -> None:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(_pdf(market()))).pages)
    for words in ("Chợ An Bình", "Nguyễn Thị Út", "Hạng nguy hiểm cháy, nổ", "Nhà lồng A", "Bể ngầm"):
        assert words in text


def _pdf(form: Pc01) -> bytes:
    return write_pdf(form, VIETNAMESE, day=DAY)


def _as_written(text: str) -> bool:
    """Whether people can see *text*, and it begins and ends with a letter of theirs."""
    try:
        composed = people_text(text)
    except UnseenCharacter:
        return False
    return text == text.strip() and composed == text and not {"\ufffe", "\uffff"} & set(text)


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    letters = st.one_of(
        st.text('Chợ Bạc Liêu, đường số 5 & <khu> "B" ệữ', min_size=least, max_size=min(most, 60)),
        st.text(
            st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co")),
            min_size=least,
            max_size=min(most, 30),
        ),
    )
    return letters.filter(lambda text: _as_written(text) and len(text) >= least)


def values(field: FormField, annotation: Any) -> st.SearchStrategy[Any]:
    match field.kind:
        case FieldKind.TEXT:
            return texts(20)
        case FieldKind.YES_NO:
            return st.sampled_from([None, True, False])
        case FieldKind.DAY:
            return st.none() | st.dates(date(1900, 1, 1), date(2200, 1, 1))
        case FieldKind.CHOICE:
            return st.sampled_from([None, *(field.choices or ())])
        case FieldKind.WHOLE:
            return (
                st.none() | st.integers(0, 20) if field.path != "facility.year_in_use" else st.just(1999)
            )
    return st.none() | st.floats(0, 99, allow_nan=False)


FIELDS = [each for some in sections().values() for each in some if each.path.count(".") == 1]


@st.composite
def facilities(draw: st.DrawFn) -> Facility:
    given = {
        each.path.removeprefix("facility."): draw(values(each, None))
        for each in FIELDS
        if draw(st.booleans())
    }
    insurance = draw(
        st.none()
        | st.builds(Insurance, company=texts(50, 1), policy=texts(50), expires_on=st.none() | st.dates())
    )
    return TypeAdapter(Facility).validate_python(given | {"insurance": insurance})


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(facility=facilities(), name=texts(60, 1))
def test_any_facility_comes_back_as_it_went_out(facility: Facility, name: str) -> None:
    premises = market().premises.model_copy(update={"facility": facility, "name": name})
    back = read(written(market().model_copy(update={"premises": premises})))
    assert (back.premises.facility or Facility()) == facility
    assert back.premises.name == name


def test_every_field_of_a_facility_and_of_its_lists_is_in_the_form() -> None:
    asked = {each.path for some in sections().values() for each in some}
    assert {f"facility.{each}" for each in Facility.model_fields} - {"facility.insurance"} <= asked
    assert {"id", "name", "exits_where"} <= {each.path for each in columns("buildings")}


def test_a_row_without_an_id_gets_one_of_its_name() -> None:
    def add(document: Any) -> None:
        table = next(each for each in document.tables if each.rows[0].cells[0].text == "Mã khối nhà")
        table.rows[2].cells[1].text = "Nhà kho Đông"

    assert [each.id for each in read(edited(market(), add)).buildings] == ["a", "nha-kho-dong"]


@pytest.mark.parametrize(
    ("label", "text", "wrong"),
    [
        ("Số tầng nổi", "ba", "'ba' is not a whole number"),
        ("Tổng diện tích sàn (m²)", "1.200", "can be read in two ways; write 1200 or 1,200"),
        ("Ngày kết nối với cơ sở dữ liệu", "31/2/2026", "a day that no calendar has"),
        ("Hạng nguy hiểm cháy, nổ", "F", "not among its values; write one of: a (nguy hiểm cháy, nổ)"),
        ("Thuộc Phụ lục I", "có lẽ", "write one of: có; không"),
        ("Số tầng hầm", "21", "less than or equal to 20"),
        ("Mã cơ sở", "Chợ!", "String should match pattern"),
    ],
)
def test_a_wrong_value_is_named_with_its_field_and_cell(label: str, text: str, wrong: str) -> None:
    def spoil(document: Any) -> None:
        cell_of(document, label).text = text

    with pytest.raises(BadForm) as refused:
        read(edited(market(), spoil))
    (error,) = refused.value.errors
    assert "table " in error
    assert "row " in error
    assert "column 2" in error
    assert wrong in error


def test_an_unknown_label_is_named_with_the_one_that_was_meant() -> None:
    def spoil(document: Any) -> None:
        document.tables[1].rows[0].cells[0].text = "Hạng nguy hiểm cháy nổ"
        document.tables[1].add_row().cells[0].text = "Màu của mái nhà"

    with pytest.raises(BadForm) as refused:
        read(edited(market(), spoil))
    first, second = refused.value.errors
    assert "write 'hạng nguy hiểm cháy, nổ'" in first
    assert "unknown label 'Màu của mái nhà'" in second


def test_text_that_word_marks_as_a_field_or_a_new_line_is_read() -> None:
    def change(document: Any) -> None:
        cell = cell_of(document, "Nơi giữ chìa khóa")
        cell.text = "Phòng bảo vệ\nbên trái cổng"
        cell.add_paragraph("hỏi anh Tư")

    found = read(edited(market(), change)).premises.facility
    assert found is not None
    assert found.keys == "Phòng bảo vệ bên trái cổng hỏi anh Tư"


def test_tracked_changes_are_refused_because_nobody_knows_which_text_is_meant() -> None:
    changed = _replaced(written(market()), b"<w:body>", b'<w:body><w:ins w:id="1"/>')
    with pytest.raises(Unacceptable, match="tracked changes"):
        read(changed)


def _replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(output, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(old, new, 1) if name == DOCUMENT else part)
    return output.getvalue()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("1.200,5", 1200.5),
        ("1 200", 1200.0),
        ("0,125", 0.125),
        ("7", 7.0),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert value_of(text, FormField("x", FieldKind.NUMBER), LANGUAGES) == number


@given(number=st.floats(0, 1e9, allow_nan=False))
def test_any_number_comes_back_as_it_was_written(number: float) -> None:
    field = FormField("x", FieldKind.NUMBER)
    assert value_of(text_of(number, field, VIETNAMESE), field, LANGUAGES) == number


def test_a_day_is_read_in_both_orders_and_no_other() -> None:
    field = FormField("x", FieldKind.DAY)
    assert value_of("1/7/2027", field, LANGUAGES) == date(2027, 7, 1)
    assert value_of("2027-07-01", field, LANGUAGES) == date(2027, 7, 1)
    with pytest.raises(BadValue):
        value_of("7/2027", field, LANGUAGES)


def test_what_no_form_asks_for_stays_and_what_is_not_listed_goes() -> None:
    content = Registry.model_validate(
        {
            "premises": [{"id": "m", "name": "Chợ", "people": ["ut"], "policy": "p"}],
            "buildings": [{"id": each, "premises": "m", "name": each} for each in ("a", "b")],
            "documents": [
                {"id": "pa", "premises": "m", "name": "PA", "kind": "other", "file": "0" * 64}
            ],
        }
    )
    record = PremisesRecord(
        premises=content.premises[0], buildings=content.buildings, documents=content.documents
    )
    form = form_of(record, iter(()))
    assert form is not None
    facility = Facility(hazard_class=HazardClass.C)
    changed = form.model_copy(
        update={
            "premises": form.premises.model_copy(update={"facility": facility}),
            "buildings": form.buildings[:1],
            "documents": (form.documents[0].model_copy(update={"number": "5", "file": None}),),
        }
    )
    change = change_of(changed, record, ())
    (place,) = change.put["premises"]
    assert (place.people, place.policy, place.facility) == (("ut",), "p", facility)  # type: ignore[attr-defined]
    assert change.remove == {"buildings": frozenset({"m/b"})}
    assert change.put["documents"][0].file == "0" * 64  # type: ignore[attr-defined]


@given(name=st.text(max_size=80))
def test_any_name_makes_an_id(name: str) -> None:
    taken: list[str] = []
    for _ in range(3):
        taken.append(id_for(name, taken))
    assert len(set(taken)) == 3
    assert all(len(each) <= 60 and each.replace("-", "").isalnum() for each in taken)
