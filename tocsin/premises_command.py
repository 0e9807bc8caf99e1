"""The verb ``premises``: find premises, see what is known and missing, and the scene of an incident."""

from typing import Annotated

import typer

from contract.http.premises import PremisesInFull, PremisesList
from contract.http.scene import IncidentScene
from tocsin.http_client import ServiceClient
from tocsin.ids import incident_id
from tocsin.language import Language, chosen_words
from tocsin.options import HERE, Alerting, AsJson, IncidentName, TokenFile
from tocsin.pc01_command import pc01
from tocsin.pc01_read_command import pc01_read

app = typer.Typer(
    help="Find premises; show what is known of them, their forms, and the scene of an incident.",
    no_args_is_help=True,
)


@app.command("list")
def list_(
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT", help="Words of the id, name, address or area; diacritics may be left out."
        ),
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="AREA", help="Premises that this area holds today.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="PREMISES", help="Go on behind these premises.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=1_000, metavar="COUNT", help="The most that are listed.")
    ] = 100,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """List premises, with the scores of the four on the spot.

    A score is the share of what a commander asks for that the registry knows. With --json the answer is
    that of the API: premises, total and next.

    tocsin premises list "cho dam doi"
    """
    given = {"text": text, "area": area, "after": after, "limit": str(limit)}
    query = {name: value for name, value in given.items() if value is not None}
    answer = ServiceClient(alerting, token_file).get("/api/v1/premises", query)
    if as_json:
        typer.echo(answer.text())
        return
    from tocsin.premises_lines import list_lines

    typer.echo("\n".join(list_lines(answer.decoded(PremisesList), chosen_words(language))))


@app.command()
def show(
    premises: Annotated[str, typer.Argument(metavar="PREMISES", help="The id of the premises.")],
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Show PREMISES: who commands there, and what is missing.

    With --json the answer is that of the API: the row, its tables, areas, command, water, units and
    four_on_the_spot.
    """
    from urllib.parse import quote

    path = f"/api/v1/premises/{quote(premises, safe='')}"
    answer = ServiceClient(alerting, token_file).get(path, {})
    if as_json:
        typer.echo(answer.text())
        return
    from tocsin.premises_lines import premises_lines

    typer.echo("\n".join(premises_lines(answer.decoded(PremisesInFull), chosen_words(language))))


@app.command()
def scene(
    incident: IncidentName,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Show the scene of INCIDENT: people, water, units, the plan.

    What burns, who is inside, who commands, water and units near.

    With --json the answer is that of the API.
    """
    center = ServiceClient(alerting, token_file)
    answer = center.get(f"/api/v1/incidents/{incident_id(center, incident)}/scene", {})
    if as_json:
        typer.echo(answer.text())
        return
    from tocsin.scene_lines import scene_lines

    typer.echo("\n".join(scene_lines(answer.decoded(IncidentScene), chosen_words(language))))


app.command("pc01")(pc01)
app.command("pc01-read")(pc01_read)
