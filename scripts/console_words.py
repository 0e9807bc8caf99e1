"""Write the texts of the pages from the catalogues, and their keys, into console/web/src/generated."""

import json
from collections.abc import Set
from pathlib import Path

from words.loading import catalogue

GENERATED = Path(__file__).parents[1] / "console" / "web" / "src" / "generated"

DESK = "desk"
"""First part of the keys that pages write out; the compiler knows each of them."""

NAMES = frozenset(
    {"case", "cause", "channel", "column", "decision", "detector", "duty", "event", "hop", "incident"}
    | {"kind", "means", "milestone", "outcome", "override", "phase", "post", "reason", "scope"}
    | {"spot_gap", "spot_part", "system", "system_state", "table", "unit", "value", "water"}
)
"""First parts of the keys of names that come in data: a page looks them up by what it was sent."""

CODED = frozenset({"delivery_fault", "fault", "fault_part"})
"""Those of sentences that the center sends in English, with their codes: few pages fetch them, and none
in English."""


def texts(language: str, families: Set[str] = NAMES | {DESK}) -> dict[str, list[str]]:
    """Return the forms of each text of *families* in *language*, by key."""
    messages = catalogue().words(language).messages
    shown = {key for key in messages if key.partition(".")[0] in families}
    return {key: list(messages[key].forms) for key in sorted(shown)}


def keys() -> str:
    """Return the TypeScript type of all keys that a page may write out."""
    desk = [f'  | "{key}"' for key in texts("en") if key.startswith(f"{DESK}.")]
    return "\n".join(["export type Key =", *(desk or ["  never"])]) + ";\n"


def write() -> None:
    """Write all files, each only where it changed, so that nothing is built again for nothing."""
    GENERATED.mkdir(parents=True, exist_ok=True)
    for language in catalogue().languages:
        _write(GENERATED / f"{language}.json", _json(texts(language)))
        if language != "en":
            _write(GENERATED / f"{language}.coded.json", _json(texts(language, CODED)))
    _write(GENERATED / "keys.ts", keys())


def _json(found: dict[str, list[str]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=0)


def _write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
