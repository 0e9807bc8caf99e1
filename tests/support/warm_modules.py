"""All of Tocsin, read into the memory of the process that imports this module."""

import gc
import pkgutil
from importlib import import_module

import tocsin

for _module in pkgutil.walk_packages(tocsin.__path__, f"{tocsin.__name__}."):
    import_module(_module.name)
for _service in ("alerting", "console", "gateway", "ingest", "receiver"):
    import_module(f"{_service}.app")
gc.collect()
gc.freeze()  # so that a copy shares these pages
