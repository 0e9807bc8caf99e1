"""Acts on an incident beyond its owner and its end: steps with forces, notes, calls, hand-over."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from contract.http.incidents import Incident
from tocsin.failures import stop
from tocsin.http_client import HttpAnswer, ServiceClient
from tocsin.ids import incident_id
from tocsin.incident_lines import incident_lines
from tocsin.language import Language, chosen_words
from tocsin.options import HERE, Alerting, AsJson, By, IncidentName, Note, TokenFile, acting

STEPS = {
    "dispatch": """Record that forces are dispatched.

    Which ones: --unit and --means, whose ids are those of the scene (tocsin premises scene INCIDENT),
    and --whom in words. Once more: others follow them. The next step is on-scene.

    tocsin incident dispatch 01m8 --unit doi-khu-vuc-1 --means xe-chua-chay-1
    """,
    "on-scene": """Record that forces have arrived at the premises.

    Which ones: --unit and --means. Once more: news from the scene. The next step is under-control.
    """,
    "under-control": """Record that the fire is under control.

    The next step is close, with the outcome.
    """,
}
"""The help of each step of the forces; the API has a path of the same name."""

Units = Annotated[
    list[str] | None,
    typer.Option("--unit", metavar="UNIT", help="The id of a unit of the registry; may repeat."),
]
Means = Annotated[
    list[str] | None,
    typer.Option("--means", metavar="MEANS", help="The id of a means of the registry; may repeat."),
]
Whom = Annotated[
    str,
    typer.Option("--whom", metavar="TEXT", help="Forces that the registry does not have, in words."),
]
Skipped = Annotated[
    str,
    typer.Option("--skipped", metavar="TEXT", help="The reason why steps before it were left out."),
]


def step(name: str) -> Callable[..., None]:
    """Return the verb of the step *name*."""

    def advance(
        incident: IncidentName,
        units: Units = None,
        means: Means = None,
        whom: Whom = "",
        skipped: Skipped = "",
        by: By = None,
        note: Note = "",
        alerting: Alerting = HERE,
        token_file: TokenFile = None,
        language: Language = None,
        as_json: AsJson = False,
    ) -> None:
        forces = {"units": units or [], "means": means or [], "whom": whom}
        body = {**acting(by, note), **forces, **({"skipped": skipped} if skipped else {})}
        answer = act(ServiceClient(alerting, token_file), incident, name, body)
        show(answer, language, as_json=as_json)

    return advance


def note(
    incident: IncidentName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note, in one line.")],
    by: By = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Write a note in the timeline of INCIDENT.

    tocsin incident note 01m8 "khói đen ở cổng đông" --by "Trực ban"
    """
    body = {**acting(by), "text": text}
    answer = act(ServiceClient(alerting, token_file), incident, "notes", body)
    show(answer, language, as_json=as_json)


def call(
    incident: IncidentName,
    answered: Annotated[
        bool, typer.Option("--answered/--no-answer", help="Whether anybody took the call.")
    ],
    contact: Annotated[
        str | None, typer.Option(metavar="CONTACT", help="The contact of the registry who was called.")
    ] = None,
    whom: Annotated[
        str | None, typer.Option(metavar="NAME", help="The person who was called, where not registered.")
    ] = None,
    said: Annotated[str, typer.Option(metavar="TEXT", help="The content of the call.")] = "",
    by: By = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Record a call about INCIDENT.

    It was to --contact or --whom, with --answered or --no-answer.

    tocsin incident call 01m8 --contact truong-ban --answered --said "đang sơ tán"
    """
    if (contact is None) is (whom is None):
        stop("name whom you called: --contact CONTACT of the registry, or --whom NAME")
    named = {"contact": contact} if whom is None else {"whom": whom}
    body = {**acting(by), **named, "answered": answered, "said": said}
    answer = act(ServiceClient(alerting, token_file), incident, "calls", body)
    show(answer, language, as_json=as_json)


def hand_over(
    incident: IncidentName,
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="The account that is to have the incident.")
    ],
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Offer INCIDENT to another account.

    Its owner keeps it until that one accepts.

    tocsin incident hand-over 01m8 binh --note "hết ca"
    """
    body = {**acting(by, note), "to": account}
    answer = act(ServiceClient(alerting, token_file), incident, "hand-over", body)
    show(answer, language, as_json=as_json)


def accept(
    incident: IncidentName,
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Accept INCIDENT, which its owner offers to your account."""
    center = ServiceClient(alerting, token_file)
    show(act(center, incident, "hand-over/accept", acting(by, note)), language, as_json=as_json)


def decline(
    incident: IncidentName,
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Decline INCIDENT, which its owner offers.

    The owner takes the offer back in the same way.
    """
    center = ServiceClient(alerting, token_file)
    show(act(center, incident, "hand-over/decline", acting(by, note)), language, as_json=as_json)


def act(center: ServiceClient, named: str, path: str, body: Mapping[str, object]) -> HttpAnswer:
    """Have *center* store an act on the incident *named*; return its answer."""
    return center.post(f"/api/v1/incidents/{incident_id(center, named)}/{path}", body)


def show(answer: HttpAnswer, language: str | None, *, as_json: bool) -> None:
    """Show the incident in *answer*, as it is after an act."""
    lines = "" if as_json else incident_lines(answer.decoded(Incident), chosen_words(language))
    typer.echo(lines or answer.text())
