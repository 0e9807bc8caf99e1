"""Alerting of this tree or another one as a process, seen from outside."""

import http.client
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import free_port

HERE = Path(__file__).parent.parent

PREMISES = """
[[premises]]
id = "{name}"
name = "{title}"

[[gateways]]
id = "gw"
name = "gw"
premises = "{name}"

[[zones]]
id = "hall"
premises = "{name}"
name = "hall"

"""

POINT = """
[[points]]
id = "{point}"
premises = "{name}"
zone = "hall"
gateway = "gw"
kind = "{kind}"
"""

POINTS = 20
"""Smoke detectors of one premises in a storm."""

FIRST_ANSWER_S = 60.0


def program(tree: Path = HERE) -> list[str]:
    """Return the command of ``tocsin`` in *tree*; of another one it stands in its environment."""
    if tree.resolve() == HERE.resolve():
        return [sys.executable, "-m", "tocsin"]
    return [str(tree.resolve() / ".venv" / "bin" / "tocsin")]


def in_tree(tree: Path, code: str, *arguments: str) -> str:
    """Run *code* by the Python of *tree*; return what it printed."""
    command = [str(tree / ".venv" / "bin" / "python"), "-c", code, *arguments]
    return subprocess.run(command, cwd=tree, check=True, stdout=subprocess.PIPE, text=True).stdout


def registry_of(names: Sequence[str], *, title: str = "bench", points: int = 0) -> str:
    """Return a registry of premises with *names*, each with a call point and smoke *points*, as TOML."""
    kinds = {"button": "manual"} | {f"smoke-{number}": "smoke" for number in range(points)}
    return "".join(
        PREMISES.format(name=name, title=title)
        + "".join(POINT.format(name=name, point=each, kind=kind) for each, kind in kinds.items())
        for name in names
    )


def raise_file_limit() -> None:
    """Let this process and its children open as many files as the system lets them."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cpu_seconds(pid: int) -> float:
    """Return the processor time that the process took."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answers(port: int, path: str) -> bool:
    """Return whether a GET of *path* at *port* is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def process(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command* within the block; what it writes goes to *log*."""
    with log.open("ab") as file:
        running = subprocess.Popen(command, stdout=file, stderr=file, cwd=log.parent)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def wait_until_it_answers(running: subprocess.Popen[bytes], port: int, *, path: str, log: Path) -> None:
    """Wait until *path* at *port* is answered; raises RuntimeError with the end of the *log* if not."""
    until = time.monotonic() + FIRST_ANSWER_S
    while not answers(port, path):
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{path} does not answer:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


@dataclass(frozen=True)
class Center:
    """A running alerting: its process id, the port of its HTTP interface, and how to import."""

    pid: int
    port: int
    config: Path
    command: Sequence[str]

    @property
    def token_file(self) -> Path:
        """The file of the token that it made at its first start; earlier versions make none."""
        return self.config.parent / "data" / "web-token"

    @property
    def headers(self) -> dict[str, str]:
        """The header that shows the token, where there is one."""
        file = self.token_file
        return {"Authorization": f"Bearer {file.read_text().strip()}"} if file.exists() else {}

    def import_registry(self, file: Path) -> None:
        """Import the registry in *file*, as an operator does."""
        _import(self.command, file, self.config)


def _import(command: Sequence[str], file: Path, config: Path) -> None:
    full = [*command, "registry", "import", str(file), "--config", str(config)]
    done = subprocess.run(full, capture_output=True, text=True, check=False, cwd=config.parent)
    if done.returncode:
        raise RuntimeError(f"{' '.join(full)}: {done.stdout}{done.stderr}")


@contextmanager
def center(
    folder: Path, *, tree: Path, broker: int, webhook: str, registry: str, extra: str = ""
) -> Iterator[Center]:
    """Run the alerting of *tree* within the block; *extra* goes on at the top of its settings."""
    folder.mkdir(parents=True)
    port, config, file = free_port(), folder / "alerting.toml", folder / "registry.toml"
    config.write_text(
        f'data_dir = "{folder}/data"\n{extra}\n[broker]\nhost = "127.0.0.1"\nport = {broker}\n'
        f'[web]\nport = {port}\n[command_center]\nwebhook = "{webhook}"\n'
    )
    file.write_text(registry)
    command = program(tree)
    _import(command, file, config)
    log = folder / "alerting.log"
    with process([*command, "alerting", "--config", str(config)], log) as running:
        wait_until_it_answers(running, port, path="/healthz", log=log)
        yield Center(running.pid, port, config, command)
