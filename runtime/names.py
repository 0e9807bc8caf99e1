"""Names in settings and in the registry: as on the wire."""

from typing import Annotated

from pydantic import Field

from contract.names import NAME_PATTERN

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""A premises, gateway, zone or point."""
