"""Fields that most bridges share, whatever their dialect."""

from gateway.domain.dialects.profile import Field, Meaning, field_table, other_fields

LOW = frozenset({"low", "critical", "empty", "nok", "replace", "defect", "dead"})
NOT_LOW = frozenset({"normal", "medium", "middle", "high", "full", "good", "ok"})
"""Words of a battery that is, and is not, low."""

_FAILED = frozenset({"failure", "failed", "check_failure", "fail", "fault", "error"})
_PASSED = frozenset({"success", "check_success", "passed", "pass", "completed", "not_completed"})
_RUNNING = frozenset({"checking", "running", "testing", "test", "detecting", "pending", "press"})
_STILL = _FAILED | _PASSED | frozenset({"others", "other", "idle", "comunication_timeout"})

# Words of enumerated levels: Tuya's smoke_state, Shelly Gas's gas.
_BURNS = frozenset(
    {"smoke", "fire", "mild", "heavy", "warning", "critical", "high", "leak", "leaking"}
    | {"smoke_detected", "fire_detected", "gas_detected", "co_detected", "heat_detected"}
    | {"smoke_alarm", "fire_alarm", "gas_alarm", "co_alarm", "heat_alarm"}
)
_CALM = frozenset({"no_alarm", "no_smoke", "no_fire", "no_gas", "no_smoke_detected", "standby", "dry"})


def _level(meaning: Meaning, *names: str) -> dict[str, Field]:
    return {name: Field(meaning, _BURNS, _CALM) for name in names}


COMMON: dict[str, Field] = {
    **_level(Meaning.SMOKE, "smoke", "smoke_state", "smoke_alarm", "smoke_detected", "smoke_status"),
    **_level(Meaning.SMOKE, "smoke_alarm_state", "smoke_sensor_state", "smoke_sensor_status"),
    **_level(Meaning.SMOKE, "fire", "fire_alarm", "fire_detected", "fire_state"),
    **_level(Meaning.HEAT, "heat", "heat_alarm", "heat_state", "heat_detected"),
    **_level(Meaning.CO, "carbon_monoxide", "carbon_monoxide_alarm", "carbon_monoxide_detected"),
    **_level(Meaning.CO, "co_alarm", "co_state", "co_status", "co_detected"),
    **_level(Meaning.GAS, "gas", "gas_alarm", "gas_state", "gas_detected", "gas_leak", "gas_status"),
    **_level(Meaning.WATER_LEAK, "water_leak", "water", "water_leak_state", "flood", "moisture"),
    **_level(Meaning.WATER_LEAK, "leak", "water_detected"),
    **field_table(
        fault=Meaning.FAULT,
        trouble=Meaning.FAULT,
        device_fault=Meaning.FAULT,
        fault_alarm=Meaning.FAULT,
        sensor_fault=Meaning.FAULT,
        supervision=Meaning.FAULT,
        battery_defect=Meaning.FAULT,
        ac_status=Meaning.FAULT,
        ac_fault=Meaning.FAULT,
        end_of_life=Meaning.FAULT,
        eol=Meaning.FAULT,
        problem=Meaning.FAULT,
        tamper=Meaning.TAMPER,
        tamper_alarm=Meaning.TAMPER,
        tampered=Meaning.TAMPER,
        test=Meaning.TEST,
        test_mode=Meaning.TEST,
        testing=Meaning.TEST,
        battery_low=Meaning.BATTERY_LOW,
        low_battery=Meaning.BATTERY_LOW,
        battery_alarm=Meaning.BATTERY_LOW,
        battery=Meaning.BATTERY,
        battery_percentage=Meaning.BATTERY,
        battery_level=Meaning.BATTERY,
        co=Meaning.CO_PPM,
        co_ppm=Meaning.CO_PPM,
        co_concentration=Meaning.CO_PPM,
        temperature=Meaning.TEMPERATURE,
        smoke_density_dbm=Meaning.SMOKE_DB_M,
        last_seen=Meaning.TIME,
    ),
    "battery_state": Field(Meaning.BATTERY_LOW, LOW, NOT_LOW),
    "reliability": Field(Meaning.FAULT, false=frozenset({"no_fault_detected"})),
    "device_status": Field(Meaning.FAULT),
    "self_test": Field(Meaning.TEST, _RUNNING, _STILL),
    "selftest": Field(Meaning.TEST, _RUNNING, _STILL),
    "self_test_result": Field(Meaning.FAULT, _FAILED, _PASSED | _RUNNING | _STILL),
    "checking_result": Field(Meaning.FAULT, _FAILED, _PASSED | _RUNNING | _STILL),
    **other_fields(
        "linkquality",
        "rssi",
        "voltage",
        "battery_voltage",
        "update",
        "update_available",
        "device",
        "device_temperature",
        "humidity",
        "pressure",
        "illuminance",
        "power_outage_count",
        "power_source",
        "smoke_density",
        "smoke_concentration",
        "smoke_value",
        "gas_value",
        "gas_density",
        "gas_concentration",
        "gas_sensitivity",
        "sensitivity",
        "preheat",
        "lifecycle",
        "silence",
        "mute",
        "muffling",
        "buzzer",
        "buzzer_manual_alarm",
        "buzzer_manual_mute",
        "heartbeat",
        "heartbeat_indicator",
        "linkage_alarm",
        "linkage_alarm_state",
        "max_duration",
        "duration",
        "warning",
        "siren_state",
        "alarm_smoke",
        "alarm_burglar",
        "burglar_alarm_state",
        "broadcast_alarm",
        "alarm_ringtone",
        "alarm_switch",
        "supervision_reports",
        "restore_reports",
        "identify",
        "elapsed",
    ),
}

ZONE_ALARMS = _level(Meaning.SMOKE, "alarm_1", "alarm_2", "alarm1", "alarm2")
"""The bits of an IAS zone that a bridge does not know better: a fire of what somebody configured as a
detector. Of others they may be a door."""
