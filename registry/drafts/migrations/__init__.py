"""The revisions of the tables of drafts: each change of ``metadata`` adds a file here."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("registry_drafts", Path(__file__).parent)
