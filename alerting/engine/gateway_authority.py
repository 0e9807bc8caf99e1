"""The center's authority in a running center: gateways enroll, and renew their certificates."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from alerting.engine.active_keys import ActiveKeys
from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.metrics import Metrics
from contract.http.enrolments import EnrolmentRequest, IssuedCertificate
from contract.ids import GatewayKey
from pki.authority import pem
from pki.domain.invitations import EnrolmentVerdict
from pki.domain.keyring import PublicKey
from pki.folder import AuthorityFolder
from pki.issuing import GatewayIssuer
from registry.domain.index import Unregistered
from runtime.database import Database

log = structlog.get_logger(__name__)


class GatewayAuthority:
    """Issues certificates with the key in *folder*, each for so long a *life*.

    The files are read anew each time, so that an authority that is made or renewed needs no restart. One
    certificate takes the writer of the database about a millisecond; callers bound how many there are.
    """

    def __init__(
        self,
        folder: AuthorityFolder,
        life: timedelta,
        *,
        database: Database,
        registry: ActiveRegistry,
        keys: ActiveKeys,
        metrics: Metrics,
    ) -> None:
        self._folder = folder
        self._life = life
        self._database = database
        self._registry = registry
        self._keys = keys
        self._enrolments = metrics.enrolments

    def root(self) -> str:
        """Return the root certificate in PEM; raises BadAuthority."""
        return pem(self._folder.root()).decode()

    async def enroll(
        self, request: EnrolmentRequest, now: datetime
    ) -> IssuedCertificate | EnrolmentVerdict:
        """Return the first certificate of a gateway, or why it is refused.

        Raises BadAuthority where no authority was made, and BadRequestFile.
        """
        issuer = GatewayIssuer(self._folder.load(), self._life)
        is_registered = self.is_registered(GatewayKey(request.premises, request.gateway))
        change = partial(issuer.enroll, request=request, is_registered=is_registered, now=now)
        answer = await self._database.write(change)
        verdict = EnrolmentVerdict.ACCEPTED if isinstance(answer, IssuedCertificate) else answer
        log.info(
            "gateway asked to enroll",
            premises=request.premises,
            gateway=request.gateway,
            result=verdict.value,
        )
        self._enrolments.labels(verdict.value).inc()
        await self._keys.refresh(self._database)
        return answer

    async def renew(self, gateway: GatewayKey, key: PublicKey, now: datetime) -> IssuedCertificate:
        """Return a certificate of *key*, which *gateway* proved to hold; raises BadAuthority."""
        issuer = GatewayIssuer(self._folder.load(), self._life)
        change = partial(issuer.renew, gateway=gateway, key=key, now=now)
        issued = await self._database.write(change)
        await self._keys.refresh(self._database)
        return issued

    def is_registered(self, gateway: GatewayKey) -> bool:
        """Return whether the active registry has *gateway*."""
        return not isinstance(self._registry.current.index.gateway(*gateway), Unregistered)
