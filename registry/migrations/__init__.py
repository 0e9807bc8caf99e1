"""The table of the registry, step by step: what changes ``metadata`` adds a file here."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("registry", Path(__file__).parent)
