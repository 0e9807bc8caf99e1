"""The revisions of the table of the registry: each change of ``metadata`` adds a file here."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("registry", Path(__file__).parent)
