"""No service puts work in the threads that asyncio keeps for everybody: what hangs there delays all."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = (
    "accounts",
    "alerting",
    "audit",
    "contract",
    "gateway",
    "ingest",
    "pki",
    "receiver",
    "registry",
    "runtime",
)

SHARED = frozenset({"to_thread", "getaddrinfo", "getnameinfo"})
"""Methods that use asyncio's shared threads; ``socket.getaddrinfo`` blocks its caller instead."""

RESOLVER = ROOT / "runtime" / "host_names.py"
"""The only file that may ask a name server, in a thread of its own for each name."""


def uses_of_shared_threads(source: str) -> Iterator[str]:
    """Return the calls in *source* that use the threads of everybody, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, first = node.func.attr, node.args[0] if node.args else None
        is_default = isinstance(first, ast.Constant) and first.value is None
        if name in SHARED or (name == "run_in_executor" and is_default):
            yield f"line {node.lineno}: {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_uses_the_threads_of_everybody(service: str) -> None:
    found = {
        str(file.relative_to(ROOT)): uses
        for file in (ROOT / service).rglob("*.py")
        if file != RESOLVER and (uses := list(uses_of_shared_threads(file.read_text())))
    }
    assert found == {}


def test_each_kind_of_use_is_found() -> None:
    for call in (
        "asyncio.to_thread(work)",
        "loop.run_in_executor(None, work)",
        "loop.getaddrinfo(host, 80)",
    ):
        assert list(uses_of_shared_threads(call))
    assert not list(uses_of_shared_threads("loop.run_in_executor(self._threads, work)"))
