"""The verb that writes the broker's rules keeps no gateway out by accident, and disturbs nobody else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pki.domain.broker_rules import gateways_in
from tests.support.authority import CenterFiles, center_files
from tests.support.house import GATEWAY, PREMISES

USER = f"{PREMISES}/{GATEWAY}"


@pytest.fixture
def center(tmp_path: Path) -> CenterFiles:
    return center_files(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "broker"
    made.mkdir()
    return made


@pytest.mark.parametrize("text", ["-1", "0", "1", "", "mosquitto", "{own}"])
def test_a_pid_file_that_names_another_process_ends_nothing(
    center: CenterFiles, folder: Path, text: str
) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    pid_file = folder / "pid"
    pid_file.write_text(text.format(own=other.pid))
    try:
        done = center.run("broker", "rules", "--folder", str(folder), "--pid-file", str(pid_file))
        assert "the broker was not told to read its rules" in done.output
        assert other.poll() is None
        assert gateways_in((folder / "acl").read_text()) == {USER}
    finally:
        other.communicate()


def test_a_write_that_fails_leaves_the_rules_before_whole(
    center: CenterFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "acl").write_text("user alerting\n")
    before = (folder / "acl").stat()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = center.run("broker", "rules", "--folder", str(folder))
    assert done.exit_code == 2
    assert "No space left on device" in done.output
    assert (folder / "acl").read_text() == "user alerting\n"
    monkeypatch.undo()
    center.answer("broker", "rules", "--folder", str(folder))
    after = (folder / "acl").stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_no_link_in_the_brokers_folder_is_followed(center: CenterFiles, folder: Path) -> None:
    other = folder / "of-somebody-else"
    other.write_text("kept\n")
    (folder / "acl").symlink_to(other)
    center.answer("broker", "rules", "--folder", str(folder))
    assert other.read_text() == "kept\n"


def test_a_registry_without_a_gateway_that_is_corrected_gives_it_its_password_back(
    center: CenterFiles, folder: Path
) -> None:
    passwords = folder / "passwords"
    passwords.write_text(f"alerting:a\n{USER}:b\n")
    center.answer("broker", "rules", "--folder", str(folder))
    right = (center.folder / "registry.toml").read_text()
    center.import_registry(center.without_gateway())
    center.answer("broker", "rules", "--folder", str(folder))
    assert passwords.read_text() == "alerting:a\n"
    assert (folder / "passwords.left").read_text() == f"{USER}:b\n"
    assert (folder / "passwords.left").stat().st_mode & 0o007 == 0
    center.import_registry(right)
    center.answer("broker", "rules", "--folder", str(folder))
    assert passwords.read_text() == f"alerting:a\n{USER}:b\n"
