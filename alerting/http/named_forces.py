"""The forces that a request names: units and means as the registry has them, others in words."""

from collections.abc import Iterable

from accounts.domain.rights import Rights
from alerting.domain.model.force import Forces, SentForce
from alerting.http.known_places import KnownPlaces
from contract.http.acts import ForceKind
from contract.http.checking import BadRequest
from contract.http.permissions import Permission

_UNKNOWN = "{what} {name!r} is not there; name one of GET /api/v1/incidents/{{id}}/scene"


def named_forces(
    known: KnownPlaces, rights: Rights, *, units: Iterable[str], means: Iterable[str], whom: str = ""
) -> Forces:
    """Return the forces *units*, *means* and *whom*; raises BadRequest for one that is not there.

    The team of premises that whoever asks may not see is not there.
    """
    resources = known.resources(known.index)

    def is_visible(unit: str) -> bool:
        row = resources.unit(unit)
        at = None if row is None else row.premises
        return at is None or rights.may_in(Permission.INCIDENTS_READ, at)

    found: list[SentForce] = []
    for name in dict.fromkeys(units):
        if (unit := resources.unit(name)) is None or not is_visible(unit.id):
            raise BadRequest(_UNKNOWN.format(what="body 'units':", name=name))
        found.append(SentForce(ForceKind.UNIT, unit.id, unit.name))
    for name in dict.fromkeys(means):
        if (row := resources.means(name)) is None or not is_visible(row.unit):
            raise BadRequest(_UNKNOWN.format(what="body 'means':", name=name))
        found.append(SentForce(ForceKind.MEANS, row.id, row.name))
    if words := " ".join(whom.split()):
        found.append(SentForce(ForceKind.NAMED, words, words))
    return tuple(found)
