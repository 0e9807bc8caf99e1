"""Report a line whose bytes look like the right ones at another speed or parity as a fault.

Two rules, for every line that is read as a stream:

- *Parity*: many different bytes, some with the eighth bit set, and all with an even (or all with an odd)
  number of bits: the peer sends seven bits and a parity, which is read as the eighth bit.
- *Speed*: nothing was understood since the port was opened, a quarter of what came is no text, and some
  of it are control characters. At another speed, bits are cut into bytes at the wrong places. A peer
  that speaks another language of text is not meant; one that speaks a binary one cannot be told apart.

Noise on a line that is understood in between is none of this, but ``line_noisy``.
"""

from enum import StrEnum

from contract.messages import Kind
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

_WRONG_SETTINGS = ConditionCause(Kind.FAULT, SignalReason.WRONG_LINE_SETTINGS)

_FEWEST_BYTES = 128
"""Less than this says nothing of the speed."""

_TEXT_SHARE, _CONTROL_SHARE = 0.75, 0.05

_FEWEST_VALUES, _FEWEST_HIGH = 16, 5
"""Different bytes, and those among them with the eighth bit: by chance they agree once in 2 ** 15."""

_TEXT = frozenset(range(0x20, 0x7F)) | {0x0A, 0x0D}

_CONTROL = (frozenset(range(0x20)) | frozenset(range(0x7F, 0xA0)) | {0xFF}) - _TEXT


class SettingsHint(StrEnum):
    """The setting to try; the values are part of a log line."""

    EVEN_PARITY = "the bytes have even parity: set frame to 7E1"
    ODD_PARITY = "the bytes have odd parity: set frame to 7O1"
    SPEED = "nothing was understood, and little of it is text: compare baud and frame with the peer's"


class LineSettingsWatch:
    """Watches the bytes of one line that were not understood."""

    def __init__(self, conditions: ConditionSet) -> None:
        self._conditions = conditions
        self._forget()
        self._was_understood = False

    def note_open(self) -> None:
        """Note that the port was opened (again): the settings may be other ones.

        What came before still counts while nothing is understood: polls have few bytes, and a line that
        is silent by its wrong settings is opened anew again and again.
        """
        self._was_understood = False

    def note_understood(self, moment: Moment) -> list[ConditionChange]:
        """Note that something was understood: the settings are right."""
        self._forget()
        self._was_understood = True
        return self._conditions.end(_WRONG_SETTINGS, moment)

    def note_bytes(self, data: bytes, moment: Moment) -> list[ConditionChange]:
        """Note bytes that were not understood."""
        self._values.update(data)
        self._count += len(data)
        self._text_count += sum(byte in _TEXT for byte in data)
        self._control_count += sum(byte in _CONTROL for byte in data)
        return self._conditions.begin(_WRONG_SETTINGS, moment) if self.hint else []

    @property
    def hint(self) -> SettingsHint | None:
        """The setting to try; None while nothing says that the settings are wrong."""
        odd = [byte.bit_count() % 2 for byte in self._values]
        high = sum(byte >= 0x80 for byte in self._values)
        if len(odd) >= _FEWEST_VALUES and high >= _FEWEST_HIGH and sum(odd) in {0, len(odd)}:
            return SettingsHint.ODD_PARITY if any(odd) else SettingsHint.EVEN_PARITY
        return SettingsHint.SPEED if self._looks_cut_wrongly() else None

    def _looks_cut_wrongly(self) -> bool:
        return (
            not self._was_understood
            and self._count >= _FEWEST_BYTES
            and self._text_count < _TEXT_SHARE * self._count
            and self._control_count >= _CONTROL_SHARE * self._count
        )

    def _forget(self) -> None:
        self._values: set[int] = set()
        self._count = self._text_count = self._control_count = 0
