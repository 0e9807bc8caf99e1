"""A market about which all is known that a commander asks: plan, water, ways in, people, units."""

import json
from pathlib import Path

from tests.support.console import MARKET, REGISTRY
from tests.support.hostile_files import pdf
from tests.support.house import finish

FIRE_PLAN = "Phương án chữa cháy chợ An Bình"

STALLS = "".join(
    f'<rect x="{60 + column * 180}" y="{60 + row * 150}" width="120" height="90" fill="#eee"/>'
    for column in range(5)
    for row in range(4)
)
FLOOR = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="700" viewBox="0 0 1000 700">'
    '<rect width="1000" height="700" fill="#fff"/>'
    f'<rect x="20" y="20" width="960" height="660" fill="none" stroke="#222" stroke-width="8"/>{STALLS}'
    "</svg>"
)
"""The plan of the ground floor: four rows of five stalls."""

PLACES = {
    "khoi-1": (0.20, 0.30),
    "khoi-2": (0.40, 0.30),
    "khoi-3": (0.60, 0.55),
    "nhiet-1": (0.42, 0.36),
    "nut-an": (0.95, 0.50),
}
"""Positions of points on the plan, as shares of its width and height."""

FACTS = """
[premises.facility]
line_of_business = "Chợ, kinh doanh vải và tạp hóa"
hazard_class = "C"
hazards = "Vải cuộn ở dãy A; 20 bình gas ở dãy hàng ăn"
people_by_day = 300
people_by_night = 4
road_width_m = 6.0
power_cut_off = "Tủ điện tổng, cổng đông"
keys = "Phòng bảo vệ, cổng đông"
team_size = 12
"""

SCENE = f"""
[[floors]]
id = "tret"
premises = "{MARKET}"
level = 0
name = "Tầng trệt"
plan = "PLAN"

[[roads]]
id = "cong-dong"
premises = "{MARKET}"
name = "Cổng đông, đường Trần Phú"
width_m = 4.0
height_m = 4.2

[[systems]]
id = "bao-chay"
premises = "{MARKET}"
name = "Hệ thống báo cháy tự động"
state = "working"

[[documents]]
id = "phuong-an"
premises = "{MARKET}"
name = "{FIRE_PLAN}"
kind = "fire-plan"
file = "FIRE_PLAN"

[[water]]
id = "tru-12"
name = "Trụ nước trước số 12 Trần Phú"
kind = "hydrant"
area = "xa-1"
lat = 9.1778
lon = 105.1524
engines = 2

[[units]]
id = "doi-1"
name = "Đội CC&CNCH khu vực 1"
kind = "area-team"
lat = 9.1800
lon = 105.1500
contacts = ["truc-doi-1"]

[[units]]
id = "dan-phong"
name = "Đội dân phòng Xã Một"
kind = "civil-defence"
lat = 9.1770
lon = 105.1540
contacts = ["truc-dan-phong"]

[[coverages]]
id = "doi-1-xa-1"
unit = "doi-1"
area = "xa-1"

[[means]]
id = "xe-1"
name = "Xe chữa cháy Hino 1"
kind = "engine"
unit = "doi-1"
plate = "69A-114.01"
volume_m3 = 5.0

[[contacts]]
id = "truc-doi-1"
name = "Trực ban Đội khu vực 1"
role = "fire police"
phone = "0912345690"

[[contacts]]
id = "truc-dan-phong"
name = "Tổ trưởng dân phòng"
role = "civil defence"
phone = "0912345691"

[[procedures]]
id = "goi-chu"
part = "verify"
order = 1
text = "Gọi người đứng đầu cơ sở"
text_en = "Call the head of the premises"
within_s = 60
reason_to_skip = true

[[procedures]]
id = "cat-dien"
part = "on-scene"
order = 1
text = "Yêu cầu cắt điện"
text_en = "Have the power cut off"
""" + "".join(
    f"""
[[positions]]
id = "o-{point}"
premises = "{MARKET}"
floor = "tret"
point = "{point}"
x = {x}
y = {y}
"""
    for point, (x, y) in PLACES.items()
)


async def known_market(folder: Path) -> str:
    """Return the registry in which everything of the market is known; its files are kept in *folder*."""
    plan, paper = _files(folder)
    kept = folder / "alerting" / "files"
    said = await finish(
        *("files", folder, "file", "add", str(plan), str(paper)),
        *("--folder", str(kept), "--json"),
    )
    first, second = (each["hash"] for each in json.loads(said)["files"])
    at = REGISTRY.index("\n[[premises]]", REGISTRY.index("[[premises]]") + 1)
    whole = REGISTRY[:at] + FACTS + REGISTRY[at:] + SCENE
    return whole.replace("FIRE_PLAN", second).replace('"PLAN"', f'"{first}"')


def _files(folder: Path) -> tuple[Path, Path]:
    (plan := folder / "tret.svg").write_text(FLOOR)
    (paper := folder / "phuong-an.pdf").write_bytes(pdf())
    return plan, paper
