"""``python -m alerting.registry_work.worker``: performs the one task on its standard input."""

import asyncio
import os
import sys

import msgspec

from alerting.registry_work.orders import FailedReport, Progress, Said, Task
from alerting.registry_work.performing import perform
from alerting.store.errors import DatabaseError
from runtime.database import BadDatabase
from runtime.process import CannotStart

NICER = 10
"""The priority is so much lower than that of alarms: whoever waits for a check waits a little longer."""


def main() -> None:
    """Read the task, and write its progress and its report, a line each."""
    os.nice(NICER)
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    try:
        report: Said = asyncio.run(
            perform(task, lambda done, total: _say(Progress(done=done, total=total)))
        )
    except (BadDatabase, CannotStart, ValueError) as error:
        report = FailedReport(reason=str(error))
    except DatabaseError as error:
        report = FailedReport(reason=f"the database does not answer ({error.orig}); try again")
    _say(report)


def _say(said: Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
