"""The rules of the center's broker, from the registry and the keys: who may say and hear what."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from contract.certificates import user_name
from contract.ids import GatewayKey
from contract.topics import CENTER_LEVEL, Leaf
from pki.domain.keyring import KeyRing

UP = (
    Leaf.ALARM,
    Leaf.TELEMETRY,
    Leaf.PRESENCE,
    Leaf.HEARTBEAT,
    Leaf.INVENTORY,
    Leaf.RENEWAL,
)
"""The topics that a gateway publishes."""

DOWN = ("receipt/+", Leaf.INCIDENT, Leaf.INVENTORY_REQUEST, Leaf.CERTIFICATE)
"""The topics that a gateway reads."""


@dataclass(frozen=True, slots=True)
class ProgramRules:
    """The topics of one *user* of the center, below the root unless they begin with another word."""

    user: str
    reads: Sequence[str]
    writes: Sequence[str] = ()


def program_rules(root: str, notifications: str) -> tuple[ProgramRules, ...]:
    """Return the rules of the programs of a center; people are notified below *notifications*."""
    each = f"{root}/+/+"
    return (
        ProgramRules("ingest", (f"{each}/telemetry", f"{each}/alarm"), (f"{each}/receipt/telemetry",)),
        ProgramRules(
            "alerting",
            (
                f"{each}/alarm",
                f"{each}/presence",
                f"{each}/heartbeat",
                f"{each}/inventory",
                f"{each}/renewal",
                f"{root}/{CENTER_LEVEL}/+/receipt/alarm",
            ),
            (
                f"{each}/inventory/request",
                f"{each}/receipt/alarm",
                f"{each}/incident",
                f"{each}/certificate",
                f"{notifications}/#",
                f"{root}/{CENTER_LEVEL}/+/alarm",
            ),
        ),
        ProgramRules(
            "receiver",
            (f"{each}/receipt/alarm", f"{each}/incident", f"{each}/inventory/request"),
            (f"{each}/alarm", f"{each}/presence", f"{each}/heartbeat", f"{each}/inventory"),
        ),
        ProgramRules("operator", (f"{root}/#", f"{notifications}/#", "$SYS/#")),
        ProgramRules("health", ("$SYS/broker/uptime",)),
    )


def allowed_gateways(registered: Iterable[GatewayKey], ring: KeyRing) -> list[GatewayKey]:
    """Return the gateways that the broker lets speak: *registered*, and not all of their keys revoked.

    One that was never enrolled has a password at the broker, and is let speak too.
    """
    return sorted(each for each in registered if _may_speak(each, ring))


def access_rules(root: str, notifications: str, gateways: Iterable[GatewayKey]) -> str:
    """Return the file of rules for mosquitto: the programs of the center, and each of *gateways*."""
    blocks = [
        "# Written by tocsin broker rules from the registry; do not change it by hand.",
        *map(_program, program_rules(root, notifications)),
        *(_gateway(root, each) for each in gateways),
    ]
    return "\n\n".join(blocks) + "\n"


def gateways_in(rules: str) -> set[str]:
    """Return the users of gateways that the file of *rules* lets speak."""
    users = (line.removeprefix("user ") for line in rules.splitlines() if line.startswith("user "))
    return {each for each in users if "/" in each}


def revoked_gateways(ring: KeyRing) -> set[str]:
    """Return the users of gateways whose keys were all revoked."""
    return {user_name(*each) for each in ring.gateways if not _may_speak(each, ring)}


def sorted_passwords(
    passwords: str,
    aside: str,
    *,
    gone: Collection[str],
    allowed: Collection[str],
    revoked: Collection[str],
) -> tuple[str, str]:
    """Return the *passwords* of mosquitto without those of users that are *gone*, and those put *aside*.

    A user that is *allowed* again has back what was put aside: an import of the wrong registry must not
    keep its gateways out when it is corrected. What was *revoked* is kept nowhere.
    """
    current, put_aside = _lines_by_user(passwords), _lines_by_user(aside)
    back = {user: line for user, line in put_aside.items() if user in allowed and user not in current}
    kept = {user: line for user, line in current.items() if user not in gone}
    left = {**put_aside, **{user: line for user, line in current.items() if user in gone}}
    waiting = (line for user, line in left.items() if user not in revoked and user not in allowed)
    return "".join((*kept.values(), *back.values())), "".join(waiting)


def _lines_by_user(passwords: str) -> dict[str, str]:
    """Return the lines of *passwords*, each with its end, by their users."""
    return {each.partition(":")[0]: f"{each}\n" for each in passwords.splitlines() if each}


def _may_speak(gateway: GatewayKey, ring: KeyRing) -> bool:
    keys = ring.keys(*gateway)
    return not ring.is_enrolled(*gateway) or any(each.revoked_at is None for each in keys.values())


def _program(rules: ProgramRules) -> str:
    topics = [f"topic read {each}" for each in rules.reads]
    topics += [f"topic write {each}" for each in rules.writes]
    return "\n".join((f"user {rules.user}", *topics))


def _gateway(root: str, gateway: GatewayKey) -> str:
    own = f"{root}/{user_name(*gateway)}"
    topics = [f"topic write {own}/{leaf}" for leaf in UP]
    topics += [f"topic read {own}/{leaf}" for leaf in DOWN]
    return "\n".join((f"user {user_name(*gateway)}", *topics))
