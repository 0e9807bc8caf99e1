"""Reasons of signals, as they stand in messages, logs and tests."""

from enum import StrEnum


class SignalReason(StrEnum):
    """The reason why a condition began."""

    SMOKE_ABOVE_ALARM = "smoke_above_alarm"
    SMOKE_ABOVE_PREALARM = "smoke_above_prealarm"
    HEAT_ABOVE_ALARM = "heat_above_alarm"
    HEAT_RISING = "heat_rising"
    HEAT_ABOVE_PREALARM = "heat_above_prealarm"
    CO_ABOVE_ALARM = "co_above_alarm"
    CO_ABOVE_PREALARM = "co_above_prealarm"
    MULTI_CRITERIA = "multi_criteria"
    MANUAL_CALL = "manual_call"
    DETECTOR_ALARM = "detector_alarm"
    HEAT_ALARM = "heat_alarm"
    CO_ALARM = "co_alarm"
    GAS_ALARM = "gas_alarm"
    COMMON_ALARM = "common_alarm"
    RETAINED_ALARM = "retained_alarm"
    DETECTOR_PREALARM = "detector_prealarm"

    DETECTOR_FAULT = "detector_fault"
    NO_VALUE = "no_value"
    OUT_OF_RANGE = "out_of_range"
    RAILED = "railed"
    ZERO_OFFSET = "zero_offset"
    JUMPING = "jumping"
    STUCK = "stuck"
    NOISY = "noisy"
    DISAGREES = "disagrees"
    DIRTY = "dirty"
    SILENT = "silent"
    NEVER_HEARD = "never_heard"
    DUPLICATE_ADDRESS = "duplicate_address"
    UNAVAILABLE = "unavailable"

    DETECTOR_TAMPER = "detector_tamper"
    RESTORED_TOO_SOON = "restored_too_soon"
    DETECTOR_DISABLED = "detector_disabled"
    DISABLED_TOO_LONG = "disabled_too_long"
    ON_TEST = "on_test"
    TEST_TOO_LONG = "test_too_long"
    BATTERY_LOW = "battery_low"
    WATER_LEAK = "water_leak"
    DETECTOR_SUPERVISORY = "detector_supervisory"
    CLEANING_DUE = "cleaning_due"
    UNKNOWN_POINT = "unknown_point"
    TOO_MANY_UNKNOWN_POINTS = "too_many_unknown_points"

    LINE_LOST = "line_lost"
    LINE_NOISY = "line_noisy"
    LINE_SILENT = "line_silent"
    PANEL_FAULT = "panel_fault"
    PEER_CLOCK_OFF = "peer_clock_off"
    WRONG_LINE_SETTINGS = "wrong_line_settings"
    UNREADABLE_MESSAGES = "unreadable_messages"

    PATH_LOST = "path_lost"

    CLOCK_JUMPED = "clock_jumped"
    OUTBOX_LOST = "outbox_lost"
    RECEIPT_REFUSED = "receipt_refused"
    SESSION_TAKEN_OVER = "session_taken_over"
    CERTIFICATE_ENDS = "certificate_ends"
    OUTBOX_WRITE_FAILED = "outbox_write_failed"
    UNRECEIPTED = "unreceipted"


# What each fire is seen by: fires by different quantities are distinct.
_SENSED_QUANTITY: dict[str, str] = {
    SignalReason.SMOKE_ABOVE_ALARM: "smoke",
    SignalReason.HEAT_ABOVE_ALARM: "temperature",
    SignalReason.HEAT_RISING: "temperature",
    SignalReason.CO_ABOVE_ALARM: "co",
    SignalReason.MULTI_CRITERIA: "signs",
    # A call point confirms at once: on an address that smokes already, it must still be reported.
    SignalReason.MANUAL_CALL: "manual",
    SignalReason.DETECTOR_ALARM: "alarm",
    SignalReason.HEAT_ALARM: "heat-alarm",
    SignalReason.CO_ALARM: "co-alarm",
    SignalReason.GAS_ALARM: "gas-alarm",
    SignalReason.COMMON_ALARM: "common-alarm",
}


def sensed_quantity(reason: str) -> str:
    """Return the quantity that detects a fire of *reason*."""
    return _SENSED_QUANTITY.get(reason, "")
