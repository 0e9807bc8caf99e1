"""The plan has all that the steady process needs of the settings, and goes over to it unseen."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.handover import become_steady, read_plan
from gateway.plan import decode_plan, encode_plan
from gateway.settings import Settings

ROOT = Path(__file__).parents[3]

HEAVY = {"aiohttp", "alembic", "pydantic", "pydantic_settings", "rich", "sqlalchemy", "typer"}
"""Libraries of the command line, of the settings and of the center."""


def all_settings(folder: Path) -> Settings:
    (folder / "token").write_text("a-token-of-thirty-two-characters\n")
    return Settings(
        premises="p",
        gateway="g",
        data_dir=folder / "data",
        paths=[
            {"name": "fibre", "broker": {"host": "a", "password": "s3cret"}},
            {"name": "mobile", "broker": {"host": "b"}, "silent_after_s": 70},
        ],
        web={"port": 8082, "token_file": folder / "token"},
        lines=[{"name": "line-1", "port": "/dev/ttyUSB0"}],
        sources=[
            {"name": "zigbee", "dialect": "zigbee2mqtt", "root": "zigbee2mqtt", "longest_test_s": 60}
        ],
        points=[
            {"name": "smoke-1", "line": "line-1", "kind": "smoke", "room": "kitchen"},
            {"name": "smoke-2", "line": "line-1", "kind": "smoke"},
            {"name": "heat-1", "line": "line-1", "kind": "heat", "heat_class": "B"},
            {"name": "level-1", "address": "Phòng 1", "source": "zigbee", "kind": "level"},
        ],
        output={"command": ("/bin/lamp", "--port", "3")},
    )


def test_a_plan_is_the_same_after_it_was_handed_over(tmp_path: Path) -> None:
    plan = all_settings(tmp_path).plan()
    assert decode_plan(encode_plan(plan)) == plan


def test_each_point_has_the_thresholds_of_the_settings_and_equal_ones_are_kept_once(
    tmp_path: Path,
) -> None:
    settings = all_settings(tmp_path)
    plan = decode_plan(encode_plan(settings.plan()))
    for configured, point in zip(settings.points, plan.points, strict=True):
        assert plan.thresholds[point.thresholds] == settings.thresholds(configured)
    assert len(plan.thresholds) == 3
    (source,) = plan.sources
    assert source.unknown == settings.thresholds(heard_on="zigbee")
    assert source.addresses == {"Phòng 1"}
    assert [each.timings.silent_after_s for each in plan.paths] == [90, 70]


def test_secrets_go_over_and_are_not_shown(tmp_path: Path) -> None:
    plan = decode_plan(encode_plan(all_settings(tmp_path).plan()))
    assert [each.broker.secret() for each in plan.paths] == ["s3cret", None]
    assert plan.web is not None
    assert plan.web.secret() == "a-token-of-thirty-two-characters"
    assert "s3cret" not in repr(plan)


def test_the_plan_goes_over_in_memory_and_not_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = all_settings(tmp_path).plan()
    begun: list[tuple[list[str], dict[str, str]]] = []

    def execve(_program: str, command: list[str], environment: dict[str, str]) -> None:
        begun.append((command, environment))
        raise InterruptedError

    monkeypatch.setattr("os.execve", execve)
    with pytest.raises(InterruptedError):
        become_steady(plan)
    ((command, environment),) = begun
    assert read_plan(int(command[-1])) == plan
    assert not any("s3cret" in each for each in (*command, *environment.values()))


def test_the_steady_process_imports_no_library_of_command_line_settings_or_center() -> None:
    program = "import sys, gateway.__main__; print(*(name for name in sys.modules if sys.modules[name]))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not HEAVY & {each.partition(".")[0] for each in done.stdout.split()}
