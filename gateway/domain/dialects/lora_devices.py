"""LoRaWAN detectors by model: the meaning of the fields that their makers' decoders write.

A network server decodes a payload with the codec that the maker publishes; each model reads what that
codec writes, and names where its fields were read. Of no known model, the common fields are read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.domain.dialects.common_fields import COMMON
from gateway.domain.dialects.profile import Field, Fields, Meaning, field_table, other_fields
from gateway.domain.dialects.values import Json

MISSED_HEARTBEATS = 2.2
"""Heartbeats after which a point is proposed to be silent: one that is lost on the air is no fault."""


@dataclass(frozen=True, slots=True)
class LoraModel:
    """A model of detectors, or several with one codec.

    *source* names where the fields were read. *heartbeat_s* is the longest time between two uplinks as
    its maker delivers it, None where none was found; *heartbeat_in* reads it from the payload itself.
    """

    name: str
    source: str
    is_of: Callable[[Fields], bool]
    fields: Mapping[str, Field]
    heartbeat_s: float | None = None
    heartbeat_in: Callable[[Fields], float | None] | None = None
    # Fields under other names, where the meaning of one depends on its word.
    read: Callable[[Fields], Fields] = dict

    def silent_after_s(self, fields: Fields) -> int | None:
        """Return the reporting time to propose for a point of this model, if its heartbeat is known."""
        own = self.heartbeat_in(fields) if self.heartbeat_in is not None else None
        heartbeat_s = own or self.heartbeat_s
        return None if heartbeat_s is None else round(heartbeat_s * MISSED_HEARTBEATS)


def model_of(fields: Fields) -> LoraModel | None:
    """Return the model that wrote *fields*; None if it is not known."""
    return next((model for model in MODELS if model.is_of(fields)), None)


def _table(fields: Mapping[str, Field]) -> Mapping[str, Field]:
    return {**COMMON, **fields}


def _words(meaning: Meaning, true: str = "", false: str = "") -> Field:
    return Field(meaning, frozenset(true.split()), frozenset(false.split()))


# Netvox RA02A (smoke and heat) and RA02C (CO and heat).


def _is_netvox(fields: Fields) -> bool:
    return fields.get("Device") in {"RA02A", "RA02C"}


def _read_netvox(fields: Fields) -> Fields:
    """Return *fields* with the battery's flag, which the codec appends to the voltage."""
    volt = fields.get("Volt")
    return dict(fields) if volt is None else {**fields, "battery_low": "low battery" in str(volt)}


NETVOX = LoraModel(
    name="Netvox RA02A, RA02C",
    source="TheThingsNetwork/lorawan-devices, vendor/netvox/payload/ra02a.js; heartbeat (Max Interval, "
    "3600 s): user manual of the RA02A, page 5, Data Report",
    is_of=_is_netvox,
    fields=_table(
        {
            "firealarm": _words(Meaning.SMOKE, false="no_alarm"),
            "hightempalarm": _words(Meaning.HEAT, false="no_alarm"),
            "coalarm": _words(Meaning.CO, false="no_alarm"),
            **field_table(temp=Meaning.TEMPERATURE),
            **other_fields("volt", "swver", "hwver", "datecode"),
            **other_fields("cmd", "status", "mintime", "maxtime", "batterychange", "alarmthreshold"),
        }
    ),
    heartbeat_s=3_600.0,
    read=_read_netvox,
)


# Milesight GS524N: one word for what happened.

_MILESIGHT_EVENTS: dict[str, dict[str, Json]] = {
    "normal": {"smoke": False, "test": False, "fault": False, "battery_low": False},
    "alarm": {"smoke": True, "test": False},
    # Its sounder was muted: nothing of the smoke, which ends with "normal".
    "silent": {"mute": True},
    "low battery": {"battery_low": True},
    "failover": {"fault": True},
    "removed": {"tamper": True},
    "installed": {"tamper": False},
    "testing alarm with normal battery": {"test": True, "battery_low": False},
    "testing alarm with low battery": {"test": True, "battery_low": True},
}


def _is_milesight(fields: Fields) -> bool:
    return fields.get("type") == "smoke sensor"


def _read_milesight(fields: Fields) -> Fields:
    """Return the meaning of the event beside the other fields; an unknown event cannot be read."""
    event = str(fields.get("event"))
    others = {name: value for name, value in fields.items() if name != "event"}
    return {**others, **_MILESIGHT_EVENTS.get(event, {"smoke": f"event {event}"})}


MILESIGHT = LoraModel(
    name="Milesight GS524N",
    source="Milesight-IoT/SensorDecoders, GS_Series/GS524N (README.md, GS524N_Decoder.js); heartbeat: "
    "not found",
    is_of=_is_milesight,
    fields=_table(other_fields("version", "protocol", "type", "concentration")),
    read=_read_milesight,
)


# Nexelec Origin, Origin+, Guard, Guard+: sentences for levels, a message for each subject.

