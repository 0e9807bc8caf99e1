"""What deploy/influxdb/influxdb1.iql makes of a real InfluxDB 1.x."""

import json
import subprocess
import urllib.parse
import urllib.request
from typing import Any

from tests.adapters.deploy.broker import DEPLOY
from tests.support.servers import Server

STATEMENTS = (DEPLOY / "influxdb" / "influxdb1.iql").read_text()


def ask(server: Server, query: str) -> list[dict[str, Any]]:
    body = urllib.parse.urlencode({"q": query}).encode()
    url = f"http://127.0.0.1:{server.port}/query"
    with urllib.request.urlopen(url, data=body, timeout=30) as answer:
        results: list[dict[str, Any]] = json.load(answer)["results"]
    return results


def policies(server: Server) -> list[dict[str, Any]]:
    (series,) = ask(server, 'SHOW RETENTION POLICIES ON "tocsin"')[0]["series"]
    return [dict(zip(series["columns"], row, strict=True)) for row in series["values"]]


def test_readings_are_kept_for_400_days_however_often_it_is_run(influxdb1_server: Server) -> None:
    ask(influxdb1_server, 'DROP DATABASE "tocsin"')
    try:
        for _ in range(2):
            assert not [each for each in ask(influxdb1_server, STATEMENTS) if "error" in each]
        (policy,) = policies(influxdb1_server)
        assert policy["default"] is True
        assert (policy["name"], policy["duration"], policy["shardGroupDuration"]) == (
            "autogen",
            "9600h0m0s",
            "168h0m0s",
        )
    finally:
        ask(influxdb1_server, 'DROP DATABASE "tocsin"')


def test_readings_that_ingest_stored_before_stay_where_they_are_found(influxdb1_server: Server) -> None:
    ask(influxdb1_server, 'DROP DATABASE "tocsin"; CREATE DATABASE "tocsin"')
    try:
        url = f"http://127.0.0.1:{influxdb1_server.port}/write?db=tocsin"
        with urllib.request.urlopen(url, data=b"reading value=1", timeout=30) as answer:
            assert answer.status == 204
        assert not [each for each in ask(influxdb1_server, STATEMENTS) if "error" in each]
        assert ask(influxdb1_server, "SELECT value FROM tocsin..reading")[0]["series"]
    finally:
        ask(influxdb1_server, 'DROP DATABASE "tocsin"')


def test_the_command_in_its_comment_is_the_one_that_runs_it(influxdb1_server: Server) -> None:
    command = next(line for line in STATEMENTS.splitlines() if "curl" in line).removeprefix("--").strip()
    command = command.replace(":8086", f":{influxdb1_server.port}")
    try:
        done = subprocess.run(["sh", "-c", command], cwd=DEPLOY.parent, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert policies(influxdb1_server)
    finally:
        ask(influxdb1_server, 'DROP DATABASE "tocsin"')
