"""A wheel, installed where there is no checkout, is all of Tocsin."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=cwd)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "-w",
        str(folder),
        str(ROOT),
        cwd=folder,
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def test_it_holds_every_package_and_what_they_read(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "firmware_sim/scenarios/kitchen.toml",
        "tocsin/demo/site/registry.toml",
        "gateway/app.py",
        "ingest/app.py",
        "alerting/app.py",
        "console/app.py",
        "console/static/index.html",
        "alerting/migrations/r0001_as_it_was.py",
        "registry/migrations/r0001_versions.py",
        "registry/store/store.py",
        "registry/attachments/svg.py",
        "duties/migrations/r0001_events.py",
        "reports/__main__.py",
        "runtime/py.typed",
        "contract/py.typed",
        "contract/http/openapi.py",
        "words/py.typed",
        *(f"words/vi/{file.name}" for file in (ROOT / "words" / "vi").glob("*.po")),
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "console/web/"))]


@pytest.mark.timeout(400)
def test_a_gateway_installs_little_and_the_center_adds_the_rest(wheel: Path, tmp_path: Path) -> None:
    python, tocsin = tmp_path / "env" / "bin" / "python", str(tmp_path / "env" / "bin" / "tocsin")
    assert run(sys.executable, "-m", "venv", str(tmp_path / "env"), cwd=tmp_path).returncode == 0

    def install(what: str) -> None:
        installed = run(str(python), "-m", "pip", "install", "--quiet", what, cwd=tmp_path)
        assert installed.returncode == 0, installed.stderr

    config = tmp_path / "gateway.toml"
    config.write_text(
        'premises = "p"\ngateway = "g"\ndata_dir = "d"\n[[lines]]\nname = "l"\nport = "p"\n'
    )
    install(str(wheel))
    assert "ok" in run(tocsin, "gateway", "--config", str(config), "--check", cwd=tmp_path).stdout
    without = run(tocsin, "alerting", "--check", cwd=tmp_path)
    assert without.returncode == 2
    assert "pip install 'tocsin[center]'" in without.stderr

    install(f"{wheel}[center]")
    for verb in ("gateway", "receiver", "ingest", "alerting", "sim", "registry", "demo"):
        assert run(tocsin, verb, "--help", cwd=tmp_path).returncode == 0
    assert "store" not in run(tocsin, "ingest", "--check", cwd=tmp_path).stderr
