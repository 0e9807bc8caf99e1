"""Names are found in bounded time, whatever the name servers do."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from runtime import host_names
from runtime.host_names import HostNames, NameUnknown
from runtime.hosts_file import HostsFile, is_address, parse_hosts
from tests.support.waiting import eventually


class NameServer:
    """Answers from *zone*; a name in *mute* is never answered until the test ends."""

    def __init__(self, **zone: str) -> None:
        self.zone = {name.replace("_", "."): address for name, address in zone.items()}
        self.mute = False
        self.questions: list[str] = []
        self.released = threading.Event()

    def look_up(self, host: str) -> list[str]:
        self.questions.append(host)
        if self.mute:
            self.released.wait()
        if host not in self.zone:
            raise OSError(-2, "Name or service not known")
        return [self.zone[host]]


@contextmanager
def serving(**zone: str) -> Iterator[NameServer]:
    server = NameServer(**zone)
    try:
        yield server
    finally:
        server.released.set()


class Monotonic:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def names(server: NameServer, file: Path | None = None, *, clock: Monotonic | None = None) -> HostNames:
    none = HostsFile(Path("/nonexistent/hosts"))
    return HostNames(file, look_up=server.look_up, hosts=none, monotonic=clock or Monotonic())


async def test_a_name_is_looked_up_once_while_its_address_is_fresh() -> None:
    with serving(desk_example="192.0.2.7") as server:
        ours = names(server)
        assert await ours.addresses("desk.example") == ("192.0.2.7",)
        assert await ours.addresses("desk.example") == ("192.0.2.7",)
        assert server.questions == ["desk.example"]


async def test_a_name_server_that_falls_mute_leaves_the_last_address_in_use() -> None:
    clock = Monotonic()
    with serving(desk_example="192.0.2.7") as server:
        ours = names(server, clock=clock)
        await ours.addresses("desk.example")
        server.mute, clock.now = True, clock.now + 86_400
        with capture_logs() as logs:
            assert await ours.addresses("desk.example") == ("192.0.2.7",)
    assert [entry["event"] for entry in logs] == ["name not resolved; last address used"]


async def test_the_address_of_yesterday_survives_a_restart_with_a_mute_name_server(
    tmp_path: Path,
) -> None:
    file = tmp_path / "addresses.json"
    with serving(desk_example="192.0.2.7") as server:
        await names(server, file).addresses("desk.example")
        await eventually(file.exists)
        server.mute = True
        assert await names(server, file).addresses("desk.example") == ("192.0.2.7",)


async def test_a_damaged_file_of_addresses_counts_as_empty(tmp_path: Path) -> None:
    file = tmp_path / "addresses.json"
    for content in (b"\x00\xff", b"[]", b'{"desk.example": ["not an address"]}'):
        file.write_bytes(content)
        with serving() as server, pytest.raises(NameUnknown, match=r"desk\.example"):
            await names(server, file).addresses("desk.example")


async def test_a_refused_answer_leaves_the_last_address_in_use_too() -> None:
    clock = Monotonic()
    with serving(desk_example="192.0.2.7") as server:
        ours = names(server, clock=clock)
        await ours.addresses("desk.example")
        server.zone.clear()
        clock.now += 3_600
        assert await ours.addresses("desk.example") == ("192.0.2.7",)


async def test_sixty_mute_names_delay_no_other_name_and_each_is_asked_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_names, "UNKNOWN_WAIT_S", 600.0)
    with serving(desk_example="192.0.2.7") as server:
        server.mute = True
        ours = names(server)
        mute = [
            asyncio.create_task(ours.addresses(f"mute{number}.example"))
            for number in range(60)
            for _ in range(2)
        ]
        await eventually(lambda: len(server.questions) == 60)
        server.mute = False
        assert await ours.addresses("desk.example") == ("192.0.2.7",)
        assert not any(task.done() for task in mute)
        for task in mute:
            task.cancel()
        assert len(server.questions) == 61


async def test_an_unknown_name_with_a_mute_name_server_is_an_error_in_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_names, "UNKNOWN_WAIT_S", 0.05)
    with serving() as server:
        server.mute = True
        with pytest.raises(NameUnknown, match=r"name resolution failed .no answer of the name server"):
            await names(server).addresses("desk.example")


async def test_look_ups_under_way_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_names, "UNKNOWN_WAIT_S", 0.05)
    monkeypatch.setattr(host_names, "MOST_AT_ONCE", 2)
    with serving() as server:
        server.mute = True
        ours = names(server)
        for number in range(5):
            with pytest.raises(NameUnknown):
                await ours.addresses(f"mute{number}.example")
        assert len(server.questions) == 2


@pytest.mark.parametrize("host", ["ubnd..example.vn", "a" * 300, "null\x00byte", "", "desk .vn"])
async def test_what_is_no_name_is_an_error_like_any_other(host: str, tmp_path: Path) -> None:
    names = HostNames(tmp_path / "addresses.json", hosts=HostsFile(tmp_path / "hosts"))
    with pytest.raises(NameUnknown, match="name resolution failed"):
        await names.addresses(host)


async def test_an_address_in_doubt_is_looked_up_again() -> None:
    with serving(desk_example="192.0.2.7") as server:
        ours = names(server)
        await ours.addresses("desk.example")
        server.zone["desk.example"] = "192.0.2.8"
        ours.doubt("desk.example")
        assert await ours.addresses("desk.example") == ("192.0.2.8",)


async def test_addresses_and_names_in_the_hosts_file_need_no_name_server(tmp_path: Path) -> None:
    listed = tmp_path / "hosts"
    listed.write_text("192.0.2.9 desk.example desk # the duty desk\n::1 localhost\n")
    with serving() as server:
        ours = HostNames(look_up=server.look_up, hosts=HostsFile(listed))
        assert await ours.addresses("192.0.2.1") == ("192.0.2.1",)
        assert await ours.addresses("[2001:db8::1]") == ("2001:db8::1",)
        assert await ours.addresses("Desk.Example") == ("192.0.2.9",)
        listed.write_text("192.0.2.10 desk.example another\n")
        assert await ours.addresses("desk.example") == ("192.0.2.10",)
        assert server.questions == []


@given(st.text())
def test_any_text_can_be_read_as_a_hosts_file(text: str) -> None:
    for name, addresses in parse_hosts(text).items():
        assert name
        assert addresses
        assert all(map(is_address, addresses))
