"""Run every measurement, or those named, one after the other: ``python -m bench [NAME ...]``."""

import subprocess
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))

OF_OTHERS = frozenset({"table"})
"""Measurements that only run others; they are run if they are named."""

LONGEST_S = 1_200
"""Seconds after which a measurement is ended; none takes half of it on a calm machine of two cores."""


def succeeds(name: str) -> bool:
    """Run the measurement *name*; return whether it came to its end in time."""
    try:
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False, timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        print(f"{name} did not end within {LONGEST_S} s; run it alone", file=sys.stderr)
        return False
    return done.returncode == 0


def main() -> int:
    """Run the measurements; returns the number of those that failed."""
    wanted = sys.argv[1:] or [name for name in NAMES if name not in OF_OTHERS]
    unknown = set(wanted) - set(NAMES)
    if unknown:
        print(f"no measurement named {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
        return 2
    failed = 0
    for name in wanted:
        print(f"== {name}", file=sys.stderr)
        failed += not succeeds(name)
    return failed


if __name__ == "__main__":
    sys.exit(main())
