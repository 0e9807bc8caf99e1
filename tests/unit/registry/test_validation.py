"""A registry is taken whole or not at all, and every mistake in it is named."""

import unicodedata
from pathlib import Path

import pytest

from registry.files import BadRegistry, read_registry

GOOD = """
[[areas]]
id = "tinh"
name = "Tỉnh"
[[areas]]
id = "xa"
name = "Xã"
parent = "tinh"
[[premises]]
id = "cho"
name = "Chợ"
area = "xa"
policy = "day"
[[premises]]
id = "nha"
name = "Nhà"
[[zones]]
id = "a"
premises = "cho"
name = "Dãy A"
[[zones]]
id = "tret"
premises = "nha"
name = "Tầng trệt"
[[gateways]]
id = "gw-1"
premises = "cho"
name = "Tủ 1"
[[points]]
id = "smoke-01"
premises = "cho"
zone = "a"
gateway = "gw-1"
kind = "smoke"
[[contacts]]
id = "truc-ban"
name = "Trực ban"
webhook = "http://127.0.0.1:9/relay"
[[contacts]]
id = "silent"
name = "Không có kênh"
[[policies]]
id = "day"
stages = [{after_s = 0, notify = ["command-center"]}, {after_s = 60, notify = ["truc-ban"]}]
"""


def errors_of(folder: Path, *texts: str) -> list[str]:
    files = []
    for number, text in enumerate(texts):
        file = folder / f"{number}.toml"
        file.write_text(text)
        files.append(file)
    try:
        read_registry(files)
    except BadRegistry as error:
        return error.errors
    return []


def test_a_registry_whose_parts_fit_is_taken(tmp_path: Path) -> None:
    assert errors_of(tmp_path, GOOD) == []


def test_how_each_key_is_written_is_said_in_words(tmp_path: Path) -> None:
    wrong = {
        "id": ("Hoa", "write 1 to 63 of a-z, 0-9 and -, not beginning with -"),
        "webhook": ("htp:/x", "write http://host:port/path, or https, without spaces"),
        "phone": ("0901 234", "write +84901234567, without spaces, or a short number of the network"),
        "topic": ("desks/#", "write a topic such as desks/east, without +, # and spaces, 200 "),
        "email": ("hoa", "write an address such as name@example.com, without spaces"),
        "apprise": ("hoa", "write a URL of Apprise such as tgram://token/chat, without spaces"),
        "colour": ("red", "no such key; correct its name or remove it"),
        "name": (None, "missing; add it"),
    }
    lines = [f'{key} = "{value}"' for key, (value, _) in wrong.items() if value is not None]
    said = errors_of(tmp_path, "\n".join(["[[contacts]]", *lines]))
    for key, (_, words) in wrong.items():
        assert [each for each in said if f"contacts[1]: {key}: {words}" in each], (key, said)
    assert len(said) == len(wrong)


