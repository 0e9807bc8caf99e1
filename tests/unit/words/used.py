"""The keys that the code looks up in the catalogue: found in its source and its families of texts."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from words.catalogue import Family

ROOT = Path(__file__).parents[3]
PACKAGES = ("accounts", "alerting", "audit", "duties", "gateway", "pki", "registry", "reports", "tocsin")
PAGES = ROOT / "console" / "web" / "src"
IN_A_PAGE = re.compile(r'"(desk(?:\.[a-z_]+)+)"')
LOOKUPS = {"text", "counted"}
KEY = re.compile(r"[a-z]+(\.[a-z_]+)+")


@dataclass(frozen=True)
class Lookup:
    """A call that looks a key up, the values that it fills in, and where it stands."""

    key: str
    values: frozenset[str]
    where: str


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """The files that look texts up."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "from words" in text or "domain.wording" in text:
                yield file, ast.parse(text)


def lookups() -> Iterator[Lookup]:
    """Every call with a key that is written out, and values that are named one by one."""
    for file, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            key, names = node.args[0], {each.arg for each in node.keywords}
            if node.func.attr in LOOKUPS and isinstance(key, ast.Constant) and None not in names:
                counted = {"count"} if node.func.attr == "counted" else set()
                where = f"{file.relative_to(ROOT)}:{node.lineno}"
                yield Lookup(str(key.value), frozenset(str(each) for each in names) | counted, where)


def written_keys(prefixes: set[str]) -> dict[str, str]:
    """Every key that is written out somewhere, and where; *prefixes* are the first parts of keys."""
    return {
        node.value: f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, tree in sources()
        for prefixes_here in [_prefixes_of_families(tree)]
        for node in ast.walk(tree)
        if node not in prefixes_here
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and KEY.fullmatch(node.value)
        and node.value.partition(".")[0] in prefixes
    }


def keys_of_pages() -> dict[str, str]:
    """Every key that a page of the duty desk writes out, and where."""
    files = [
        each
        for each in sorted(PAGES.rglob("*.ts*"))
        if "generated" not in each.parts and ".test." not in each.name
    ]
    return {
        key: str(file.relative_to(ROOT))
        for file in files
        for key in IN_A_PAGE.findall(file.read_text("utf-8"))
    }


def _prefixes_of_families(tree: ast.Module) -> list[ast.expr]:
    return [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "family"
    ]


def families() -> dict[str, Family]:
    """Every family of texts that a module defines, and its name there."""
    found: dict[str, Family] = {}
    for file, _ in sources():
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if " = family(" in file.read_text(encoding="utf-8"):
            module = vars(importlib.import_module(name))
            found |= {f"{name}.{key}": each for key, each in module.items() if isinstance(each, Family)}
    return found
