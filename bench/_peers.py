"""Programs of others that do a part of what Tocsin does, run as they come: Alertmanager and Telegraf."""

import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bench._tree import process, wait_until_it_answers
from tests.support.servers import free_port

# One notification for each premises, as soon as an alert of it comes: the quickest that can be set.
ALERTMANAGER = """
route:
  receiver: desk
  group_by: [premises]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
receivers:
  - name: desk
    webhook_configs:
      - url: {url}
        send_resolved: false
"""

# Line protocol costs Telegraf least of all formats; one write may be as large as one of Tocsin's.
TELEGRAF = """
[agent]
  interval = "1s"
  flush_interval = "100ms"
  metric_batch_size = 10000
  metric_buffer_limit = 10000000
  omit_hostname = true
  quiet = true
[[inputs.mqtt_consumer]]
  servers = ["tcp://127.0.0.1:{broker}"]
  topics = ["lines/#"]
  qos = 1
  client_id = "telegraf"
  persistent_session = true
  topic_tag = ""
  max_undelivered_messages = 1000
  data_format = "influx"
  influx_timestamp_precision = "1us"
[[outputs.influxdb]]
  urls = ["http://127.0.0.1:{influxdb}"]
  database = "{database}"
  content_encoding = "identity"
"""


def found(*names: str) -> str | None:
    """Return the path of the first of the programs *names* that is installed."""
    return next(filter(None, map(shutil.which, names)), None)


def alertmanager_program() -> str | None:
    """Return Alertmanager under its own name, or under that of Debian's package."""
    return found("alertmanager", "prometheus-alertmanager")


def telegraf_program() -> str | None:
    """Return Telegraf, if it is installed."""
    return found("telegraf")


def version(program: str) -> str:
    """Return the first line of what *program* says of its version."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[0]


class Alertmanager:
    """A running Alertmanager, and a connection to it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._connection.connect()

    def post(self, alerts: Sequence[tuple[str, int]]) -> None:
        """Post *alerts*, each of a point of premises."""
        now = datetime.now().astimezone().isoformat()
        body = [
            {
                "labels": {"alertname": "fire", "premises": premises, "point": f"point-{point}"},
                "annotations": {"at": now},
                "startsAt": now,
            }
            for premises, point in alerts
        ]
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/api/v2/alerts", json.dumps(body), headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"Alertmanager refused an alert: {answer.status} {text[:200]!r}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def alertmanager(program: str, folder: Path, url: str) -> Iterator[Alertmanager]:
    """Run Alertmanager, which notifies *url*, within the block."""
    folder.mkdir(parents=True)
    port, config, log = free_port(), folder / "alertmanager.yml", folder / "alertmanager.log"
    config.write_text(ALERTMANAGER.format(url=url))
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    with process(command, log) as running:
        wait_until_it_answers(running, port, path="/-/ready", log=log)
        one = Alertmanager(port)
        yield one
        one.close()


@contextmanager
def telegraf(
    program: str, folder: Path, *, broker: int, influxdb: int, database: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run Telegraf from the broker into InfluxDB within the block."""
    folder.mkdir(parents=True)
    config, log = folder / "telegraf.conf", folder / "telegraf.log"
    config.write_text(TELEGRAF.format(broker=broker, influxdb=influxdb, database=database))
    with process([program, "--config", str(config)], log) as running:
        yield running
