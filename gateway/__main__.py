"""The steady process of a gateway, begun by ``tocsin gateway`` alone (gateway/handover.py)."""

# isort: off
import runtime.without_rich  # noqa: F401 (before structlog, which would load it)

# isort: on
import sys

from gateway import app
from gateway.handover import read_plan
from runtime.log import set_up_log
from runtime.process import run_process


def main() -> int:
    """Run the gateway of the plan that was handed over, until it is asked to stop."""
    plan = read_plan(int(sys.argv[1]))
    set_up_log(plan.log_format, plan.log_level)
    return run_process(lambda: app.run(plan))


if __name__ == "__main__":
    sys.exit(main())
