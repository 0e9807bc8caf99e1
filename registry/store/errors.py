"""The reasons why a change of the registry is refused; each text names the remedy."""

from collections.abc import Collection


class ChangeRefused(Exception):
    """A change of the registry that was not made."""


class UnknownVersion(ChangeRefused):
    """A version that the database does not have."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"the registry has no version {number}; list its versions: tocsin registry versions"
        )


class ConflictingChange(ChangeRefused):
    """A change of records that somebody else has changed since the version that it is based on."""

    def __init__(self, based_on: int, active: int, records: Collection[str]) -> None:
        self.records = tuple(sorted(records))
        named = ", ".join(self.records[:10])
        super().__init__(
            f"{named}: changed since version {based_on}, {active} is active now; "
            "look at the change, and make yours on the active version"
        )


class InvalidChange(ChangeRefused):
    """A change after which the registry could not be used; *errors* has a sentence for each mistake."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class UnsoundVersion(ChangeRefused):
    """A change of a version that is not as it was imported, which the next one would sign as well."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"version {number} of the registry is not as it was imported; "
            "import the whole registry again, or restore an earlier version"
        )
