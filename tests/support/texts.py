"""The texts that people read, as the tests compare them."""

from alerting.domain.wording.names import Names
from words.loading import catalogue

CATALOGUE = catalogue()
ENGLISH, VIETNAMESE = CATALOGUE.words("en"), CATALOGUE.words("vi")
BOTH = (ENGLISH, VIETNAMESE)

IN_ENGLISH, IN_VIETNAMESE = Names(ENGLISH), Names(VIETNAMESE)
"""Names without a registry: ids are shown as they are."""
