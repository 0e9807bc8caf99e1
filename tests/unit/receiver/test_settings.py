"""Settings of the receiver are refused with the key, the fault and the remedy."""

from pathlib import Path
from typing import Any

import pytest

from receiver.settings import Settings
from runtime.settings import BadSettings, load_settings

DIGITS = "0123456789abcdef0123456789abcdef"


def plan_of(tmp_path: Path, account: str) -> Any:
    file = tmp_path / "receiver.toml"
    file.write_text(
        f'premises = "r"\ngateway = "r"\ndata_dir = "{tmp_path}"\n'
        f'[[accounts]]\naccount = "12"\npremises = "p"\ngateway = "g"\n{account}'
    )
    return load_settings(Settings, file).accounts[0].plan()


def test_a_key_of_digits_is_what_its_form_says(tmp_path: Path) -> None:
    assert plan_of(tmp_path, f'key = "{DIGITS}"').key == bytes.fromhex(DIGITS)
    text = f'key_form = "text"\nkey = "{DIGITS}"'
    assert plan_of(tmp_path, text).key == DIGITS.encode()
    (tmp_path / "key").write_text(f"{DIGITS}\n")
    file = f'key_form = "text"\nkey_file = "{tmp_path}/key"'
    assert plan_of(tmp_path, file).key == DIGITS.encode()


def test_zeros_in_front_of_numbers_mean_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, 'prefix = "00A"\n[[accounts.points]]\nname = "kho"\nzone = "012"\n')
    assert plan.prefix == 10
    assert plan.points[0].address == "zone-12"


def another(account: str, premises: str, gateway: str) -> str:
    return f'[[accounts]]\naccount = "{account}"\npremises = "{premises}"\ngateway = "{gateway}"\n'


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ('key = "short"', "hexadecimal digits; this has not"),
        ('codes = { FA = "smoke" }', "no meaning 'smoke'; choose one of"),
        (
            '[[accounts]]\naccount = "0012"\npremises = "p"\ngateway = "h"',
            "accounts[1] is the same account",
        ),
        (
            '[[accounts]]\naccount = "13"\npremises = "p"\ngateway = "g"',
            "accounts[1] is the same gateway",
        ),
        ('[[accounts]]\naccount = "13"\npremises = "r"\ngateway = "r"', "the receiver's own gateway"),
    ],
)
def test_a_mistake_is_named_and_a_secret_is_not(tmp_path: Path, account: str, said: str) -> None:
    with pytest.raises(BadSettings) as refused:
        plan_of(tmp_path, account)
    (error,) = refused.value.errors
    assert said in error
    assert "short" not in error.replace("shorter", "")
