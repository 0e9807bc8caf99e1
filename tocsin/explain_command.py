"""The verb ``explain``: the history of an incident in sentences."""

from typing import Annotated

import typer
from msgspec import Struct, json

from alerting.domain.wording.explanation import Language
from alerting.domain.wording.milestones import MILESTONES
from contract.local_time import local
from tocsin.http_client import ServiceClient
from tocsin.ids import incident_id
from tocsin.options import HERE, Alerting, AsJson, TokenFile


class Sentence(Struct):
    """One sentence, and the moment that it is about."""

    at: int
    text: str


class Explanation(Struct):
    """Alerting's explanation of an incident."""

    incident: str
    premises: dict[str, str]
    explanation: list[Sentence]
    next: list[Sentence]
    milestones: dict[str, float] = {}


TIMES = {Language.VI: "Thời gian kể từ lúc mở:", Language.EN: "Times since it was opened:"}
NEXT = {Language.VI: "Tiếp theo, nếu không ai xử lý:", Language.EN: "Next, if nobody acts:"}


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
    lang: Annotated[Language, typer.Option(help="The language of the sentences.")] = Language.VI,
    as_json: AsJson = False,
) -> None:
    """Explain INCIDENT: signals, decisions, notifications, next steps.

    Each sentence has its time in this machine's zone. Exit code 2 if alerting does not answer or has no
    such incident.
    """
    center = ServiceClient(alerting, token_file)
    path = f"/api/v1/incidents/{incident_id(center, incident)}/explanation"
    found: Explanation = center.get(path, {"lang": lang.value}).decoded(Explanation)
    if as_json:
        typer.echo(json.format(json.encode(found), indent=2).decode())
        return
    typer.echo(f"{found.incident}: {found.premises['name']}, {found.premises['address']}".rstrip(", "))
    _print_sentences(found.explanation)
    if found.milestones:
        typer.echo(TIMES[lang])
        _print_milestones(found.milestones, lang)
    if found.next:
        typer.echo(NEXT[lang])
        _print_sentences(found.next)


def _print_milestones(times: dict[str, float], lang: Language) -> None:
    for mark, words in MILESTONES.items():
        if mark.value in times:
            typer.echo(f"  {times[mark.value]:8.1f} s  {words[lang is Language.EN]}")


def _print_sentences(sentences: list[Sentence]) -> None:
    for each in sentences:
        typer.echo(f"  {local(each.at)}  {each.text}")
