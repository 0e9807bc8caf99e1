"""A search of all detectors on a polled line by their serial numbers (docs/protocol.md, 2.1)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract.polling import SERIAL_DIGITS, DetectorIdentity

_DIGITS = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class LineSurvey:
    """Detectors of a line: *found* by serial number; *double* addresses and *unclear* serial numbers.

    *missing* addresses are configured, and nobody has them; *unknown* ones are not configured. Those in
    *answering* were not found by a serial number, but answer when they are asked.
    """

    found: tuple[DetectorIdentity, ...]
    double: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    answering: tuple[str, ...]
    unclear: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether each configured address is there once."""
        return not (self.double or self.missing or self.unclear)


class DetectorSearch:
    """The prefixes that are still to be asked, and who was found.

    Where several answer at once, the sixteen longer prefixes are asked: each detector is alone at last,
    or a whole serial number is there twice.
    """

    def __init__(self) -> None:
        self._prefixes = [""]
        self.found: dict[str, DetectorIdentity] = {}
        self.unclear: list[str] = []

    def next(self) -> str | None:
        """Return the prefix to ask; None when all are found."""
        return self._prefixes.pop() if self._prefixes else None

    def note(self, prefix: str, identities: Sequence[DetectorIdentity], *, is_garbled: bool) -> None:
        """Note what was heard when *prefix* was asked."""
        mine = [each for each in identities if each.serial.startswith(prefix)]
        for each in mine:
            self.found[each.serial] = each
        if not is_garbled and len(mine) <= 1:
            return
        if len(prefix) < SERIAL_DIGITS:
            self._prefixes += [prefix + digit for digit in reversed(_DIGITS)]
        else:
            self.unclear.append(prefix)

    def survey(self, configured: Sequence[str], answering: Iterable[str] = ()) -> LineSurvey:
        """Return who is there, compared with the *configured* addresses."""
        by_address: dict[str, list[str]] = defaultdict(list)
        for each in self.found.values():
            by_address[each.address].append(each.serial)
        answers = set(answering) - set(by_address)
        return LineSurvey(
            found=tuple(sorted(self.found.values(), key=lambda each: each.address)),
            double={name: tuple(sorted(has)) for name, has in by_address.items() if len(has) > 1},
            missing=tuple(each for each in configured if each not in by_address and each not in answers),
            unknown=tuple(sorted(set(by_address) - set(configured))),
            answering=tuple(sorted(answers)),
            unclear=tuple(self.unclear),
        )
