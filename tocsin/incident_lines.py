"""Lines of incidents at the command line: id, time and place, then the state in words."""

from contract.http.incidents import Incident
from contract.local_time import local
from words.catalogue import Words


def incident_lines(incident: Incident, words: Words) -> str:
    """Return the two lines of *incident* in a list: its id, time and place, and its state."""
    from alerting.domain.wording.families import CASES

    kind, place = words.name(CASES, incident.kind), incident.premises.name
    title = words.text("incident.at", kind=kind, place=place)
    return f"{incident.id}  {local(incident.opened_at)}  {title}\n    {_state(incident, words)}"


def _state(incident: Incident, words: Words) -> str:
    """Return how far *incident* has come, what it was, its owner, and the reason, in words."""
    from alerting.domain.wording.families import CAUSES, OUTCOMES, PHASES
    from alerting.domain.wording.names import Names
    from alerting.domain.wording.reasons import known_reason

    state = words.name(PHASES, incident.phase)
    if (outcome := incident.outcome) and incident.cause:
        causes = words.name(CAUSES, incident.cause)
        named = words.text("incident.caused", outcome=words.name(OUTCOMES, outcome), cause=causes)
        state = words.text("incident.outcome", phase=state, outcome=named)
    elif outcome:
        state = words.text("incident.outcome", phase=state, outcome=words.name(OUTCOMES, outcome))
    if person := incident.closed_by or incident.owner:
        state = words.text("incident.by", state=state, by=person)
    why = "" if incident.closed_by else known_reason(incident.reason, Names(words))
    return words.text("incident.why", state=state, why=why) if why else state
