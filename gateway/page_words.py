"""The words of the gateway's page, in each language.

A site's box has no program that reads the catalogues: ``scripts/site_page_words.py`` writes them down.
"""

from contract.quantities import QUANTITIES
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.point import PointState
from gateway.domain.supervision.line_watch import LineState
from gateway.domain.uplink.path_watch import PathState
from words.catalogue import Catalogue, Words, family

TEXTS = family(
    "sitepage",
    (
        "alarms",
        "blind",
        "center",
        "heard",
        "lines",
        "missing",
        "never",
        "open",
        "points",
        "token",
        "token_from",
        "tripped",
        "waiting",
        "walk_begin",
        "walk_end",
        "walked",
    ),
)
STATES = family("sitestate", (*PointState, *LineState, *PathState))
MEASURED = family("sitequantity", QUANTITIES)


def page_words(found: Catalogue) -> dict[str, dict[str, str]]:
    """Return the words of the page in *found*, by language and key."""
    return {each: _in_one(found.words(each)) for each in found.languages}


def _in_one(words: Words) -> dict[str, str]:
    # The page fills these in itself.
    texts = {each: words.name(TEXTS, each, done="{done}", all="{all}") for each in TEXTS.members}
    texts |= {f"state.{each}": words.name(STATES, each) for each in STATES.members}
    texts |= {f"quantity.{each}": words.name(MEASURED, each) for each in MEASURED.members}
    return texts | {f"reason.{each}": words.text(f"reason.{each}") for each in SignalReason}
