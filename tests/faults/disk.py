"""A small disk of its own for one folder, to be filled, and pages to be spoiled."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

MIB = 1_048_576


@contextmanager
def small_disk(folder: Path, *, mib: int) -> Iterator[None]:
    """A file system of so many MiB at *folder*, within the block; only root may have one."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk to fill; run this as root to see it")
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(folder)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = f"no small disk can be mounted here: {done.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave not one byte."""
    with (folder / "filler").open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4_096))
    with (folder / "filler").open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x")


def empty(folder: Path) -> None:
    """Make room again."""
    (folder / "filler").unlink()


def tear(file: Path) -> None:
    """Leave the first half of the file, as a power cut does to one that was never synced."""
    os.truncate(file, max(1, file.stat().st_size // 2))


def flip(file: Path) -> None:
    """The first page comes back inverted."""
    page = file.read_bytes()[:4_096]
    with file.open("r+b") as opened:
        opened.write(bytes(byte ^ 0xFF for byte in page))


@contextmanager
def ailing_disk(folder: Path, image: Path, *, mib: int) -> Iterator["AilingDisk"]:
    """A disk of so many MiB at *folder* that can fail as disks do, within the block."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk that fails; run this as root to see it")
    with image.open("wb") as file:
        file.truncate(mib * MIB)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True, capture_output=True)
    disk = AilingDisk(folder, image)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


@dataclass
class AilingDisk:
    """A file system whose kernel can be told that it found an error: from then on it is read-only."""

    folder: Path
    image: Path

    def mount(self) -> None:
        options = "loop,errors=remount-ro"
        mounting = ["mount", "-o", options, str(self.image), str(self.folder)]
        done = subprocess.run(mounting, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = f"no disk can be mounted from a file here: {done.stderr.strip()}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fail(self) -> None:
        """The kernel finds an error: nothing can be written any more."""
        found = subprocess.run(
            ["findmnt", "-n", "-o", "SOURCE", str(self.folder)],
            capture_output=True,
            text=True,
            check=True,
        )
        device = Path(found.stdout.strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("a test")

    def repair(self) -> None:
        """Check the disk, once nothing uses it, and mount it again, as a person would."""
        subprocess.run(["umount", str(self.folder)], check=True)
        subprocess.run(["e2fsck", "-fy", str(self.image)], check=False, capture_output=True)
        self.mount()
