"""A center on disk with its settings, a registry and an authority, for tests of keys."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from typer.testing import CliRunner, Result

from tests.support.house import GATEWAY, PREMISES, registry
from tocsin.__main__ import app

WORDS = "ba con cá vàng"
"""The passphrase of the root."""


@dataclass(frozen=True)
class CenterFiles:
    """The settings of alerting at *config*, and the folders of its keys."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "alerting.toml"

    @property
    def keys(self) -> Path:
        return self.folder / "alerting" / "pki"

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def run(self, *words: str) -> Result:
        """Run ``tocsin`` with *words* and the settings."""
        return CliRunner().invoke(app, [*words, "--config", str(self.config)])

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

    def import_registry(self, text: str | None = None) -> None:
        file = self.folder / "registry.toml"
        file.write_text(text or registry({"smoke-01": "smoke", "button-01": "manual"}))
        done = self.run("registry", "import", str(file))
        assert done.exit_code == 0, done.output


def center_files(folder: Path, *, extra: str = "", web_port: int = 0) -> CenterFiles:
    """Make a center with a registry and an authority in *folder*."""
    made = CenterFiles(folder)
    made.config.write_text(
        f'data_dir = "{folder}/alerting"\n{extra}\n[web]\nport = {web_port}\n'
        '[command_center]\nwebhook = "http://127.0.0.1:9/relay"\n'
        'topic = "command-center"\n[channels.mqtt]\n'
    )
    made.import_registry()
    made.init()
    return made
