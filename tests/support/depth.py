"""The depth of property tests: full in `make test`, a few examples in `make check`."""

import os

from hypothesis import settings

QUICK = "quick"
PROFILE = os.environ.get("TOCSIN_TEST_PROFILE", "full")
FEW = 10


def register_profiles() -> None:
    """Register both depths with hypothesis and load the one that TOCSIN_TEST_PROFILE names."""
    settings.register_profile("full", deadline=None)  # the machine may be shared
    settings.register_profile(QUICK, deadline=None, max_examples=FEW)
    settings.load_profile(PROFILE)


def examples(full: int) -> int:
    """Return the number of examples for a test that takes *full* of them at full depth."""
    return min(full, FEW) if PROFILE == QUICK else full
