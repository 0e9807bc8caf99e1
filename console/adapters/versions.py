"""The version of Tocsin that serves the pages."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def own_version() -> str:
    """Return the version of this installation."""
    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "unknown"
