"""Spellings of real modems where the standards leave a choice, or where modems deviate from them.

Each is drawn from its maker's public manual of AT commands and from what users of it reported; none is
a whole modem: what a family does not spell otherwise is as 3GPP TS 27.005 and 27.007 have it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

OK = b"\r\nOK\r\n"


class ModemFamily(StrEnum):
    """Modems with the same spelling."""

    STANDARD = "standard"
    SIM800 = "sim800"
    SIM7600 = "sim7600"
    SIM7670 = "sim7670"
    QUECTEL = "quectel"
    HUAWEI = "huawei"
    WAVECOM = "wavecom"
    TELIT = "telit"
    AI_THINKER = "ai-thinker"


@dataclass(frozen=True, slots=True)
class Spelling:
    """The habits of one family.

    *chatter* comes unasked, a line before each answer. *networks* are the answers to the registration
    commands that it knows. *unknown* answers a command that it does not know.
    """

    greeting: bytes = b"\r\nRDY\r\n\r\n+CPIN: READY\r\n"
    prompt: bytes = b"\r\n> "
    blank: bytes = b" "
    unknown: bytes = b"\r\nERROR\r\n"
    card_ends_with_ok: bool = True
    sending_ends_with_ok: bool = True
    escape_is_answered: bool = True
    chatter: tuple[bytes, ...] = ()
    networks: Mapping[str, str] | None = None

    def spell(self, command: str, answer: bytes) -> bytes:
        """Return *answer* to *command* as this family writes it."""
        if command.upper() == "AT+CPIN?" and not self.card_ends_with_ok:
            answer = answer.removesuffix(OK)
        return re.sub(rb"(\r\n\+[A-Z]+): ", rb"\1:" + self.blank, answer)


_LTE = {"+CREG": "0,2", "+CGREG": "0,2", "+CEREG": "0,1"}

SPELLINGS: Mapping[ModemFamily, Spelling] = {
    ModemFamily.STANDARD: Spelling(),
    ModemFamily.SIM800: Spelling(
        greeting=b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n\r\nSMS Ready\r\n",
        chatter=(b'\r\n+CMTI: "SM",3\r\n', b"\r\nUNDER-VOLTAGE WARNNING\r\n", b"\r\n+CREG: 1\r\n"),
        networks={"+CREG": "0,1", "+CGREG": "0,1"},
    ),
    ModemFamily.SIM7600: Spelling(
        chatter=(b"\r\nSMS DONE\r\n", b"\r\nPB DONE\r\n", b"\r\n+CEREG: 1\r\n"),
        networks={**_LTE, "+CEREG": '2,1,"2F4A","01B8C30D",7'},
    ),
    ModemFamily.SIM7670: Spelling(prompt=b"\r\n>\r\n", networks=_LTE),
    ModemFamily.QUECTEL: Spelling(
        chatter=(b"\r\n+QIND: SMS DONE\r\n", b'\r\n+QIND: "csq",20,99\r\n', b"\r\n+QUSIM: 1\r\n"),
        networks={**_LTE, "+CEREG": "0,5"},
    ),
    ModemFamily.HUAWEI: Spelling(
        greeting=b"\r\n^SYSSTART\r\n",
        unknown=b"\r\nCOMMAND NOT SUPPORT\r\n",
        chatter=(
            b"\r\n^RSSI:17\r\n",
            b"\r\n^MODE:5,4\r\n",
            b'\r\n^HCSQ:"LTE",51,42,151,22\r\n',
            b'\r\n+CUSD: 0,"TKG: 12500d, den 31/12. Soan > de biet them",15\r\n',
        ),
        networks={"+CREG": "0,1", "+CGREG": "0,1"},
    ),
    ModemFamily.WAVECOM: Spelling(
        greeting=b"\r\n+WIND: 1\r\n\r\n+WIND: 3\r\n\r\n+WIND: 4\r\n",
        card_ends_with_ok=False,
        sending_ends_with_ok=False,
        chatter=(b"\r\n+WIND: 7\r\n",),
        networks={"+CREG": "0,1"},
    ),
    ModemFamily.TELIT: Spelling(
        prompt=b"\r\n> ",
        escape_is_answered=False,
        chatter=(b"\r\n#QSS: 1\r\n", b"\r\nRING\r\n", b'\r\n+CLIP: "0900000009",129\r\n'),
        networks={"+CREG": "0,5", "+CGREG": "0,5"},
    ),
    ModemFamily.AI_THINKER: Spelling(blank=b"", networks={"+CREG": "1,1"}),
}
"""Sources for each habit: SIM800 and SIM7600 Series AT Command Manuals (SIMCom); the bare prompt of
the SIM7670G, gammu issue 1176; EC2x&EG9x AT Commands Manual (Quectel); AT Command Interface
Specification of the E-series (Huawei) and gammu issue 138; AT Commands Interface Guide (Wavecom) and
python-gsmmodem issue 19; AT Commands Reference Guide (Telit); no blank behind the colon, an A7 by
Ai-Thinker, python-gsmmodem issue 117."""
