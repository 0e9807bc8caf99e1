"""CPU time that each verb takes until it has its answer: Python, imports and the little that it does.

``python -m bench.startup [--runs N]`` prints for each verb the median of N runs in seconds of CPU, which
a busy machine changes little, and its ratio to an interpreter that only imports typer. A verb
that asks meets a service that answers at once.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer

from contract.incidents import IncidentKind

BASE = [sys.executable, "-c", "import typer"]

VERBS = {
    "--help": ["--help"],
    "gateway --check": ["gateway", "--check", "--config", "deploy/local/gateway.toml"],
    "ingest --check": ["ingest", "--check", "--config", "deploy/local/ingest.toml"],
    "alerting --check": ["alerting", "--check", "--config", "deploy/local/alerting.toml"],
    "incident list": ["incident", "list"],
    "incident acknowledge": ["incident", "acknowledge", "01m8hxt9d276j3xc", "--by", "Lan"],
    "override list": ["override", "list"],
    "registry --help": ["registry", "--help"],
    "registry import --help": ["registry", "import", "--help"],
    "explain --help": ["explain", "--help"],
    "sim --help": ["sim", "--help"],
}

FIRE = {
    "kind": IncidentKind.FIRE,
    "id": "01m8hxt9d276j3xc",
    "part": "",
    "premises": {"id": "cho", "name": "Chợ", "address": "1"},
    "reason": "call_point",
    "opened_at": 1,
    "phase": "confirmed",
}


class Center(BaseHTTPRequestHandler):
    """Answers as alerting with one open fire."""

    def do_GET(self) -> None:
        """Answer with a list."""
        self._answer({"incidents": [FIRE], "overrides": [], "total": 1, "limit": 100})

    def do_POST(self) -> None:
        """Answer with the incident."""
        self._answer(FIRE)

    def _answer(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Write no log."""


def cpu_s(command: Sequence[str], url: str) -> float:
    """Return the CPU time of one run of *command*, in user and in system mode."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"TOCSIN_URL": url}
    subprocess.run(command, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(url: str, runs: int) -> dict[str, dict[str, float]]:
    """Return the median CPU time of each verb, and its ratio to the interpreter with typer."""
    base = statistics.median(cpu_s(BASE, url) for _ in range(runs))
    found = {"import typer": {"cpu_s": round(base, 3), "ratio": 1.0}}
    for name, words in VERBS.items():
        command = [sys.executable, "-m", "tocsin", *words]
        median = statistics.median(cpu_s(command, url) for _ in range(runs))
        found[name] = {"cpu_s": round(median, 3), "ratio": round(median / base, 1)}
    return found


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    server = HTTPServer(("127.0.0.1", 0), Center)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = measure(f"http://127.0.0.1:{server.server_address[1]}", options.runs)
    finally:
        server.shutdown()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
