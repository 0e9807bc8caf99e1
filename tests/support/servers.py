"""Real servers on free loopback ports, with data of their own, ended by the test that began them."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import create_engine, text

PAGES = Path(__file__).parents[2] / "console" / "static"
"""The built pages of the duty desk: make console."""


def free_port() -> int:
    """A loopback port that nobody listens on at the moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def program(name: str) -> str:
    """The path of a server program; skips the test where it is missing, or fails it under CI."""
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path is None:
        raise_missing(f"{name} is not installed; 'make servers' installs it")
    return path


def raise_missing(reason: str) -> NoReturn:
    """Skip the test for *reason*, something that it needs, or fail it under CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def built_pages() -> Path:
    """Return the folder of the built pages of the duty desk; skips or fails likewise."""
    if not (PAGES / "index.html").is_file():
        raise_missing("the pages of the desk are not built; 'make console' builds them")
    return PAGES


@dataclass
class Server:
    """A running server program, which a test may kill and start again on the same port."""

    command: list[str]
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        self._wait_until_it_listens()

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"{self.command[0]} ended at once: {self.log.read_text()[-2000:]}")
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(
            f"{self.command[0]} does not listen on {self.port}: {self.log.read_text()[-2000:]}"
        )


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def mosquitto(folder: Path, *, extra: str = "") -> Iterator[Server]:
    """A mosquitto that anybody on this machine may use."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
        f"max_queued_messages 0\n{extra}\n"
    )
    command = [program("mosquitto"), "-c", str(config)]
    with running(Server(command, port, folder / "mosquitto.log")) as server:
        yield server


@contextmanager
def influxdb1(folder: Path, *, http: str = "") -> Iterator[Server]:
    """An InfluxDB 1.x without databases and, unless *http* says otherwise, without passwords."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "influxdb.conf"
    config.write_text(
        f"""
reporting-disabled = true
bind-address = "127.0.0.1:{free_port()}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
{http}
"""
    )
    command = [program("influxd"), "run", "-config", str(config)]
    with running(Server(command, port, folder / "influxd.log")) as server:
        yield server


INFLUXD2 = "TOCSIN_TEST_INFLUXD2"
"""The environment variable that names the program of an InfluxDB 2 (docs/operating.md)."""

INFLUXDB2_TOKEN = "a-token-of-the-tests-alone"  # noqa: S105


@contextmanager
def influxdb2(folder: Path) -> Iterator[Server]:
    """An InfluxDB 2 with the organization and the bucket ``tocsin``; skips where none is named."""
    name = os.environ.get(INFLUXD2)
    if name is None:
        pytest.skip(f"{INFLUXD2} does not name the program of an InfluxDB 2")
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        program(name),
        f"--http-bind-address=127.0.0.1:{port}",
        f"--bolt-path={folder / 'influxd.bolt'}",
        f"--sqlite-path={folder / 'influxd.sqlite'}",
        f"--engine-path={folder / 'engine'}",
        "--reporting-disabled",
    ]
    with running(Server(command, port, folder / "influxd.log")) as server:
        asked = {"username": "tocsin", "password": "of-the-tests", "token": INFLUXDB2_TOKEN}
        influxdb2_api(server, "setup", asked | {"org": "tocsin", "bucket": "tocsin"})
        yield server


def influxdb2_api(server: Server, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer of the InfluxDB 2 at *server* to a request of its administrator."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/v2/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Token {INFLUXDB2_TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[Server]:
    """A VictoriaMetrics, which takes InfluxDB 2 writes; one reading a millisecond and point is kept."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        program("victoria-metrics"),
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-dedup.minScrapeInterval=1ms",
        "-retentionPeriod=10y",
        "-loggerLevel=WARN",
        "-memory.allowedBytes=256MB",
    ]
    with running(Server(command, port, folder / "victoria-metrics.log")) as server:
        yield server


def library(name: str, package: str) -> Path:
    """The path of a shared library; skips the test where it is missing, or fails it under CI."""
    for found in sorted(Path("/usr/lib").glob(f"*/{name}")):
        return found
    reason = f"{package} is not installed; 'make servers' installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A PostgreSQL whose user postgres needs no password; nothing of it is meant to last.

    It refuses to run as root, and runs as Debian's user postgres there.
    """
    become: list[str] = []
    if os.geteuid() == 0:
        user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        become = [program("setpriv"), *user]
    # Not below the tests' own folder, which no other user may enter.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        home = Path(name)
        if become:
            shutil.chown(home, "postgres", "postgres")
        with running(_postgresql(home, become, folder / "postgresql.log")) as server:
            yield server


_numbers = count()


def empty_database(server: Server, *, like: str = "template1") -> str:
    """The URL of a new database of the PostgreSQL at *server*, a copy of the one named *like*."""
    base, name = f"postgresql+psycopg://postgres@127.0.0.1:{server.port}", f"test_{next(_numbers)}"
    engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    engine.dispose()
    return f"{base}/{name}"


@contextmanager
def own_database(server: Server, *, like: str = "template1") -> Iterator[str]:
    """The URL of a new database, which is gone after the block: hundreds fill a disk of memory."""
    url = empty_database(server, like=like)
    yield url
    base, _, name = url.rpartition("/")
    engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _postgresql(home: Path, become: list[str], log: Path) -> Server:
    data, port = home / "data", free_port()
    making = [*become, _postgresql_program("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
    done = subprocess.run([*making, "--no-sync"], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"initdb: {done.stderr[-2000:]}")
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [*become, _postgresql_program("postgres"), "-D", str(data), "-p", str(port), *given]
    return Server(command, port, log)


def _postgresql_program(name: str) -> str:
    """Debian keeps all but the clients beside their version."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(beside[-1]) if beside else program(name)
