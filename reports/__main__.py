"""The process that makes one report: its order on standard input, the report on standard output.

Alerting starts it for each report, so that nothing of it shares threads or memory with an alarm
(docs/adr/0062).
"""

import os
import sys

import msgspec

from reports.making import make_report
from reports.order import ReportOrder
from reports.reading import reading
from words.loading import catalogue

NICE = 10
"""The priority of the process: below all that serves alarms."""

WRONG_ORDER = 3
"""The exit code where the order cannot be followed; the reason is on standard error."""


def main() -> int:
    """Make the report; return the exit code."""
    os.nice(NICE)
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=ReportOrder)
    try:
        with reading(order.database) as connection:
            report = make_report(connection, order, catalogue().words(order.language))
    except ValueError as error:
        print(error, file=sys.stderr)
        return WRONG_ORDER
    sys.stdout.buffer.write(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
