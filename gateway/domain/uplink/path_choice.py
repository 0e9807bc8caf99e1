"""Choose the path to the center."""

from collections.abc import Sequence

from gateway.domain.uplink.path_watch import PathState, PathWatch


class PathChoice:
    """Chooses the first path that is up; one that was left is chosen again once it is steady."""

    def __init__(self, paths: Sequence[PathWatch]) -> None:
        self._paths = paths
        self._chosen: PathWatch | None = None

    def choose_path(self, t: float) -> PathWatch | None:
        """Return the path to use now, by preference; None if none is connected."""
        live = [each for each in self._paths if each.state(t) is PathState.UP]
        if self._chosen in live:
            preferred = self._paths[: self._paths.index(self._chosen)]
            self._chosen = next((each for each in preferred if each.is_steady(t)), self._chosen)
        else:
            self._chosen = live[0] if live else self._any_unresponsive(t)
        return self._chosen

    def _any_unresponsive(self, t: float) -> PathWatch | None:
        unresponsive = [each for each in self._paths if each.state(t) is PathState.UNRESPONSIVE]
        return self._chosen if self._chosen in unresponsive else next(iter(unresponsive), None)
