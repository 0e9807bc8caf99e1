"""The verb ``explain``: the story of an incident in sentences."""

import asyncio
from typing import Annotated

import typer
from msgspec import Struct, json

from alerting.domain.wording.explanation import Language
from alerting.domain.wording.milestones import MILESTONES
from contract.times import from_micros
from tocsin.asking import Token, ask
from tocsin.incident_ids import whole_id


class Told(Struct):
    """One sentence, and the moment that it is about."""

    at: int
    text: str


class Explanation(Struct):
    """What alerting tells of an incident."""

    incident: str
    premises: dict[str, str]
    explanation: list[Told]
    next: list[Told]
    milestones: dict[str, float] = {}


TIMES = {Language.VI: "Thời gian kể từ lúc mở:", Language.EN: "Times since it was opened:"}
NEXT = {Language.VI: "Tiếp theo, nếu không ai xử lý:", Language.EN: "Next, if nobody acts:"}


def explain(
    incident: Annotated[str, typer.Argument(help="Its id, or the end of it in a message: '#mfwb'.")],
    alerting: Annotated[
        str, typer.Option("--alerting", metavar="URL", help="Where alerting's web server is.")
    ] = "http://127.0.0.1:8080",
    token_file: Token = None,
    lang: Annotated[Language, typer.Option(help="What it is told in.")] = Language.VI,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")] = False,
) -> None:
    """Tell the story of INCIDENT: what came when, why it was decided so, who was told, what is next.

    Times are those of this machine's zone. Exit code 2 if alerting cannot be asked, or knows no such
    incident.
    """

    async def asking() -> Explanation:
        number = await whole_id(incident, alerting=alerting, token_file=token_file)
        url = f"{alerting.rstrip('/')}/api/v1/incidents/{number}/explanation"
        return await ask(url, token_file=token_file, query={"lang": lang.value}, kind=Explanation)

    found = asyncio.run(asking())
    if as_json:
        typer.echo(json.format(json.encode(found), indent=2).decode())
        return
    typer.echo(f"{found.incident}: {found.premises['name']}, {found.premises['address']}".rstrip(", "))
    _say(found.explanation)
    if found.milestones:
        typer.echo(TIMES[lang])
        _say_times(found.milestones, lang)
    if found.next:
        typer.echo(NEXT[lang])
        _say(found.next)


def _say_times(times: dict[str, float], lang: Language) -> None:
    for mark, words in MILESTONES.items():
        if mark.value in times:
            typer.echo(f"  {times[mark.value]:8.1f} s  {words[lang is Language.EN]}")


def _say(sentences: list[Told]) -> None:
    for each in sentences:
        typer.echo(f"  {from_micros(each.at).astimezone():%Y-%m-%d %H:%M:%S}  {each.text}")
