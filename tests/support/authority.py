"""A center on disk with its settings, a registry and an authority, for tests of keys."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from typer.testing import CliRunner

from tests.support.house import GATEWAY, PREMISES, registry
from tests.support.warm_start import run_warm
from tocsin.__main__ import app

WORDS = "ba con cá vàng"
"""The passphrase of the root."""


@dataclass(frozen=True)
class Done:
    """A verb that has ended."""

    exit_code: int
    stdout: str
    output: str


def run_apart(*words: str) -> Done:
    """Run ``tocsin`` with *words* in a process of its own: while a service runs in this one."""
    done = run_warm(*words)
    return Done(done.returncode, done.stdout, done.stdout + done.stderr)


def run_here(*words: str) -> Done:
    """Run ``tocsin`` with *words* in this process."""
    done = CliRunner().invoke(app, [*words])
    return Done(done.exit_code, done.stdout, done.output)


@dataclass(frozen=True)
class CenterFiles:
    """The settings of alerting at *config*, and the folders of its keys; *tocsin* runs verbs."""

    folder: Path
    tocsin: Callable[..., Done] = run_here

    @property
    def config(self) -> Path:
        return self.folder / "alerting.toml"

    @property
    def keys(self) -> Path:
        return self.folder / "alerting" / "pki"

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def run(self, *words: str) -> Done:
        """Run ``tocsin`` with *words* and the settings."""
        return self.tocsin(*words, "--config", str(self.config))

    def answer(self, *words: str) -> Any:
        """The JSON answer of ``tocsin`` to *words*, which must succeed."""
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return msgspec.json.decode(done.stdout)

    def init(self) -> None:
        words = self.folder / "passphrase"
        words.write_text(f"{WORDS}\n")
        self.answer("pki", "init", "--root", str(self.root), "--passphrase-file", str(words))

    def invite(self, gateway: str = GATEWAY) -> str:
        return str(self.answer("pki", "invite", PREMISES, gateway)["code"])

    def without_gateway(self) -> str:
        """The registry with another gateway in the place of the one that was invited."""
        text = (self.folder / "registry.toml").read_text()
        return text.replace(f'"{GATEWAY}"', '"gw-7"')

    def import_registry(self, text: str | None = None) -> None:
        file = self.folder / "registry.toml"
        file.write_text(text or registry({"smoke-01": "smoke", "button-01": "manual"}))
        done = self.run("registry", "import", str(file))
        assert done.exit_code == 0, done.output


def center_files(folder: Path, *, extra: str = "", web_port: int = 0) -> CenterFiles:
    """Make a center with a registry and an authority in *folder*."""
    made = CenterFiles(folder)
    made.config.write_text(
        f'data_dir = "{folder}/alerting"\n{extra}\n[web]\nopen = true\nport = {web_port}\n'
        '[command_center]\nwebhook = "http://127.0.0.1:9/relay"\n'
        'topic = "command-center"\n[channels.mqtt]\n'
    )
    made.import_registry()
    made.init()
    return made
