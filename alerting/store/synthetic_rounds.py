"""The last round of the synthetic fire of each process of the center, within one transaction."""

from sqlalchemy import bindparam, insert, select, update

from alerting.store.tables import synthetic_rounds
from contract.times import Micros
from runtime.prepared import DriverConnection, Prepared

_ALL = Prepared(select(synthetic_rounds))
_ADD = Prepared(insert(synthetic_rounds))
_CHANGE = Prepared(update(synthetic_rounds).where(synthetic_rounds.c.process == bindparam("process_")))


class SyntheticRoundRows:
    """The rows of rounds on *connection*: one for each process, which each round replaces."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def put(self, process: str, token: str, at: Micros) -> None:
        """Keep the round *token* of *process*, which began *at*, instead of the one before."""
        row = {"token": token, "at": at}
        if self._db.execute(_CHANGE, {"process_": process, **row}).rowcount == 0:
            self._db.execute(_ADD, [{"process": process, **row}])

    def all(self) -> dict[str, Micros]:
        """Return when the last stored round of each process began."""
        return {row.process: row.at for row in self._db.execute(_ALL)}
