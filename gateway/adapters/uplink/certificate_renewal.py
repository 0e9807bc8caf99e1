"""Renews the gateway's certificate over the running connection, and uses it without losing a message."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
import structlog

from contract.messages import CertificateMessage
from gateway.certificate_messages import CheckAnswer, CheckRequest
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.certificate_watch import CertificateWatch
from gateway.plan import GatewayPlan, IdentityPlan
from runtime.backoff import Backoff
from runtime.mqtt import BrokerAway
from runtime.own_thread import start_in_own_thread
from runtime.replaced_files import replace_file

log = structlog.get_logger(__name__)

ASKING_AGAIN = Backoff(60.0, 3_600.0)
"""Seconds between two requests: a third of its life is left for them."""

CHECK_S = 30.0
"""Seconds for the check of a certificate, which takes one on a small box."""

LOOK_S = 1.0
"""Seconds between two looks at the clock."""


class CertificateRenewal:
    """Asks for a new certificate from two thirds of the life of the present one on.

    *publish* sends a request, *reconnect* ends each connection in order and makes it anew: what was on
    its way has no receipt, and is sent again.
    """

    def __init__(
        self,
        plan: GatewayPlan,
        identity: IdentityPlan,
        watch: CertificateWatch,
        *,
        publish: Callable[[], Awaitable[None]],
        reconnect: Callable[[], Awaitable[None]],
        now: Callable[[], Moment],
        spread: Callable[[], float],
    ) -> None:
        self._plan = plan
        self._identity = identity
        self._watch = watch
        self._publish = publish
        self._reconnect = reconnect
        self._now = now
        self._spread = spread
        self._renewed = asyncio.Event()
        self._came: asyncio.Queue[CertificateMessage] = asyncio.Queue(1)

    def accept_certificate(self, message: CertificateMessage) -> None:
        """Take *message* of the broker; one that comes while another is checked is left."""
        if not self._came.full():
            self._came.put_nowait(message)

    async def run(self) -> None:
        """Renew until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ask(), name="certificate requests")
            tasks.create_task(self._use(), name="certificates")

    async def _ask(self) -> None:
        """Ask while a renewal is due, more and more rarely."""
        asked = 0
        while True:
            if not self._watch.is_renewal_due(self._now().at):
                asked = 0
                await asyncio.sleep(LOOK_S)
                continue
            asked += 1
            try:
                await self._publish()
            except BrokerAway as error:
                log.info("renewal not asked for; retrying", reason=str(error))
            await self._wait_for_renewal(ASKING_AGAIN.spread_delay(asked, self._spread()))

    async def _wait_for_renewal(self, most_s: float) -> None:
        """Wait until the certificate was renewed, for so many seconds at most."""
        self._renewed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                await self._renewed.wait()

    async def _use(self) -> None:
        """Use each certificate that can be used, and is a later one."""
        while True:
            message = await self._came.get()
            answer = await self._checked(message)
            if answer.fault:
                log.error("certificate not used; the present one stays", reason=answer.fault)
            elif answer.until > self._watch.until and await self._store(message):
                self._watch.renew(answer.since, answer.until)
                self._renewed.set()
                log.info("certificate renewed", until=answer.until)
                await self._reconnect()

    async def _store(self, message: CertificateMessage) -> bool:
        """Return whether the certificate in *message* is stored: whole, or the one before stays."""
        file, content = self._identity.certificate_file, message.certificate.encode()
        try:
            await start_in_own_thread(lambda: replace_file(file, content), "certificate file")
        except OSError as error:
            log.error("certificate not stored; the present one stays", reason=str(error))
            return False
        return True

    async def _checked(self, message: CertificateMessage) -> CheckAnswer:
        """Return what a program of its own says of *message* (gateway/certificate_check.py)."""
        request = CheckRequest(
            premises=self._plan.premises,
            gateway=self._plan.gateway,
            folder=str(self._identity.folder),
            certificate=message.certificate,
        )
        try:
            return msgspec.json.decode(await _answered(msgspec.json.encode(request)), type=CheckAnswer)
        except (OSError, TimeoutError, msgspec.MsgspecError) as error:
            return CheckAnswer(fault=f"the check failed ({error})")


async def _answered(request: bytes) -> bytes:
    """Return what the program answers to *request*; raises OSError, TimeoutError."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gateway.certificate_check"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(CHECK_S):
            answer, _ = await program.communicate(request)
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    return answer
