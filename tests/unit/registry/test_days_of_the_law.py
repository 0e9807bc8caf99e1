"""A day is that of the law's time zone, whatever zone the machine has: before 07:00 they differ."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("accounts", "alerting", "duties", "registry", "reports", "tocsin")
OF_THE_MACHINE = re.compile(r"\.astimezone\(\)\.date\(\)|date\.today\(\)")


def test_no_program_of_the_center_takes_the_day_of_its_machine() -> None:
    files = [each for package in PACKAGES for each in (ROOT / package).rglob("*.py")]
    found = [str(each.relative_to(ROOT)) for each in files if OF_THE_MACHINE.search(each.read_text())]
    assert (len(files) > 100, found) == (True, [])
