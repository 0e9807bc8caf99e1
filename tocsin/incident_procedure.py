"""The procedure of an incident at the command line: list its steps, check one, skip one."""

from typing import Annotated

import typer

from contract.http.procedures import IncidentProcedure, IncidentStep, StepState
from contract.local_time import local
from tocsin.http_client import ServiceClient
from tocsin.ids import incident_id
from tocsin.incident_acts import act, show
from tocsin.language import Language, chosen_words
from tocsin.options import HERE, Alerting, AsJson, By, IncidentName, TokenFile, acting
from words.catalogue import Words

StepName = Annotated[
    str, typer.Argument(metavar="STEP", help="Its id, as 'tocsin incident procedure' lists it.")
]


def procedure(
    incident: IncidentName,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """List the steps of the procedure of INCIDENT.

    Each is open, late, done or skipped; with its time, or who did it.
    """
    center = ServiceClient(alerting, token_file)
    answer = center.get(f"/api/v1/incidents/{incident_id(center, incident)}/procedure", {})
    if as_json:
        typer.echo(answer.text())
        return
    words = chosen_words(language)
    shown: IncidentProcedure = answer.decoded(IncidentProcedure)
    typer.echo("\n".join(_line(each, words) for each in shown.steps) or words.text("incident.no_steps"))


def check(
    incident: IncidentName,
    step: StepName,
    by: By = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Record that a step of the procedure is done.

    tocsin incident check 01m8 cat-dien --by "Trực ban"
    """
    body = {**acting(by), "step": step}
    answer = act(ServiceClient(alerting, token_file), incident, "procedure", body)
    show(answer, language, as_json=as_json)


def skip(
    incident: IncidentName,
    step: StepName,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="The reason; the timeline keeps it.")
    ],
    by: By = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Record that a step of the procedure is skipped.

    tocsin incident skip 01m8 cat-dien --reason "điện lực đã cắt"
    """
    body = {**acting(by), "step": step, "skip": True, "reason": reason}
    answer = act(ServiceClient(alerting, token_file), incident, "procedure", body)
    show(answer, language, as_json=as_json)


def _line(step: IncidentStep, words: Words) -> str:
    text = step.text_en if words.language == "en" and step.text_en else step.text
    return f"{step.step}  {text or step.step}: {_state(step, words)}"


def _state(step: IncidentStep, words: Words) -> str:
    match step.state:
        case StepState.CHECKED:
            return words.text("incident.step_checked", by=step.by or "")
        case StepState.SKIPPED:
            return words.text("incident.step_skipped", by=step.by or "", reason=step.reason)
        case StepState.OPEN | StepState.LATE:
            if step.due_at is None:
                return words.text("incident.step_open")
            key = "incident.step_late" if step.state is StepState.LATE else "incident.step_due"
            return words.text(key, due=local(step.due_at))
