"""The verb ``explain``: the history of an incident in sentences."""

from typing import Annotated

import msgspec
import typer

from alerting.domain.wording.families import MILESTONE_NAMES, MILESTONES
from contract.http.incidents import Explanation, ExplanationSentence
from contract.local_time import local
from registry.model.contacts import VIETNAMESE
from tocsin.http_client import ServiceClient
from tocsin.ids import incident_id
from tocsin.language import Language, chosen_words
from tocsin.options import HERE, Alerting, AsJson, TokenFile
from tocsin.terminal import say_encoded
from words.catalogue import Words


def explain(
    incident: Annotated[
        str,
        typer.Argument(
            metavar="INCIDENT",
            help="Its id, the beginning of it, or its end as messages show it: '#mfwb'.",
        ),
    ],
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Explain INCIDENT: signals, decisions, notifications, next steps.

    Each sentence has its time in this machine's zone. Exit code 2 if alerting does not answer or has no
    such incident.
    """
    words = chosen_words(language, default=VIETNAMESE)
    center = ServiceClient(alerting, token_file)
    path = f"/api/v1/incidents/{incident_id(center, incident)}/explanation"
    answer = center.get(path, {"lang": words.language})
    if as_json:
        say_encoded(msgspec.json.format(answer.body, indent=2).decode())
        return
    found: Explanation = answer.decoded(Explanation)
    typer.echo(f"{found.incident}: {found.premises.name}, {found.premises.address}".rstrip(", "))
    _print_sentences(found.explanation)
    if found.milestones:
        typer.echo(words.text("explanation.times"))
        _print_milestones(found.milestones, words)
    if found.next:
        typer.echo(words.text("explanation.next"))
        _print_sentences(found.next)


def _print_milestones(times: dict[str, float], words: Words) -> None:
    for event in MILESTONES:
        if event.value in times:
            typer.echo(f"  {times[event.value]:8.1f} s  {words.name(MILESTONE_NAMES, event)}")


def _print_sentences(sentences: list[ExplanationSentence]) -> None:
    for each in sentences:
        typer.echo(f"  {local(each.at)}  {each.text}")
