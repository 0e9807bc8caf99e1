"""Whatever a settings file holds, its mistakes are named; nothing in it ends the check."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import alerting.settings
import console.settings
import gateway.settings
import ingest.settings
from runtime.settings import BadSettings, ServiceSettings, check_settings, load_settings

SERVICES: list[type[ServiceSettings]] = [
    alerting.settings.Settings,
    console.settings.Settings,
    gateway.settings.Settings,
    ingest.settings.Settings,
]

TABLES = ["lines", "sources", "points", "paths", "broker", "other_brokers", "channels", "command_center"]
KEYS = [
    *TABLES,
    *("name", "address", "line", "source", "kind", "port", "root", "dialect", "profile", "mqtt"),
    *("silent_after_s", "keepalive_s", "prefix", "phone", "data_dir", "host", "token_file"),
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 100_000)
    | st.floats(allow_nan=True)
    | st.text(max_size=5)
    | st.sampled_from(["line-1", "khoi-01", "smoke", "zigbee2mqtt", "SP5", "tocsin/v1", "/proc/x"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)
contents = st.dictionaries(st.sampled_from(KEYS), values, max_size=8)


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.__module__)
@given(content=contents)
def test_conflicts_are_found_in_any_content(
    service: type[ServiceSettings], content: dict[str, Any]
) -> None:
    for each in [*service.conflicts_in(content), *service.unworkable_in(content)]:
        assert each.place
        assert each.text


ENTRIES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(['"a"', '"b"', '"Ç"', "3", "[1]"]),
            "line": st.sampled_from(['"a"', '"c"', "{}"]),
            "port": st.sampled_from(['"/dev/x"', "[]"]),
            "kind": st.sampled_from(['"smoke"', '"smok"', "1"]),
        },
    ),
    max_size=4,
)


@given(lines=ENTRIES, points=ENTRIES)
def test_each_error_of_any_gateway_is_one_line_with_its_file(
    lines: list[dict[str, str]], points: list[dict[str, str]]
) -> None:
    text = 'premises = "p"\ngateway = "g"\ndata_dir = "d"\n'
    for table, entries in (("lines", lines), ("points", points)):
        for entry in entries:
            text += f"[[{table}]]\n" + "".join(f"{key} = {value}\n" for key, value in entry.items())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gateway.toml"
        file.write_text(text)
        errors, _ = check_settings(gateway.settings.Settings, file)
        assert all(each.startswith(f"{file}: ") and "\n" not in each for each in errors)
        if errors:
            with pytest.raises(BadSettings) as refused:
                load_settings(gateway.settings.Settings, file)
            assert set(refused.value.errors) <= set(errors)