RING = """
[[areas]]
id = "r1"
name = "R"
parent = "r2"
[[areas]]
id = "r2"
name = "R"
parent = "r1"
"""
PAIR = '{after_s = 0, notify = ["truc-ban"]}'
ZONE = '[[zones]]\nid = "x"\npremises = "cho"\nname = "X"\n'
POINT = '[[points]]\nid = "p"\npremises = "cho"\nzone = "a"\ngateway = "gw-1"\nkind = "smoke"\n'


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ('[[premises]]\nid = "cho"\nname = "Chợ hai"', "taken by"),
        (POINT + POINT, "taken by"),
        (RING, "hold one another"),
        ('[[areas]]\nid = "self"\nname = "S"\nparent = "self"', "hold one another"),
        ('[[areas]]\nid = "x"\nname = "X"\nparent = "lost"', "parent 'lost' is not in [[areas]]"),
        ('[[premises]]\nid = "x"\nname = "X"\npolicy = "lost"', "policy 'lost' is not in [[policies]]"),
        ('[[zones]]\nid = "x"\npremises = "lost"\nname = "X"', "premises 'lost' is not in [[premises]]"),
        (POINT.replace('"a"', '"lost"'), "'cho' has no zone 'lost'"),
        (POINT.replace('"a"', '"tret"'), "belongs to premises nha"),
        (POINT.replace("gw-1", "gw-9"), "'cho' has no gateway 'gw-9'"),
        ('[[policies]]\nid = "x"\nstages = []', "has no stages"),
        ('[[policies]]\nid = "x"\nstages = [{after_s = 0, notify = []}]', "names nobody"),
        ('[[policies]]\nid = "x"\nstages = [{after_s = 5, notify = ["truc-ban"]}]', "set after_s = 0"),
        (
            '[[policies]]\nid = "x"\nstages = [{after_s = 0, notify = ["lost"]}]',
            "'lost' is not in [[contacts]]",
        ),
        ('[[policies]]\nid = "x"\nstages = [{after_s = 0, notify = ["silent"]}]', "has no channel"),
        (
            f'[[policies]]\nid = "x"\nstages = [{PAIR}, {PAIR}]',
            "let them ascend",
        ),
        (
            "".join(
                f'[[policies]]\nid = "{one}"\nthen = "{other}"\nstages = [{PAIR}]\n'
                for one, other in (("l1", "l2"), ("l2", "l1"))
            ),
            "l1 → l2 → l1 follow one another",
        ),
        (
            f'[[policies]]\nid = "x"\nthen = "lost"\nstages = [{PAIR}]',
            "then 'lost' is not in [[policies]]",
        ),
        (
            ZONE + 'rule = "type_b"\nretard_s = 30',
            "rule type_b has no retard_s; it has window_s, hold_s",
        ),
        (ZONE + "investigate_s = 30", "rule type_b (the default) has no investigate_s"),
        (ZONE + 'rule = "immediate"\nwindow_s = 30', "rule immediate has no window_s; it has none"),
        (ZONE + "window_s = 300\nhold_s = 60", "shorter than window_s"),
        (ZONE + "window_s = 4000", "zones[1]: window_s"),
        (ZONE + 'rule = "verification"\nconfirm_s = 10', "zones[1]: confirm_s"),
        (ZONE + 'rule = "staffed"\nacknowledge_s = 60', "zones[1]: acknowledge_s"),
        (ZONE + 'confirmed_with = ["lost"]', "'cho' has no zone 'lost'"),
        (ZONE + 'confirmed_with = ["tret"]', "belongs to premises nha"),
        (ZONE + 'confirmed_with = ["x"]', "names the zone itself"),
        (ZONE + 'rule = "two_points"', "zones[1]: rule"),
        ('[[points]]\nid = "Hoa"\npremises = "cho"', "points[1]: id"),
        ('[[people]]\nid = "x"', "unknown table 'people'"),
        ('[[zones]]\nid = "x"\npremises = "cho"\nname = "X"\ncolour = "red"', "zones[1]: colour"),
        ("areas = 3", "write [[areas]]"),
        ("not toml", "1.toml"),
    ],
)
def test_each_mistake_is_named_with_its_file(tmp_path: Path, addition: str, said: str) -> None:
    errors = errors_of(tmp_path, GOOD, addition)
    assert len(errors) >= 1
    assert any(said in error for error in errors), errors
    assert all(error.startswith(str(tmp_path / "1.toml")) for error in errors), errors


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    double = '[[premises]]\nid = "cho"\nname = "Hai"\n'
    lost = '[[zones]]\nid = "x"\npremises = "lost"\nname = "X"\n'
    empty = '[[policies]]\nid = "x"\nstages = []\n'
    bad = double + lost + empty
    assert len(errors_of(tmp_path, GOOD, bad)) == 3


def test_whoever_refers_to_a_row_that_cannot_be_read_is_not_reported_too(tmp_path: Path) -> None:
    broken = GOOD.replace('name = "Dãy A"', 'name = ""')
    assert len(errors_of(tmp_path, broken)) == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRegistry, match=r"nothing\.toml: No such file"):
        read_registry([tmp_path / "nothing.toml"])


@pytest.mark.parametrize(
    "host",
    ["ubnd..example.vn", ".example.com", "a" * 64 + ".vn", "a:99999", "x:abc", "[::1", "a:0", "/x"],
)
def test_a_webhook_that_names_no_host_is_refused(tmp_path: Path, host: str) -> None:
    text = GOOD.replace("http://127.0.0.1:9/relay", f"http://{host}/relay")
    [error] = errors_of(tmp_path, text)
    assert "host" in error


@pytest.mark.parametrize("host", ["tòanhà.vn", "127.0.0.1:9", "[::1]:80", "desk", "a_b.example.vn"])
def test_a_webhook_may_be_any_host(tmp_path: Path, host: str) -> None:
    assert errors_of(tmp_path, GOOD.replace("127.0.0.1:9/relay", f"{host}/relay")) == []


def test_text_is_the_same_however_its_letters_are_written(tmp_path: Path) -> None:
    files = []
    for form in ("NFC", "NFD"):
        files.append(tmp_path / f"{form}.toml")
        files[-1].write_text(unicodedata.normalize(form, GOOD))
    composed, taken_apart = (read_registry([file]) for file in files)
    assert composed == taken_apart
    assert composed.premises[0].name == unicodedata.normalize("NFC", "Chợ")
