"""The depth of property tests: usual in `make test`, full in `make deep`, a few in `make check`."""

import os

from hypothesis import settings

QUICK, USUAL, FULL = "quick", "usual", "full"
PROFILE = os.environ.get("TOCSIN_TEST_PROFILE", USUAL)
FEW = 10
BY_DEFAULT = 100
"""Examples of a test that does not say how many it takes at full depth: hypothesis's own number."""


def register_profiles() -> None:
    """Register each depth with hypothesis and load the one that TOCSIN_TEST_PROFILE names."""
    for name in (QUICK, USUAL, FULL):
        # The machine may be shared.
        settings.register_profile(name, deadline=None, max_examples=_at(name, BY_DEFAULT))
    settings.load_profile(PROFILE)


def examples(full: int) -> int:
    """Return the number of examples for a test that takes *full* of them at full depth."""
    return _at(PROFILE, full)


def _at(depth: str, full: int) -> int:
    """Return the examples at *depth*: half of *full* usually, and never fewer than the few of a look."""
    return {QUICK: min(full, FEW), USUAL: max(min(full, FEW), full // 2), FULL: full}[depth]
