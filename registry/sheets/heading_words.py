"""Further headings that communes write; compared without diacritics, as the labels are."""

HEADING_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "premises": {
        "id": ("Mã cơ sở", "Mã số", "Mã CS"),
        "name": ("Tên cơ sở", "Tên cơ sở/hộ kinh doanh", "Cơ sở", "Tên đơn vị", "Tên hộ kinh doanh"),
        "address": ("Địa chỉ cơ sở", "Địa điểm", "Nơi hoạt động"),
        "area": ("Xã, phường", "Xã/phường", "Phường/xã", "Phường", "Xã", "Ấp, khóm", "Địa bàn quản lý"),
        "people": ("Người được gọi", "Người cần gọi", "Danh sách gọi"),
        "policy": ("Quy tắc", "Quy tắc báo tin"),
        "lat": ("Vĩ độ (N)", "Tọa độ vĩ độ", "Lat"),
        "lon": ("Kinh độ (E)", "Tọa độ kinh độ", "Lng", "Long"),
        "facility.line_of_business": ("Ngành nghề", "Loại hình", "Loại hình hoạt động", "Lĩnh vực"),
        "facility.year_in_use": ("Năm hoạt động", "Năm sử dụng"),
        "facility.head": (
            "Người đứng đầu",
            "Chủ cơ sở",
            "Chủ hộ",
            "Người đại diện",
            "Người đại diện theo pháp luật",
        ),
        "facility.head_phone": (
            "Điện thoại",
            "Số điện thoại",
            "SĐT",
            "Điện thoại chủ cơ sở",
            "SĐT người đứng đầu",
            "SĐT chủ cơ sở",
        ),
        "facility.team_leader": ("Đội trưởng PCCC", "Đội trưởng", "Đội trưởng đội PCCC cơ sở"),
        "facility.team_leader_phone": ("SĐT đội trưởng", "Điện thoại đội trưởng PCCC"),
        "facility.team_size": ("Số đội viên", "Quân số đội PCCC"),
        "facility.ownership": ("Sở hữu", "Thành phần kinh tế"),
        "facility.managed_by": ("Cơ quan quản lý PCCC", "Phân cấp quản lý"),
        "facility.in_annex_1": ("Phụ lục I", "PL I"),
        "facility.in_annex_2": ("Phụ lục II", "PL II"),
        "facility.hazard_class": ("Hạng nguy hiểm", "Hạng nguy hiểm cháy, nổ", "Hạng sản xuất"),
        "facility.built_area_m2": ("Diện tích", "Diện tích XD", "Diện tích sàn", "DT xây dựng"),
        "facility.site_area_m2": ("Diện tích đất", "Diện tích mặt bằng"),
        "facility.floors_above": ("Số tầng", "Tầng nổi", "Số tầng cao"),
        "facility.basements": ("Tầng hầm", "Số hầm"),
        "facility.fire_height_m": ("Chiều cao", "Chiều cao nhà"),
        "facility.people_by_day": ("Số người", "Số người ngày", "Người ban ngày"),
        "facility.people_by_night": ("Số người đêm", "Người ban đêm"),
        "facility.road_width_m": ("Chiều rộng đường", "Đường vào rộng", "Bề rộng đường"),
        "facility.transmission_device": ("Thiết bị truyền tin", "Đã kết nối", "Có thiết bị truyền tin"),
        "facility.declared_on": ("Ngày khai báo", "Ngày khai báo CSDL"),
        "facility.insurance.company": ("Bảo hiểm cháy nổ", "Đơn vị bảo hiểm"),
        "facility.insurance.expires_on": ("Hạn bảo hiểm", "Ngày hết hạn BH"),
        "facility.shortcomings": ("Tồn tại", "Tồn tại, vi phạm"),
    },
    "contacts": {
        "name": ("Họ và tên", "Họ tên", "Tên người"),
        "phone": ("Số điện thoại", "SĐT", "Điện thoại di động", "Di động"),
        "role": ("Chức danh", "Nhiệm vụ", "Vai trò"),
        "email": ("Email", "Hộp thư"),
    },
    "water": {
        "name": ("Tên nguồn nước", "Nguồn nước"),
        "kind": ("Loại nguồn nước", "Loại hình"),
        "volume_m3": ("Dung tích", "Thể tích", "Trữ lượng"),
        "engines": ("Số xe lấy nước", "Khả năng lấy nước"),
        "usable": ("Dùng được", "Hoạt động"),
        "premises": ("Tên cơ sở", "Thuộc cơ sở"),
    },
    "points": {
        "id": ("Mã điểm", "Mã đầu báo"),
        "kind": ("Loại đầu báo", "Loại thiết bị"),
        "place": ("Vị trí lắp đặt",),
        "address": ("Địa chỉ trên tuyến", "Địa chỉ đầu báo"),
        "serial": ("Số seri", "Serial"),
        "premises": ("Tên cơ sở",),
    },
    "buildings": {"name": ("Tên khối nhà", "Tên nhà"), "premises": ("Tên cơ sở",)},
    "means": {"name": ("Tên phương tiện",), "kind": ("Loại phương tiện", "Loại xe")},
    "units": {"name": ("Tên đơn vị",), "kind": ("Loại đơn vị",), "members": ("Quân số",)},
}
"""By table and field: headings as they stand in forms and lists of communes."""

TABLE_WORDS: dict[str, tuple[str, ...]] = {
    "premises": ("Danh sách cơ sở", "DS cơ sở", "Cơ sở PCCC"),
    "contacts": ("Danh bạ", "Liên hệ", "Danh sách người liên hệ", "Người nhận tin"),
    "water": ("Nguồn nước chữa cháy", "DS nguồn nước"),
    "points": ("Đầu báo", "Điểm", "Thiết bị báo cháy"),
    "means": ("Phương tiện chữa cháy", "Xe"),
}
"""By table: names of sheets."""

ORDINALS = frozenset({"stt", "tt", "so tt", "so thu tu", "no", "#"})
"""Headings of a column that only counts the rows; it is left out."""

TOTALS = ("tong cong", "tong so", "cong", "tong")
"""Beginnings of the first text in a row that sums others up; it is left out."""
