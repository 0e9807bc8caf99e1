"""Reads what the center holds of a gateway, to be compared with what its heartbeat says."""

from collections.abc import Mapping

from alerting.domain.decisions.premises_rules import PremisesRules
from alerting.domain.decisions.standing_alarms import count_unattended
from alerting.domain.watch.gateways import CenterCounts
from alerting.store.store import CenterStore
from contract.ids import GatewayKey, StreamKey
from contract.messages import Heartbeat
from contract.times import Micros


def registered_points(
    store: CenterStore, rules: PremisesRules, beats: Mapping[GatewayKey, Heartbeat], *, now: Micros
) -> dict[GatewayKey, CenterCounts]:
    """Return what is stored of each gateway that sent one of *beats*."""
    return {key: _of_gateway(store, rules, key, beat, now) for key, beat in beats.items()}


def _of_gateway(
    store: CenterStore, rules: PremisesRules, key: GatewayKey, beat: Heartbeat, now: Micros
) -> CenterCounts:
    premises, gateway = key
    return CenterCounts(
        store.conditions.count_standing_fires(premises, gateway),
        store.coverage.lacks(StreamKey(premises, gateway, beat.alarm.epoch), beat.alarm.last_seq),
        _unattended(store, rules, key, now),
    )


def _unattended(store: CenterStore, rules: PremisesRules, key: GatewayKey, now: Micros) -> int:
    premises, gateway = key
    fires = [each for each in store.conditions.standing_fires(premises) if each.gateway == gateway]
    if not fires:
        return 0
    incidents = store.peek_open_incidents(premises)
    return count_unattended(fires, incidents, rules, premises=premises, now=now)
