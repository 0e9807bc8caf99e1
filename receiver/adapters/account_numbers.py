"""All accounts, by the numbers that their transmitters write."""

from collections.abc import Iterable, Sequence

from receiver.adapters.account_gateway import AccountGateway
from receiver.domain.message import MessageHeader

_Key = tuple[int | None, int | None, int]


class AccountNumbers:
    """Finds the account of a message; *own* is the receiver's own gateway, for what has no account.

    *others* have no account by which a message could be found.
    """

    def __init__(
        self,
        own: AccountGateway,
        accounts: Sequence[AccountGateway],
        others: Iterable[AccountGateway] = (),
    ) -> None:
        self.own = own
        self.all = [own, *accounts, *others]
        self._by_key: dict[_Key, AccountGateway] = {
            (each.plan.receiver, each.plan.prefix, each.plan.number): each
            for each in accounts
            if each.plan.number is not None
        }

    def find(self, header: MessageHeader) -> AccountGateway | None:
        """Return the account of *header*, one with its receiver number and prefix before others."""
        receiver = None if header.receiver is None else int(header.receiver, 16)
        prefix = int(header.prefix or "0", 16)
        for key in (
            (receiver, prefix, header.number),
            (None, prefix, header.number),
            (receiver, None, header.number),
            (None, None, header.number),
        ):
            if (found := self._by_key.get(key)) is not None:
                return found
        return None
