"""tocsin gateway replace-detector: the settings say that a detector is new; its past is forgotten."""

import tomllib
from pathlib import Path

from gateway.adapters.sources.detectors import build_points
from gateway.adapters.state_file import StateFile, StateSnapshot
from gateway.domain.model.moment import Moment
from gateway.settings import Settings
from runtime.settings import load_settings
from tests.adapters.command_line.running import run_command

FILE = """\
premises = "p"
gateway = "g"
data_dir = "data"
[[sources]]
name = "lora"
dialect = "chirpstack"
root = "application"
[[points]]   # above the stove
name = "bep"
address = "00137a1000012345"
source = "lora"
kind = "smoke"
[[points]]
name = "kho"
source = "lora"
kind = "smoke"
"""


def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.toml"
    file.write_text(FILE)
    file.chmod(0o640)
    return file


async def replace(file: Path, *options: str) -> tuple[int, str, str]:
    return await run_command("gateway", "replace-detector", *options, "--config", str(file))


async def test_the_new_detector_is_not_judged_by_what_was_learned_of_the_old_one(tmp_path: Path) -> None:
    file = settings_file(tmp_path)
    learned = StateSnapshot(
        {}, {}, {"bep": {"smoke": 0.07}, "kho": {"smoke": 0.05}}, frozenset(("bep",))
    )
    async with StateFile(tmp_path / "state.json", "a").running(lambda: learned):
        pass
    code, out, err = await replace(file, "bep", "--address", "00137a1000099999")
    assert code == 0, err
    assert "systemctl restart tocsin-gateway" in out
    assert file.stat().st_mode & 0o777 == 0o640
    assert "[[points]]   # above the stove" in file.read_text()
    assert not (tmp_path / ".gateway.toml.new").exists()
    plan = load_settings(Settings, file).plan()
    memory = StateFile(tmp_path / "state.json", "a")
    site = build_points(plan, memory, Moment(1, 1.0))
    assert (site.baselines(), site.heard_points()) == ({"kho": {"smoke": 0.05}}, frozenset())
    assert ("lora", "00137a1000099999") in site.points
    # What is learned from then on is kept over the next restart.
    again = StateSnapshot({}, {}, {"bep": {"smoke": 0.02}}, frozenset({"bep"}))
    async with memory.running(lambda: again):
        pass
    site = build_points(plan, StateFile(tmp_path / "state.json", "a"), Moment(1, 1.0))
    assert (site.baselines(), site.heard_points()) == ({"bep": {"smoke": 0.02}}, frozenset({"bep"}))


async def test_what_would_not_be_valid_is_not_written(tmp_path: Path) -> None:
    file = settings_file(tmp_path)
    for options, said in (
        (("hall",), "point 'hall' is not in the file"),
        (("bep", "--address", "kho"), "kho"),
    ):
        code, _, err = await replace(file, *options)
        assert code == 2
        assert said in err
        assert file.read_text() == FILE
    assert tomllib.loads(FILE)["points"][0]["name"] == "bep"
