"""Look up known vulnerabilities of everything in lock/: 0 none, 1 some, 2 the data could not be had."""

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

LOCKED = ("lock/dev.txt", "lock/build.txt", "lock/tools.txt")


class Dependency(TypedDict, total=False):
    """A library as pip-audit reports it: with its vulnerabilities, or why it was skipped."""

    name: str
    version: str
    skip_reason: str
    vulns: list[dict[str, str]]


def audited() -> list[Dependency]:
    """Ask pip-audit about each pinned version."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--disable-pip", "--no-deps"]
    files = [word for file in LOCKED for word in ("--requirement", file)]
    output = ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([*command, *files, *output], capture_output=True, text=True, check=False)
    try:
        found: list[Dependency] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        sys.exit(f"audit: pip-audit gave no result: {done.stderr.strip()[-500:]}")
    return found


def main() -> int:
    """Print what is known, and return the exit code."""
    found = audited()
    skipped = [each for each in found if "skip_reason" in each]
    vulnerable = [each for each in found if each.get("vulns")]
    for each in vulnerable:
        ids = ", ".join(vulnerability["id"] for vulnerability in each["vulns"])
        print(f"{each['name']} {each['version']}: {ids}; renew it with make lock ARGS=--upgrade")
    print(f"{len(found) - len(skipped)} libraries audited, {len(vulnerable)} of them vulnerable.")
    if skipped:
        print(f"{len(skipped)} not audited: no vulnerability data reached from here; run it elsewhere.")
    return 1 if vulnerable else 2 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
