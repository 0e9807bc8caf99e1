"""Imported before structlog, keeps it from loading rich: 6 MB for colors that a service never shows."""

import sys

# None makes an import fail as that of a library which is not installed (sys.modules, Python's manual).
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
