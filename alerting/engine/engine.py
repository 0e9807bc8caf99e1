"""Opens the engine: the parts that decide and store, over one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from alerting.engine.active_keys import ActiveKeys
from alerting.engine.deadlines import Deadlines
from alerting.engine.desks import Desks
from alerting.engine.findings import Findings
from alerting.engine.intake import Intake
from alerting.engine.operators import Operators
from alerting.engine.outbox import DeliveryOutbox
from alerting.engine.recovery import open_copy
from alerting.engine.refused_gateways import RefusedGateways
from alerting.engine.registry_snapshot import ActiveRegistry, CenterDetails
from alerting.engine.registry_trust import RegistryTrust
from alerting.engine.trainings import Trainings
from alerting.engine.transactions import Transactions
from alerting.engine.under_way import LIMITS, AttemptLimits
from alerting.engine.upkeep import Upkeep
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.database import StoreDatabase, open_store
from registry.model.contacts import Contact
from registry.model.policies import COMMAND_CENTER
from runtime.database import Database
from words.loading import catalogue

CENTER_CONTACT = Contact(id=COMMAND_CENTER, name="Trung tâm chỉ huy")
"""The command center where nothing is known of it but that it is there."""

SECRET_BYTES = 32
"""Bytes of the secret that seals ids, as many as the digest of its HMAC has (RFC 2104, 3)."""

EMERGENCY_NUMBER = "114"
"""The fire police's in Viet Nam: messages tell to call it where no setting says otherwise."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts of alerting over one *database*; each is handed to those who need it.

    Callers pass the time; the engine never reads the clock.
    """

    database: Database
    registry: ActiveRegistry
    keys: ActiveKeys
    refused: RefusedGateways
    transactions: Transactions
    intake: Intake
    findings: Findings
    deadlines: Deadlines
    operators: Operators
    trainings: Trainings
    desks: Desks
    outbox: DeliveryOutbox
    upkeep: Upkeep


@asynccontextmanager
async def open_engine(
    url: str,
    confirmation: Confirmation,
    metrics: Metrics,
    *,
    snapshot: Path | None = None,
    command_center: Contact = CENTER_CONTACT,
    call: str = EMERGENCY_NUMBER,
    process: str = "tocsin-alerting",
    limits: AttemptLimits = LIMITS,
    secret: bytes | None = None,
    trust: RegistryTrust | None = None,
) -> AsyncIterator[Engine]:
    """Open the engine over the database at *url*, whose tables are brought up to date.

    A copy of each registry that it loads is kept in *snapshot*. Of several processes at one database
    each has a name of its own, *process*, and the same one after a restart. *limits* bound the attempts
    that are under way at once. *secret* seals the ids of incidents; one of this process's own if absent.
    *trust* says which versions of the registry are used; None uses all.
    """
    catalogue()  # read before the first alarm needs it; a file that is broken ends the start
    details = CenterDetails(command_center, call, confirmation)
    async with open_store(url, process) as database, open_copy(snapshot) as copy:
        registry = ActiveRegistry(details, metrics, copy=copy, trust=trust)
        engine = _engine(
            database, registry, metrics, limits=limits, secret=secret or token_bytes(SECRET_BYTES)
        )
        await engine.transactions.refresh_registry()
        await engine.keys.load(engine.database)
        yield engine


def _engine(
    database: StoreDatabase,
    registry: ActiveRegistry,
    metrics: Metrics,
    *,
    limits: AttemptLimits,
    secret: bytes,
) -> Engine:
    transactions = Transactions(database, registry, metrics, limits=limits, secret=secret)
    outbox, keys = DeliveryOutbox(transactions), ActiveKeys()
    return Engine(
        database.database,
        registry,
        keys,
        RefusedGateways(registry, keys),
        transactions,
        Intake(transactions, metrics),
        Findings(transactions),
        Deadlines(transactions, metrics),
        Operators(transactions),
        Trainings(transactions),
        Desks(transactions),
        outbox,
        Upkeep(transactions, outbox, metrics),
    )