NEXELEC = LoraModel(
    name="Nexelec Origin, Guard",
    source="TheThingsNetwork/lorawan-devices, vendor/nexelec/origin-plus-codec.js; heartbeat: not found",
    is_of=lambda fields: (
        fields.get("typeOfProduct") in {"Origin+ LoRa", "Origin LoRa", "Guard+ LoRa", "Guard LoRa"}
    ),
    fields=_table(
        {
            # "Remote": of a detector that it is linked with, which may have no LoRaWAN of its own.
            "smokealarm": _words(
                Meaning.SMOKE,
                true="local_smoke_alarm_activated remote_smoke_alarm_activated",
                false="smoke_alarm_non_activated",
            ),
            "smokelocalproducttest": _words(
                Meaning.TEST,
                true="local_smoke_test_was_done remote_smoke_test_was_done",
                false="smoke_test_off",
            ),
            "smokesensorstatus": _words(Meaning.FAULT, false="smoke_sensor_ok"),
            "smokesensoractivation": _words(Meaning.FAULT, false="smoke_sensor_activate"),
            "temphumsensorstatus": _words(Meaning.FAULT, false="t°/humidity_sensor_ok"),
            "antiteardetectionstatus": _words(
                Meaning.TAMPER,
                true="magnetic_base_not_detected product_removed_from_its_based_just_now "
                "magnetic_base_never_detected",
                false="magnetic_base_detected product_installed_on_its_base_just_now",
            ),
            **field_table(batterylevel=Meaning.BATTERY),
            **other_fields("typeofproduct", "typeofmessage", "hwversion", "swversion", "rmglifetime"),
            **other_fields("batteryvoltage", "smokealarmhush", "timesincelasttest"),
            **other_fields("digitalmaintenancecertificate", "timesincelastmaintenance"),
            **other_fields("reconfigurationsource", "reconfigurationstatus", "datalogenable"),
            **other_fields("dailyairenable", "smokedetectiononmagnetremovalenable", "pendingjoin"),
            **other_fields("nfcstatus", "loraregion", "datalognewmeasure", "datalogmeasurerepetition"),
            **other_fields("transmissionintervaldatalog", "d2dnetworkid"),
            **other_fields("temperaturemin", "temperaturemax", "temperatureavg"),
            **other_fields("humiditymin", "humiditymax", "humidityavg"),
        }
    ),
)


# Yobiiq SD-1001.

YOBIIQ = LoraModel(
    name="Yobiiq SD-1001",
    source="TheThingsNetwork/lorawan-devices, vendor/yobiiq/sd-1001.js and sd-1001-codec.yaml; "
    "heartbeat: not found",
    is_of=lambda fields: fields.get("deviceModel") == "SD-1001",
    fields=_table(
        {
            **field_table(
                smokealarm=Meaning.SMOKE,
                # Of a detector that it is linked with, which may have no LoRaWAN of its own.
                interconnectalarm=Meaning.SMOKE,
                faultalarm=Meaning.FAULT,
                lowbatteryalarm=Meaning.BATTERY_LOW,
                batterylevelinpercentage=Meaning.BATTERY,
            ),
            "testbuttonpressed": _words(Meaning.TEST, true="pushed"),
            # The codec stopped in the middle of the payload: what it did not read may be an alarm.
            "error": _words(Meaning.SMOKE),
            **other_fields("powerevent", "hardwareversion", "firmwareversion", "deviceserialnumber"),
            **other_fields("deviceclass", "codecversion", "devicemodel", "productcode"),
            **other_fields("manufacturer", "info", "warning"),
        }
    ),
)


# TG563A: all of its state in each message, as bits.


def _is_tg563a(fields: Fields) -> bool:
    status = fields.get("status")
    return isinstance(status, dict) and "smokeChamberFailure" in status


def _read_tg563a(fields: Fields) -> Fields:
    """Return *fields* with "unmounted" for "mounted", which says the opposite of a tamper."""
    status = fields.get("status")
    bits = dict(status) if isinstance(status, dict) else {}
    mounted = bits.pop("mounted", None)
    unmounted = None if mounted is None else mounted in (0, False)
    return {**fields, "status": {**bits, "unmounted": unmounted}}


def _period_of_tg563a(fields: Fields) -> float | None:
    configuration = fields.get("configuration")
    hours = configuration.get("transmissionPeriod") if isinstance(configuration, dict) else None
    return hours * 3_600.0 if isinstance(hours, int | float) and 0 < hours <= 168 else None


TG563A = LoraModel(
    name="TG563A",
    source="sept-s/tg563a-payload-decoder, index.js and README.md; heartbeat: transmissionPeriod of "
    "each message, in hours",
    is_of=_is_tg563a,
    fields=_table(
        {
            **field_table(
                smokealarm=Meaning.SMOKE,
                batterylow=Meaning.BATTERY_LOW,
                unmounted=Meaning.TAMPER,
                toolongunmounted=Meaning.TAMPER,
                smokechamberfailure=Meaning.FAULT,
                fouledsmokechamber=Meaning.FAULT,
                ultrasonicsensorfailure=Meaning.FAULT,
                infraredsensorfailure=Meaning.FAULT,
                buzzerfailure=Meaning.FAULT,
                obstacledetected=Meaning.FAULT,
                airinletcovered=Meaning.FAULT,
                temperatureoutofrange=Meaning.FAULT,
            ),
            # In volts, where others write percent under the same name.
            **other_fields("batterylevel"),
            **other_fields("messagetype", "configuration", "brightness", "toolonginactivity"),
            **other_fields("serialnumber", "productiondate", "installationdate"),
            **other_fields("runningtimecounter", "smokealarmtimecounter", "testalarmtimecounter"),
            **other_fields("faulttimecounter", "smokealarmcounter", "testalarmcounter"),
            **other_fields("smokeerrorcounter", "lowbatterycounter", "smokealarmdeactivationcounter"),
            **other_fields("faultdeactivationcounter", "mountingcounter", "energyusage"),
            **other_fields("lightguidedirtiness", "foulingsmokechamber", "minimumtemperature"),
            **other_fields("maximumtemperature", "distancethreshold"),
        }
    ),
    heartbeat_in=_period_of_tg563a,
    read=_read_tg563a,
)


MODELS = (NETVOX, MILESIGHT, NEXELEC, YOBIIQ, TG563A)
