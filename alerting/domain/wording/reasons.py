"""The named reasons of signals and of the center's own findings, in words that people read."""

from collections.abc import Mapping

WORDS: dict[str, tuple[str, str]] = {
    "smoke_above_alarm": ("khói vượt ngưỡng báo cháy", "smoke above the alarm level"),
    "smoke_above_prealarm": ("khói vượt ngưỡng tiền báo động", "smoke above the pre-alarm level"),
    "heat_above_alarm": ("nhiệt độ vượt ngưỡng báo cháy", "heat above the alarm level"),
    "heat_rising": ("nhiệt độ tăng nhanh", "the temperature rises fast"),
    "heat_above_prealarm": ("nhiệt độ gần ngưỡng báo cháy", "heat above the pre-alarm level"),
    "co_above_alarm": ("khí CO vượt ngưỡng báo cháy", "carbon monoxide above the alarm level"),
    "co_above_prealarm": (
        "khí CO vượt ngưỡng tiền báo động",
        "carbon monoxide above the pre-alarm level",
    ),
    "signs_together": ("nhiều dấu hiệu cháy cùng lúc", "several signs of fire together"),
    "manual_call": ("nút ấn báo cháy được nhấn", "a manual call point was pressed"),
    "detector_alarm": ("đầu báo tự báo cháy", "the detector itself says fire"),
    "heat_alarm": ("đầu báo tự báo nhiệt", "the detector itself says heat"),
    "co_alarm": ("đầu báo tự báo khí CO", "the detector itself says carbon monoxide"),
    "gas_alarm": ("đầu báo tự báo rò rỉ khí gas", "the detector itself says that gas leaks"),
    "retained_alarm": ("tin báo cháy cũ, không rõ lúc nào", "an old message of unknown age says fire"),
    "detector_fault": ("đầu báo tự báo hỏng", "the detector says that it is faulty"),
    "no_value": ("đầu báo không đo được", "the detector cannot measure"),
    "out_of_range": ("giá trị ngoài dải đo", "a value that no air has"),
    "railed": ("giá trị đứng yên ở cuối thang đo, chập hoặc đứt mạch", "short or open circuit"),
    "offset": ("điểm không của cảm biến bị lệch", "its zero is off"),
    "jumping": ("giá trị đo dao động bất thường", "its values jump as no air does"),
    "stuck": ("giá trị đo đứng yên quá lâu", "the same value for too long"),
    "noisy": ("giá trị đo nhiễu", "its values scatter as no air does"),
    "disagrees": ("lệch hẳn so với các đầu báo bên cạnh", "far from all its neighbours"),
    "dirty": ("đầu báo quá bẩn", "the detector is too dirty"),
    "silent": ("không nhận được tín hiệu", "nothing is heard of it"),
    "never_heard": ("chưa từng nhận được tín hiệu", "it was never heard"),
    "double_address": ("hai đầu báo trùng một địa chỉ", "two detectors answer to one address"),
    "unavailable": ("bộ chuyển tiếp không liên lạc được với đầu báo", "its bridge cannot reach it"),
    "detector_tamper": ("đầu báo bị mở hoặc bị tháo", "the detector was opened or removed"),
    "restored_too_soon": (
        "báo cháy rồi khôi phục ngay, nghi có người can thiệp",
        "its alarm was taken back at once; somebody may have interfered",
    ),
    "detector_disabled": ("đầu báo bị tắt", "the detector is switched off"),
    "disabled_left_over": (
        "đầu báo bị tắt quá lâu, tin báo cháy được tính lại",
        "the detector has been switched off for too long; its fires count again",
    ),
    "on_test": ("đang được thử", "it is being tested"),
    "test_left_over": (
        "chế độ thử kéo dài quá lâu, tin báo cháy được tính lại",
        "its test has lasted for too long; its fires count again",
    ),
    "battery_low": ("pin yếu", "its battery is low"),
    "water_leak": ("có nước rò rỉ", "water leaks"),
    "cleaning_due": ("sắp phải làm sạch", "it needs cleaning soon"),
    "unknown_point": ("điểm chưa được cấu hình", "nobody configured this point"),
    "too_many_unknown": ("quá nhiều điểm chưa được cấu hình", "too many points that nobody configured"),
    "line_lost": ("mất kết nối tuyến đầu báo", "the port or broker of the line is gone"),
    "line_noisy": ("tuyến đầu báo nhiễu nặng", "too much on the line is damaged"),
    "line_silent": ("tuyến đầu báo không có tín hiệu", "nothing is heard on the line"),
    "unreadable_messages": (
        "có bản tin của đầu báo không đọc được",
        "messages of detectors are not understood",
    ),
    "path_lost": ("mất một đường về trung tâm", "a way to the center is lost"),
    "unreceipted": ("tin báo chưa được trung tâm xác nhận", "the center has not confirmed an alarm"),
    "clock_jumped": ("đồng hồ của thiết bị truyền tin bị chỉnh", "the gateway's clock was set"),
    "outbox_lost": ("mất tin chờ gửi lưu trên đĩa", "messages that waited on the disk were lost"),
    "receipt_refused": (
        "có biên nhận giả, thiết bị truyền tin giữ lại tin",
        "a false receipt was refused; the signals are kept",
    ),
    "outbox_refused": (
        "đĩa của thiết bị truyền tin không ghi được",
        "the gateway's disk takes no signals",
    ),
    "gateway_silent": ("mất kết nối với thiết bị truyền tin báo cháy", "the gateway fell silent"),
    "gateway_offline": ("thiết bị truyền tin báo cháy ngừng hoạt động", "the gateway went offline"),
    "gateway_never_heard": (
        "thiết bị truyền tin báo cháy chưa từng kết nối",
        "the gateway was never heard",
    ),
    "clock_wrong": ("đồng hồ của thiết bị truyền tin chạy sai", "the gateway's clock is wrong"),
    "alarm_not_known": (
        "thiết bị truyền tin có điểm báo cháy mà trung tâm không biết",
        "the gateway has alarms that the center does not know",
    ),
    "messages_set_aside": (
        "thiết bị truyền tin gửi tin sai định dạng, trung tâm không đọc được",
        "the center cannot read some messages of the gateway; they are in its quarantine",
    ),
    "clock_leaped": (
        "đồng hồ của máy chủ trung tâm bị chỉnh lệch, cần kiểm tra lại giờ",
        "the clock of the center's machine was set back or forward; check it",
    ),
    "unknown_sender": (
        "có nguồn lạ gửi tin lên máy chủ MQTT",
        "somebody who is no gateway publishes below the root; the messages are in the quarantine",
    ),
    "malformed_signal": (
        "tin báo cháy sai định dạng, chỉ đọc được là có cháy",
        "a malformed signal that says fire",
    ),
    "inventory_missing": (
        "trung tâm chưa nhận được danh sách điểm của thiết bị truyền tin",
        "the list of the gateway's points never arrived",
    ),
    "missing": (
        "đã đăng ký nhưng không thiết bị nào báo về",
        "it is registered, but no gateway reports it",
    ),
    "unregistered": (
        "có ở thiết bị truyền tin nhưng chưa đăng ký ở trung tâm",
        "its gateway has it, but it is not registered",
    ),
    "alarm_unattended": (
        "thiết bị truyền tin có điểm báo cháy mà không ai xử lý",
        "the gateway has alarms that no open incident has",
    ),
    "standing_alarm": (
        "vẫn báo cháy sau khi sự cố đã kết thúc",
        "still in alarm after its incident was closed",
    ),
    "signals_missing": (
        "trung tâm thiếu tín hiệu của thiết bị truyền tin",
        "the center lacks signals of the gateway",
    ),
}
"""Each reason of docs/protocol.md, 4.1, in Vietnamese and in English."""

