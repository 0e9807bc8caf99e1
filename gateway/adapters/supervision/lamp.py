"""A lamp or buzzer on site: a command that is run whenever the panel state changes."""

import asyncio
from collections.abc import Callable

import structlog

from gateway.adapters.metrics import Metrics
from gateway.domain.supervision.panel_state import PanelState
from gateway.plan import OutputPlan

log = structlog.get_logger(__name__)

_LOOK_S = 0.1

_TRY_AGAIN_S = 5.0


class Lamp:
    """Runs the configured command with the panel state as its last argument."""

    def __init__(
        self, plan: OutputPlan, now_shown: Callable[[], PanelState], *, metrics: Metrics
    ) -> None:
        self._plan = plan
        self._now_shown = now_shown
        self._metrics = metrics

    async def run(self) -> None:
        """Show each change until cancelled; retry after a failure."""
        before: PanelState | None = None
        while self._plan.command:
            state = self._now_shown()
            if state is not before:
                if await self._show(state):
                    before = state
                else:
                    self._metrics.output_failures.inc()
                    await asyncio.sleep(_TRY_AGAIN_S)
            await asyncio.sleep(_LOOK_S)

    async def _show(self, state: PanelState) -> bool:
        """Return whether the command succeeded in time."""
        try:
            program = await asyncio.create_subprocess_exec(
                *self._plan.command, state.value, stdin=asyncio.subprocess.DEVNULL
            )
        except OSError as error:
            log.error("output command not started", reason=str(error))
            return False
        try:
            async with asyncio.timeout(self._plan.timeout_s):
                code = await program.wait()
        except TimeoutError:
            log.error("output command timed out; killed", after_s=self._plan.timeout_s)
            return False
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        if code:
            log.error("output command failed", shows=state.value, code=code)
        return code == 0
