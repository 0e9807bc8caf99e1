"""Takes files in and hands them out: read in pieces, made harmless in a process, kept in the folder."""

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO, TypeVar

import msgspec

from registry.attachments.bounds import FileBounds
from registry.attachments.cleaning import TARGET, CleaningOrder, CleaningResult
from registry.attachments.folder import FileFolder, FileRecord
from runtime.bounded_work import MIB, BoundedWork, TooBusy, WorkLimits
from runtime.own_thread import PurposeThreads

R = TypeVar("R")

MOST_AT_ONCE = 8
"""Files that arrive at the same time; all others are asked to come again."""

LONGEST_ENDING = 10
"""Characters of the ending of a name that are compared with the content."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is sent: its *name*, the one *page* of a PDF to draw, by whom and when."""

    by: str
    at: int
    name: str = ""
    page: int | None = None


class FileService:
    """Keeps files in *folder* within *bounds*, made harmless by *work*; no alarm waits for a file."""

    def __init__(self, folder: FileFolder, bounds: FileBounds, work: BoundedWork) -> None:
        self.bounds = bounds
        self.work = work
        self._folder = folder
        self._threads = PurposeThreads("files", 2)
        self._arriving = 0

    async def add(self, pieces: AsyncIterator[bytes], new: NewFile) -> FileRecord:
        """Return the file of *pieces* as it is kept; raises WorkRefused, TooBusy, NoRoom or OSError."""
        if self._arriving >= MOST_AT_ONCE:
            raise TooBusy("too many files arrive at the same time; try again in a minute")
        self._arriving += 1
        try:
            with ExitStack() as stack:
                return await self._add(pieces, new, stack)
        finally:
            self._arriving -= 1

    async def content(self, name: str) -> tuple[FileRecord, bytes]:
        """Return the file of the hash *name*; raises NoSuchFile or DamagedFile."""
        return await self._threads.run(partial(self._folder.content, name))

    async def record(self, name: str) -> FileRecord:
        """Return what is known of the file of the hash *name*; raises NoSuchFile or DamagedFile."""
        return await self._threads.run(partial(self._folder.record, name))

    async def in_thread(self, work: Callable[[], R]) -> R:
        """Return the answer of *work*, which takes a while, in one of the threads of files."""
        return await self._threads.run(work)

    async def _add(self, pieces: AsyncIterator[bytes], new: NewFile, stack: ExitStack) -> FileRecord:
        await self._threads.run(partial(self._folder.check_account, new.by, 1))
        await self._threads.run(partial(self._folder.check_room, 2 * self.bounds.bytes))
        _, sent = await self._threads.run(lambda: stack.enter_context(self._folder.new_file()))
        uploaded = hashlib.sha256()
        async for piece in pieces:
            uploaded.update(piece)
            await self._threads.run(partial(sent.write, piece))
        path, made = await self._threads.run(lambda: stack.enter_context(self._folder.new_file()))
        answer = await self._clean(sent, made, new)
        return await self._threads.run(
            partial(
                self._keep,
                path,
                msgspec.json.decode(answer, type=CleaningResult),
                new,
                uploaded.hexdigest(),
            )
        )

    async def _clean(self, sent: BinaryIO, made: BinaryIO, new: NewFile) -> bytes:
        await self._threads.run(lambda: (sent.flush(), sent.seek(0)))
        ending = PurePath(new.name).suffix[:LONGEST_ENDING]
        order = CleaningOrder(
            self.bounds, ending if ending.isascii() and ending.isprintable() else "", new.page
        )
        return await self.work.run_on_files(
            TARGET, msgspec.json.encode(order), source=sent.fileno(), result=made.fileno()
        )

    def _keep(self, path: Path, made: CleaningResult, new: NewFile, uploaded: str) -> FileRecord:
        with path.open("rb") as file:
            name, size = hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size
        self._folder.check_account(new.by, size)
        record = FileRecord(
            hash=name,
            uploaded_hash=uploaded,
            kind=made.kind,
            bytes=size,
            width=made.width,
            height=made.height,
            pages=made.pages,
            removed=made.removed,
            at=new.at,
            by=new.by,
        )
        self._folder.keep(path, record)
        return record


def open_files(folder: FileFolder, bounds: FileBounds) -> FileService:
    """Return the service of *folder*: one file or form is worked on at a time, and eight wait."""
    limits = WorkLimits(result_mib=max(64, 2 * bounds.bytes // MIB + 1))
    return FileService(folder, bounds, BoundedWork(limits))