DETECTORS: dict[str, tuple[str, str]] = {
    "smoke": ("đầu báo khói", "smoke detector"),
    "heat": ("đầu báo nhiệt", "heat detector"),
    "co": ("đầu báo khí CO", "CO detector"),
    "multi": ("đầu báo cháy hỗn hợp", "multi-criteria detector"),
    "manual": ("nút ấn báo cháy", "manual call point"),
    "level": ("đầu báo cháy", "fire detector"),
    "flow": ("công tắc dòng chảy", "water flow switch"),
}
"""Each kind of point."""

SENDING_STEPS: dict[str, tuple[str, str]] = {
    "set-up": ("khởi tạo modem và thẻ SIM", "setting up the modem and its SIM card"),
    "network": ("kết nối mạng di động", "registering with the mobile network"),
    "prompt": ("soạn tin nhắn", "opening a message"),
}
"""Each step of a channel that tries itself."""

NAMING: dict[str, tuple[str, str]] = {
    "gateway_lost": ("mất kết nối", "the connection is lost"),
    "not_reached_by_": ("không báo được qua {}", "cannot be reached by {}"),
    "cannot_send:": (
        "kênh này hiện không gửi được tin, hỏng ở bước: {}",
        "this channel cannot send now; the step that fails: {}",
    ),
    "step_missed:": ("sự cố này chưa được báo cho {}", "{} was not told of this incident"),
    "no_channel:": (
        "không có kênh nào đã cài đặt để báo cho {}",
        "none of the channels of {} is set up; it cannot be told",
    ),
    "not_set_up:": (
        "{1} có địa chỉ {2} nhưng kênh này chưa cài đặt",
        "{1} has an address for {2}, which is not set up",
    ),
    "at_other_gateway:": (
        "đăng ký ở thiết bị {1} nhưng cấu hình ở thiết bị {2}",
        "is registered at gateway {1} but configured at gateway {2}",
    ),
    "kind_differs:": (
        "đăng ký là {1} nhưng cấu hình là {2}",
        "is registered as a {1} but configured as a {2}",
    ),
    "step_late:": ("sự cố này báo trễ cho {}", "{} was told late of this incident"),
}
"""What the center's own reasons begin with that name a channel or a person at their end."""


_CODED = {"cannot_send:": SENDING_STEPS, "kind_differs:": DETECTORS}
"""Words for people, where the names at the end of a reason are words of Tocsin's."""


def reason_in_words(reason: str) -> tuple[str, str]:
    """*reason* in Vietnamese and in English; one that is not known is shown as it is."""
    for beginning, (vi, en) in NAMING.items():
        if reason.startswith(beginning):
            named = _named(reason.removeprefix(beginning), _CODED.get(beginning, {}))
            return vi.format(*(each for each, _ in named)), en.format(*(each for _, each in named))
    return WORDS.get(reason, (reason, reason))


def _named(names: str, coded: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Return all of *names*, then each of them, in Vietnamese and in English."""
    return [coded.get(each, (each, each)) for each in (names, *names.split(":"))]
