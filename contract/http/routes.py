"""Every route of the center's HTTP: the description and the services are held to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from contract.http.access import AccessQuery, CheckedSessions, PermittedPremises, SessionsCheck
from contract.http.acts import (
    CallRequest,
    HandOverRequest,
    InformationRequest,
    NoteRequest,
    StepRequest,
    Successors,
)
from contract.http.areas import Areas, AreasQuery
from contract.http.console import ConsoleHealth, MapSettings, PresenceTaken, ScreenPresence
from contract.http.desks import DeskReport, WatchedDesk, WatchedDesks
from contract.http.drafts import (
    Draft,
    DraftAct,
    DraftEdit,
    DraftQuery,
    Drafts,
    DraftsQuery,
    NewDraft,
    RehearsalRequest,
)
from contract.http.duties import (
    Board,
    BoardQuery,
    Duties,
    DutiesQuery,
    DutyEventRequest,
    DutyEvents,
    DutyEventsQuery,
    DutyRuleList,
    PremisesDuties,
    PremisesDutiesQuery,
    RecordedDuty,
)
from contract.http.enrolments import Authority, EnrolmentRequest, IssuedCertificate
from contract.http.exchange import DeltasQuery, ExchangeDocument, SnapshotQuery
from contract.http.feed import FeedQuery
from contract.http.files import FileQuery, StoredFile, UploadQuery
from contract.http.gateways import Gateways, PremisesQuery
from contract.http.health import AlertingHealth, IngestHealth, NoQuery
from contract.http.incidents import (
    ActionRequest,
    CloseRequest,
    Explanation,
    ExplanationQuery,
    Incident,
    Incidents,
    IncidentsQuery,
    Override,
    RefusalRequest,
)
from contract.http.overrides import OverrideRequest, Overrides, OverridesQuery
from contract.http.permissions import Permission
from contract.http.plans import FormQuery, PlanQuery
from contract.http.policies import PolicyRecipients, RecipientsQuery
from contract.http.premises import PremisesInFull, PremisesList, PremisesListQuery
from contract.http.procedures import IncidentProcedure, ProcedureRequest
from contract.http.readings import Counts, CountsQuery, Readings, ReadingsQuery
from contract.http.registry import (
    DescribedTables,
    HistoryQuery,
    RegistryRows,
    RegistryState,
    RegistryVersions,
    RestoreRequest,
    RowHistory,
    RowsQuery,
    VersionsQuery,
)
from contract.http.replies import Replies, RepliesQuery
from contract.http.reports import DailyFiguresRequest, RecordedFigures, ReportQuery
from contract.http.scene import IncidentScene
from contract.http.sessions import (
    AccountReady,
    CodeRequest,
    DeviceRequest,
    EnrolledDevice,
    NewDevice,
    NoFields,
    OpenIdCallback,
    PasswordChange,
    SetupRequest,
    SetUpState,
    SignedOut,
    SignInRequest,
    WhoAsks,
)
from contract.http.sheets import SheetAct, SheetFileQuery, SheetPreview, SheetQuery
from contract.http.shifts import (
    ShiftHandOver,
    ShiftHandOverRequest,
    ShiftHandOvers,
    ShiftHandOversQuery,
    ShiftSignatureRequest,
)
from contract.http.signals import Signals, SignalsQuery
from contract.http.synthetic_fire import SyntheticFire
from contract.http.trainings import TrainingRequest
from contract.http.trials import Trial, TrialRequest
from contract.ledger import Ledger

JSON = "application/json"
EVENTS = "text/event-stream"
METRICS = "text/plain"
HTML = "text/html"
GEOJSON = "application/geo+json"
OCTETS = "application/octet-stream"
"""The content type of an uploaded file; no form of a web page can send it."""


FILES = ("image/svg+xml", "image/png", "image/jpeg", "image/webp", "application/pdf")
"""The content types of files that are kept (``registry.attachments.kinds``)."""


FORMS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
"""The content type of a form as each kind of document."""

SHEETS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The content type of a spreadsheet as each kind of file."""

REPORT_TYPES = {
    JSON: "json",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/pdf": "pdf",
}
"""The media types of reports, and their endings in the path."""


class Service(StrEnum):
    """The services of the center, each with an HTTP server of its own."""

    ALERTING = "alerting"
    INGEST = "ingest"
    CONSOLE = "console"


class Answer(StrEnum):
    """An answer that no struct describes."""

    EVENTS = "server-sent events"
    LIVE = "server-sent events of the desk"
    METRICS = "metrics"
    DOCUMENT = "this description"
    START = "where to go from here"
    REDIRECTION = "a redirection of a browser"
    PAGE = "a page that leads on"
    FILE = "a file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path and its method; *answer* is that of success, several where each
    service has its own. *errors* are by status, beside those that every route has. An *upload* is a
    file in the body, as it is; *media* are the content types of an answer that is a file.
    """

    name: str
    method: str
    path: str
    services: tuple[Service, ...]
    summary: str
    answer: object
    permission: Permission
    status: int = 200
    query: type[Struct] = NoQuery
    body: type[Struct] | None = None
    upload: bool = False
    media: tuple[str, ...] = ()
    errors: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_guarded(self) -> bool:
        """Whether it needs the token, where one is configured."""
        return self.path.startswith(GUARDED)


GUARDED = ("/api/", "/live", "/map/")
"""Beginnings of the paths that need a token or a session."""

_ALERTING, _INGEST, _CONSOLE = (Service.ALERTING,), (Service.INGEST,), (Service.CONSOLE,)
_BOTH, _ALL = (Service.ALERTING, Service.INGEST), tuple(Service)

_DATABASE = {503: "The database does not answer: try again, and look at /healthz."}
_STORE = {503: "The readings store, or alerting with the accounts, does not answer: try again."}
_NONE = {404: "There is no such incident: list them with GET /api/v1/incidents."}
_DAMAGED = {500: "The stored state of the incident is damaged: act on its signals, GET /api/v1/signals."}
_OWNED = {409: "Somebody else has it or closed it, or the step cannot follow its phase; see owner."}
_NO_OVERRIDE = {404: "There is no such override: list them with GET /api/v1/overrides."}
_NO_PREMISES = {404: "The premises are neither registered nor heard of: correct the name."}
_NO_DUTY = {
    403: "The role may not record this: inspections and excuses are for the authorities.",
    404: "The premises are not registered, or do not have the duty: GET /api/v1/duties.",
    409: "The event that it corrects is of another duty, or was corrected before.",
}
_NO_PLACE = {404: "The premises are not registered: correct the name."}
_NOT_REGISTERED = {404: "The premises are not registered: list them with GET /api/v1/premises."}
_NO_CONTACT = {
    404: "There is no such contact: look at tocsin registry show.",
    429: "Too many trials, of this contact or of all: try again in five minutes.",
}
_NO_TRAINING = {
    404: "The premises are not registered: list them with GET /api/v1/premises.",
    409: "The premises are not there to learn at, or whoever asks is in a training already.",
    429: "Too many trainings: try again in a minute.",
}
_NO_FILE = {
    404: "The premises are not there, or their data do not refer to such a file: correct the hash."
}
_NO_FLOOR = {404: "The premises, the floor or the incident are not there: correct the name."}
_NO_FORM = {
    404: "The premises are not registered: correct the name.",
    429: "Too many documents are written: try again in a minute.",
}
_UPLOAD = {
    413: "The file is larger than files.max_bytes: make it smaller.",
    422: "The file cannot be kept: error names the fault, and the remedy.",
    429: "Too many files are worked on: try again in a minute.",
    507: "There is no room for files: look at tocsin file prune, and at the disk.",
}
_NO_AUTHORITY = {404: "No authority was made at this center: tocsin pki init."}
_ENROLMENT = _NO_AUTHORITY | {
    403: "The code is not accepted: have a new one made with tocsin pki invite.",
    409: "The gateway is not registered, or its key cannot be used; see error.",
    429: "Too many enrolments at once: try again in a minute.",
}
_NO_LINK = {
    404: "The link is not of this center: take it from the message as it is.",
    429: "Too many requests: try again in a minute.",
    503: "The answer is not stored: try again, or call.",
}
_NO_AREA_TO_LIST = {404: "There is no such area, or no such premises: correct the id."}
_NO_AREA = {404: "There is no such area, or no such form of a report."}
_UNREAD = {409: "Something came that the signer has not read: see new."}
_NO_HAND_OVER = {
    409: "No hand-over of this number waits for whoever asks, or something came that is unread: see new."
}
_MANY_DESKS = {
    409: "The id is that of another desk: make a new one for this screen.",
    429: "The center keeps no more desks: close pages that nobody uses.",
}
_MANY_REPORTS = {503: "Other reports are being made, or this one took too long: ask again later."}
_READERS = {503: "Too many readers, or the database does not answer: close one, or look at /healthz."}


_INSECURE = {403: "Others could read along: ask over TLS, through a reverse proxy of web.proxies."}
_WRONG = {
    401: "Name, password or code is wrong; missing says whether a code is needed.",
    429: "Too many attempts failed: Retry-After says in how many seconds to try again.",
    503: "Too many sign in at once, or the database does not answer: try again.",
}
_NO_SESSION = {409: "Whoever asks has no session: a token, or the machine itself."}
_NO_PROVIDER = {
    404: "No provider of OpenID Connect is set up.",
    503: "The provider does not answer: sign in with a password, or try again.",
}


def _session(
    name: str,
    path: str,
    summary: str,
    answer: object,
    *,
    body: type[Struct] | None = None,
    method: str = "POST",
    permission: Permission = Permission.SIGNED_IN,
    errors: Mapping[int, str],
) -> Route:
    return Route(
        name=name,
        method=method,
        path=f"/api/v1/{path}",
        services=_ALERTING,
        permission=permission,
        summary=summary,
        answer=answer,
        body=body,
        errors={**_DATABASE, **errors},
    )


_SESSIONS = (
    _session(
        "signIn",
        "session",
        "Sign in: the answer sets the cookie of a new session.",
        WhoAsks,
        body=SignInRequest,
        permission=Permission.OPEN,
        errors=_INSECURE | _WRONG,
    ),
    _session(
        "showSession", "session", "Say who asks, and what is allowed.", WhoAsks, method="GET", errors={}
    ),
    _session(
        "signOut",
        "session",
        "Sign out: the session ends.",
        SignedOut,
        method="DELETE",
        errors=_NO_SESSION,
    ),
    _session(
        "signOutEverywhere",
        "session/sign-out-everywhere",
        "End all sessions of the account, this one too.",
        SignedOut,
        body=NoFields,
        errors=_NO_SESSION,
    ),
    _session(
        "handOver",
        "session/hand-over",
        "Hand the desk over to whoever signs in; with the own name, let the limits begin anew.",
        WhoAsks,
        body=SignInRequest,
        errors=_INSECURE | _WRONG | _NO_SESSION,
    ),
    _session(
        "proveCode",
        "session/code",
        "Prove the second factor in a session that began without it.",
        WhoAsks,
        body=CodeRequest,
        errors=_INSECURE | _WRONG | _NO_SESSION,
    ),
    _session(
        "beginEnrolment",
        "session/second-factor",
        "Begin to enrol a device for one-time codes.",
        NewDevice,
        body=DeviceRequest,
        errors=_INSECURE
        | _WRONG
        | {409: "A device is enrolled already, or whoever asks has no session."},
    ),
    _session(
        "confirmEnrolment",
        "session/second-factor/confirm",
        "Enrol the device with a code of it.",
        EnrolledDevice,
        body=CodeRequest,
        errors=_INSECURE | {409: "The code is wrong, no enrolment was begun, or there is no session."},
    ),
    _session(
        "changePassword",
        "session/password",
        "Change the own password: all other sessions end.",
        SignedOut,
        body=PasswordChange,
        errors=_INSECURE | _WRONG | _NO_SESSION,
    ),
    Route(
        name="showSetUp",
        method="GET",
        path="/api/v1/setup",
        services=_ALERTING,
        permission=Permission.OPEN,
        summary="Say whether the center has any account, or waits for its first one.",
        answer=SetUpState,
        errors=_DATABASE,
    ),
    _session(
        "setUp",
        "setup",
        "Use a link that works once: set a password, or make the first administrator.",
        AccountReady,
        body=SetupRequest,
        permission=Permission.OPEN,
        errors=_INSECURE | {409: "The link is unknown, was used, or has expired.", 429: _WRONG[429]},
    ),
    Route(
        name="beginOpenId",
        method="GET",
        path="/api/v1/session/openid/start",
        services=_ALERTING,
        permission=Permission.OPEN,
        summary="Send the browser to the provider of OpenID Connect.",
        answer=Answer.REDIRECTION,
        status=303,
        errors=_INSECURE | _NO_PROVIDER,
    ),
    Route(
        name="completeOpenId",
        method="GET",
        path="/api/v1/session/openid/callback",
        services=_ALERTING,
        permission=Permission.OPEN,
        summary="Take the browser back from the provider: the answer sets the cookie of a new session.",
        query=OpenIdCallback,
        answer=Answer.PAGE,
        errors=_INSECURE | _NO_PROVIDER | {401: "Nobody is signed in: begin anew."},
    ),
)


def _incident(
    name: str,
    step: str,
    summary: str,
    body: type[Struct] = ActionRequest,
    *,
    permission: Permission = Permission.INCIDENTS_ACT,
) -> Route:
    return Route(
        name=name,
        method="POST",
        path=f"/api/v1/incidents/{{id}}/{step}",
        services=_ALERTING,
        permission=permission,
        summary=summary,
        body=body,
        answer=Incident,
        errors=_NONE | _OWNED | _DAMAGED | _DATABASE,
    )


_NO_DRAFT = {404: "There is no such draft: list them with GET /api/v1/registry/drafts."}
_NOT_NOW = {
    409: "It cannot be done now: a conflict, an error, a second person is missing, or it has ended.",
    429: "Too many drafts of the account, or too many checks at once: try again in a minute.",
}
_BUSY = "Too many spreadsheets at once: try again in a minute."
_SHEET = {
    413: "The file is too large: send it in parts, or import it on the center's machine.",
    422: "The file cannot be worked on: the answer has the reason and the remedy.",
    429: _BUSY,
}
_NO_ROW = {404: "There is no such table or row: list the rows of a table first."}


def _draft(
    name: str,
    step: str,
    summary: str,
    body: type[Struct] = DraftAct,
    *,
    permission: Permission = Permission.REGISTRY_PROPOSE,
) -> Route:
    return Route(
        name=name,
        method="POST",
        path=f"/api/v1/registry/drafts/{{id}}/{step}",
        services=_ALERTING,
        permission=permission,
        summary=summary,
        body=body,
        answer=Draft,
        errors=_NO_DRAFT | _NOT_NOW | _DATABASE,
    )


def _of_registry(
    name: str, path: str, summary: str, answer: object, *, query: type[Struct] = NoQuery
) -> Route:
    return Route(
        name=name,
        method="GET",
        path=f"/api/v1/registry{path}",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary=summary,
        query=query,
        answer=answer,
        errors=(_NO_ROW if "{table}" in path else {}) | _DATABASE,
    )


_REGISTRY = (
    _of_registry(
        "getRegistry", "", "Show the active version of the registry, and count its rows.", RegistryState
    ),
    _of_registry(
        "describeTables",
        "/tables",
        "Describe the tables of the registry, from which forms are made.",
        DescribedTables,
    ),
    _of_registry(
        "listVersions",
        "/versions",
        "List versions of the registry.",
        RegistryVersions,
        query=VersionsQuery,
    ),
    Route(
        name="restoreVersion",
        method="POST",
        path="/api/v1/registry/versions/{id}/restore",
        services=_ALERTING,
        permission=Permission.REGISTRY_PROPOSE,
        summary="Begin a draft that restores an old version, as far as whoever asks may change it.",
        body=RestoreRequest,
        answer=Draft,
        status=201,
        errors={404: "There is no such version."} | _NOT_NOW | _DATABASE,
    ),
    Route(
        name="listDrafts",
        method="GET",
        path="/api/v1/registry/drafts",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="List drafts: the own ones, and those that one could approve or apply.",
        query=DraftsQuery,
        answer=Drafts,
        errors=_DATABASE,
    ),
    Route(
        name="beginDraft",
        method="POST",
        path="/api/v1/registry/drafts",
        services=_ALERTING,
        permission=Permission.REGISTRY_PROPOSE,
        summary="Begin a draft: changes of the registry that are checked before they are applied.",
        body=NewDraft,
        answer=Draft,
        status=201,
        errors=_NOT_NOW | _DATABASE,
    ),
    Route(
        name="getDraft",
        method="GET",
        path="/api/v1/registry/drafts/{id}",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="Show a draft, compared with the active version field by field.",
        query=DraftQuery,
        answer=Draft,
        errors=_NO_DRAFT | _DATABASE,
    ),
    _draft("editDraft", "rows", "Put rows, fields of rows and removals into a draft.", DraftEdit),
    _draft("validateDraft", "validate", "Check a draft as an import of files is checked."),
    _draft(
        "rehearseDraft",
        "rehearse",
        "Replay the signals of the last days under the rules of a draft.",
        RehearsalRequest,
    ),
    _draft("rebaseDraft", "rebase", "Base a draft on the active version: its own changes stay."),
    _draft("submitDraft", "submit", "Hand a draft over to whoever approves and applies it."),
    _draft(
        "approveDraft",
        "approve",
        "Approve a draft as the second person.",
        permission=Permission.REGISTRY_READ,
    ),
    _draft(
        "applyDraft",
        "apply",
        "Apply a draft: it becomes the next version of the registry.",
        permission=Permission.REGISTRY_WRITE,
    ),
    _draft("discardDraft", "discard", "Discard a draft."),
    Route(
        name="previewSheet",
        method="POST",
        path="/api/v1/registry/sheets",
        services=_ALERTING,
        permission=Permission.REGISTRY_PROPOSE,
        summary="Preview what a spreadsheet would change, with each fault by sheet, row and column.",
        query=SheetQuery,
        upload=True,
        answer=SheetPreview,
        errors=_SHEET | _DATABASE,
    ),
    Route(
        name="applySheet",
        method="POST",
        path="/api/v1/registry/sheets/{id}/apply",
        services=_ALERTING,
        permission=Permission.REGISTRY_PROPOSE,
        summary="Apply a preview as one version; as a draft that waits, where somebody else must act.",
        body=SheetAct,
        answer=Draft,
        errors={404: "There is no such preview of yours, or its time is over: send the file again."}
        | _NOT_NOW
        | _DATABASE,
    ),
    *(
        Route(
            name=f"downloadSheet{kind.capitalize()}",
            method="GET",
            path=f"/api/v1/registry/sheets/{{table}}.{kind}",
            services=_ALERTING,
            permission=Permission.REGISTRY_READ,
            summary=f"Write the rows of a table as {kind.upper()}, as an upload takes them back.",
            query=SheetFileQuery,
            answer=Answer.FILE,
            media=(media,),
            errors=_NO_ROW | {429: _BUSY} | _DATABASE,
        )
        for kind, media in SHEETS.items()
    ),
    _of_registry(
        "listRows",
        "/{table}",
        "List the rows of a table of the registry.",
        RegistryRows,
        query=RowsQuery,
    ),
    _of_registry(
        "getRowHistory",
        "/{table}/{key}/history",
        "Show each change of a row: version, time, account, and the fields before and after.",
        RowHistory,
        query=HistoryQuery,
    ),
)

_NO_CURSOR = {410: "The cursor cannot be continued: begin anew with a snapshot."}


def _exchange(name: str, path: str, summary: str, query: type[Struct]) -> Route:
    return Route(
        name=name,
        method="GET",
        path=f"/api/v1/exchange/{path}",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary=summary,
        query=query,
        answer=ExchangeDocument,
        errors=_NO_CURSOR | _DATABASE,
    )


_EXCHANGE = (
    _exchange(
        "readSnapshot",
        "snapshot",
        "Read the registry for another system, page by page, signed (docs/exchange.md).",
        SnapshotQuery,
    ),
    _exchange(
        "readDeltas",
        "deltas",
        "Read what changed in the registry since a cursor, signed (docs/exchange.md).",
        DeltasQuery,
    ),
)


def _report(name: str, path: str, summary: str) -> Route:
    return Route(
        name=name,
        method="GET",
        path=f"/api/v1/reports/{path}.{{format}}",
        services=_ALERTING,
        permission=Permission.REPORTS_READ,
        summary=summary,
        query=ReportQuery,
        answer=Answer.FILE,
        media=tuple(REPORT_TYPES),
        errors=_NO_AREA | _MANY_REPORTS,
    )


_REPORTS = (
    _report("reportFigures", "figures", "Count the incidents of a period, by everything."),
    _report("reportResponse", "response", "Show the response times of a period, and the slowest fires."),
    _report("reportAvailability", "availability", "Show for which share of a period devices were well."),
    _report("reportDaily", "daily", "Show the daily sheet of 61 lines, with its lists."),
    _report("reportDuties", "duties", "Count the duties that were due in a period, and what was done."),
    _report("reportShifts", "shifts", "List the hand-overs of shifts, what was open, and the fires."),
    Route(
        name="recordDailyFigures",
        method="PUT",
        path="/api/v1/reports/daily",
        services=_ALERTING,
        permission=Permission.REPORTS_WRITE,
        summary="Enter figures in the daily sheet; a later entry corrects an earlier one.",
        body=DailyFiguresRequest,
        answer=RecordedFigures,
        errors=_NO_AREA | _DATABASE,
    ),
)


_NO_CENTER = {503: "Alerting, which keeps the accounts, does not answer: try again."}


def _of_desk(
    name: str,
    path: str,
    summary: str,
    answer: object,
    *,
    permission: Permission = Permission.SIGNED_IN,
    media: tuple[str, ...] = (),
    errors: Mapping[int, str] | None = None,
) -> Route:
    return Route(
        name=name,
        method="GET",
        path=path,
        services=_CONSOLE,
        permission=permission,
        summary=summary,
        answer=answer,
        media=media,
        errors={**_NO_CENTER, **(errors or {})},
    )


_DESK = (
    _of_desk(
        "readLive",
        "/live",
        "Follow the open incidents and what happens in them: a tick each second, rows, entries.",
        Answer.LIVE,
        errors={503: "Too many screens, or alerting does not answer: close one, or try again."},
    ),
    Route(
        name="reportPresence",
        method="POST",
        path="/live/presence",
        services=_CONSOLE,
        permission=Permission.SIGNED_IN,
        summary="Report the signs of a person at a screen of a desk.",
        body=ScreenPresence,
        answer=PresenceTaken,
        errors=_NO_CENTER,
    ),
    _of_desk("getMapSettings", "/map/settings", "Say what the map is drawn from.", MapSettings),
    _of_desk(
        "getMapAreas",
        "/map/areas.geojson",
        "Show the areas: outlines where the operator has them, else their centres.",
        Answer.FILE,
        permission=Permission.REGISTRY_READ,
        media=(GEOJSON,),
    ),
    _of_desk(
        "getMapPremises",
        "/map/premises.geojson",
        "Show the premises that whoever asks may see, each with its worst state.",
        Answer.FILE,
        permission=Permission.REGISTRY_READ,
        media=(GEOJSON,),
    ),
    _of_desk(
        "getMapArchive",
        "/map/tiles.pmtiles",
        "Show a part of the operator's archive of tiles, by the header Range.",
        Answer.FILE,
        media=(OCTETS,),
        errors={404: "No archive of tiles is set up: map.pmtiles."},
    ),
    _of_desk(
        "getMapTile",
        "/map/tiles/{z}/{x}/{y}",
        "Show a tile of the operator's server of tiles.",
        Answer.FILE,
        media=(OCTETS,),
        errors={404: "No server of tiles is set up: map.tiles_url; or it has no such tile."},
    ),
)


ROUTES = (
    Route(
        name="listIncidents",
        method="GET",
        path="/api/v1/incidents",
        services=_ALERTING,
        permission=Permission.INCIDENTS_READ,
        summary="List incidents: open before closed, fires first, the newest of each first.",
        query=IncidentsQuery,
        answer=Incidents,
        errors=_DATABASE,
    ),
    Route(
        name="getIncident",
        method="GET",
        path="/api/v1/incidents/{id}",
        services=_ALERTING,
        permission=Permission.INCIDENTS_READ,
        summary="Show an incident with its timeline and its deliveries.",
        answer=Incident,
        errors=_NONE | _DAMAGED | _DATABASE,
    ),
    Route(
        name="explainIncident",
        method="GET",
        path="/api/v1/incidents/{id}/explanation",
        services=_ALERTING,
        permission=Permission.INCIDENTS_READ,
        summary="Explain in sentences what happened in an incident, and what is next.",
        query=ExplanationQuery,
        answer=Explanation,
        errors=_NONE | _DAMAGED | _DATABASE,
    ),
    Route(
        name="showScene",
        method="GET",
        path="/api/v1/incidents/{id}/scene",
        services=_ALERTING,
        permission=Permission.INCIDENTS_READ,
        summary="Show what burns, who is inside, who commands, and the water and units near.",
        answer=IncidentScene,
        errors=_NONE | _DAMAGED | _DATABASE,
    ),
    _incident("markIncidentSeen", "seen", "Say that somebody looked: the next person is not notified."),
    _incident("acknowledgeIncident", "acknowledge", "Take an incident: its escalation ends."),
    _incident("dispatchIncident", "dispatch", "Say which forces are on their way.", StepRequest),
    _incident("arriveOnScene", "on-scene", "Say that forces are on scene.", StepRequest),
    _incident("reportUnderControl", "under-control", "Say that the fire is under control.", StepRequest),
    Route(
        name="showProcedure",
        method="GET",
        path="/api/v1/incidents/{id}/procedure",
        services=_ALERTING,
        permission=Permission.INCIDENTS_READ,
        summary="Show the steps of the procedure of an incident, and what was done with each.",
        answer=IncidentProcedure,
        errors=_NONE | _DAMAGED | _DATABASE,
    ),
    _incident("checkStep", "procedure", "Check a step of the procedure, or skip it.", ProcedureRequest),
    _incident(
        "sayOfIncident",
        "answers",
        "Say of a fire that it is real, false or being checked: information, which ends nothing.",
        InformationRequest,
    ),
    _incident("addNote", "notes", "Write a note about an incident.", NoteRequest),
    _incident("noteCall", "calls", "Note a call: whom, answered or not, what was said.", CallRequest),
    Route(
        name="listSuccessors",
        method="GET",
        path="/api/v1/incidents/{id}/hand-over",
        services=_ALERTING,
        permission=Permission.INCIDENTS_ACT,
        summary="List the people to whom an incident may be handed over, who are at a desk first.",
        answer=Successors,
        errors=_NONE | _DATABASE,
    ),
    _incident("offerIncident", "hand-over", "Offer an incident to another account.", HandOverRequest),
    _incident("acceptIncident", "hand-over/accept", "Accept an incident that its owner offers."),
    _incident(
        "declineIncident", "hand-over/decline", "Decline an incident that is offered, or keep it."
    ),
    _incident(
        "closeIncident",
        "close",
        "Close an incident, naming what it was.",
        CloseRequest,
        permission=Permission.INCIDENTS_CLOSE,
    ),
    _incident(
        "approveClose",
        "approve",
        "Approve as the second person that a fire is closed while points are in fire.",
        permission=Permission.APPROVE,
    ),
    _incident(
        "refuseClose",
        "refuse",
        "Refuse, for a reason, that a fire is closed as another person proposed.",
        RefusalRequest,
        permission=Permission.APPROVE,
    ),
    _incident(
        "withdrawClose",
        "withdraw",
        "Withdraw the own proposal to close a fire, which waits for a second person.",
        permission=Permission.INCIDENTS_CLOSE,
    ),
    Route(
        name="listDesks",
        method="GET",
        path="/api/v1/desks",
        services=_ALERTING,
        permission=Permission.DESKS_ATTEND,
        summary="List the duty desks: who is there, and when the last sign of a person was.",
        answer=WatchedDesks,
        errors=_DATABASE,
    ),
    Route(
        name="reportDesk",
        method="POST",
        path="/api/v1/desks",
        services=_ALERTING,
        permission=Permission.DESKS_ATTEND,
        summary="Report who is at a duty desk, and the last signs of a person there.",
        body=DeskReport,
        answer=WatchedDesk,
        errors=_MANY_DESKS | _DATABASE,
    ),
    Route(
        name="listShiftHandOvers",
        method="GET",
        path="/api/v1/shifts/hand-over",
        services=_ALERTING,
        permission=Permission.DESKS_ATTEND,
        summary="List the latest hand-overs of shifts, with the matters that were open.",
        query=ShiftHandOversQuery,
        answer=ShiftHandOvers,
        errors=_DATABASE,
    ),
    Route(
        name="giveShift",
        method="POST",
        path="/api/v1/shifts/hand-over",
        services=_ALERTING,
        permission=Permission.DESKS_ATTEND,
        summary="Hand a shift over: the center lists the open matters, and whoever gives it signs.",
        body=ShiftHandOverRequest,
        answer=ShiftHandOver,
        status=201,
        errors=_UNREAD | _DATABASE,
    ),
    Route(
        name="receiveShift",
        method="POST",
        path="/api/v1/shifts/hand-over/signature",
        services=_ALERTING,
        permission=Permission.DESKS_ATTEND,
        summary="Sign a hand-over as the person who takes the shift.",
        body=ShiftSignatureRequest,
        answer=ShiftHandOver,
        errors=_NO_HAND_OVER | _DATABASE,
    ),
    Route(
        name="listOverrides",
        method="GET",
        path="/api/v1/overrides",
        services=_ALERTING,
        permission=Permission.OVERRIDES_READ,
        summary="List tests, drills, silences and maintenance.",
        query=OverridesQuery,
        answer=Overrides,
        errors=_DATABASE,
    ),
    Route(
        name="beginOverride",
        method="POST",
        path="/api/v1/overrides",
        services=_ALERTING,
        permission=Permission.OVERRIDES_ORDER,
        summary="Order a test, a drill, a silence or maintenance.",
        body=OverrideRequest,
        answer=Override,
        status=201,
        errors=_DATABASE,
    ),
    Route(
        name="endOverride",
        method="POST",
        path="/api/v1/overrides/{id}/end",
        services=_ALERTING,
        permission=Permission.OVERRIDES_ORDER,
        summary="End an override before its time: what it held back is told.",
        body=ActionRequest,
        answer=Override,
        errors=_NO_OVERRIDE | _OWNED | _DAMAGED | _DATABASE,
    ),
    Route(
        name="approveOverride",
        method="POST",
        path="/api/v1/overrides/{id}/approve",
        services=_ALERTING,
        permission=Permission.APPROVE,
        summary="Approve an order as the second person: from now on it is in force.",
        body=ActionRequest,
        answer=Override,
        errors=_NO_OVERRIDE | _OWNED | _DAMAGED | _DATABASE,
    ),
    Route(
        name="refuseOverride",
        method="POST",
        path="/api/v1/overrides/{id}/refuse",
        services=_ALERTING,
        permission=Permission.APPROVE,
        summary="Refuse, for a reason, an order that waits for a second person: it never holds.",
        body=RefusalRequest,
        answer=Override,
        errors=_NO_OVERRIDE | _OWNED | _DAMAGED | _DATABASE,
    ),
    Route(
        name="showAnswerPage",
        method="GET",
        path="/a/{token}",
        services=_ALERTING,
        permission=Permission.OPEN,
        summary="Show the page of a link in a message about a fire: it acts on nothing.",
        answer=Answer.PAGE,
        errors=_NO_LINK,
    ),
    Route(
        name="giveAnswer",
        method="POST",
        path="/a/{token}",
        services=_ALERTING,
        permission=Permission.OPEN,
        summary="Answer by the form of that page; the path is the secret of one person and one fire.",
        answer=Answer.REDIRECTION,
        status=303,
        errors=_NO_LINK,
    ),
    Route(
        name="listReplies",
        method="GET",
        path="/api/v1/replies",
        services=_ALERTING,
        permission=Permission.INCIDENTS_READ,
        summary="List replies to short messages that nothing followed, or all: the latest first.",
        query=RepliesQuery,
        answer=Replies,
        errors=_DATABASE,
    ),
    Route(
        name="listSignals",
        method="GET",
        path="/api/v1/signals",
        services=_ALERTING,
        permission=Permission.SIGNALS_READ,
        summary="List stored signals, oldest first.",
        query=SignalsQuery,
        answer=Signals,
        errors=_DATABASE,
    ),
    Route(
        name="listAreas",
        method="GET",
        path="/api/v1/areas",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="List the areas in force on a day, or find them by any name that they have or had.",
        query=AreasQuery,
        answer=Areas,
        errors=_DATABASE,
    ),
    Route(
        name="listPremises",
        method="GET",
        path="/api/v1/premises",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="List premises with the scores of the four on the spot, by area and by text.",
        query=PremisesListQuery,
        answer=PremisesList,
        errors=_NO_AREA_TO_LIST | _DATABASE,
    ),
    Route(
        name="showPremises",
        method="GET",
        path="/api/v1/premises/{premises}",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="Show all that is known of premises, and what is missing.",
        answer=PremisesInFull,
        errors=_NOT_REGISTERED | _DATABASE,
    ),
    Route(
        name="listRecipients",
        method="GET",
        path="/api/v1/policies/{policy}/recipients",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="Say whom a policy would notify at a moment, stage by stage.",
        query=RecipientsQuery,
        answer=PolicyRecipients,
        errors={404: "There is no such policy, or no such premises: list them first."} | _DATABASE,
    ),
    Route(
        name="listGateways",
        method="GET",
        path="/api/v1/gateways",
        services=_ALERTING,
        permission=Permission.GATEWAYS_READ,
        summary="List gateways: how each is heard, and what it said of itself.",
        query=PremisesQuery,
        answer=Gateways,
        errors=_DATABASE,
    ),
    Route(
        name="getSyntheticFire",
        method="GET",
        path="/api/v1/synthetic-fire",
        services=_ALERTING,
        permission=Permission.GATEWAYS_READ,
        summary="Tell whether an alarm would travel: the last round of the synthetic fire, hop by hop.",
        query=NoQuery,
        answer=SyntheticFire,
    ),
    Route(
        name="listDuties",
        method="GET",
        path="/api/v1/duties",
        services=_ALERTING,
        permission=Permission.DUTIES_READ,
        summary="List duties of premises, those that are due first before the others.",
        query=DutiesQuery,
        answer=Duties,
        errors=_NO_AREA_TO_LIST | _DATABASE,
    ),
    Route(
        name="listDutyRules",
        method="GET",
        path="/api/v1/duties/rules",
        services=_ALERTING,
        permission=Permission.DUTIES_READ,
        summary="List the rules of duties, each with its law.",
        answer=DutyRuleList,
        errors=_DATABASE,
    ),
    Route(
        name="getDutyBoard",
        method="GET",
        path="/api/v1/duties/board",
        services=_ALERTING,
        permission=Permission.DUTIES_READ,
        summary="Count premises by area that are connected, only declared, or neither.",
        query=BoardQuery,
        answer=Board,
        errors=_NO_AREA_TO_LIST | _DATABASE,
    ),
    Route(
        name="listDutyEvents",
        method="GET",
        path="/api/v1/duties/events",
        services=_ALERTING,
        permission=Permission.DUTIES_READ,
        summary="List what was done for the duties of premises, with every correction.",
        query=DutyEventsQuery,
        answer=DutyEvents,
        errors=_NO_PLACE | _DATABASE,
    ),
    Route(
        name="recordDuty",
        method="POST",
        path="/api/v1/duties/events",
        services=_ALERTING,
        permission=Permission.DUTIES_RECORD,
        summary="Record what was done for a duty, or correct what was recorded.",
        status=201,
        body=DutyEventRequest,
        answer=RecordedDuty,
        errors=_NO_DUTY | _DATABASE,
    ),
    Route(
        name="getPremisesDuties",
        method="GET",
        path="/api/v1/premises/{premises}/duties",
        services=_ALERTING,
        permission=Permission.DUTIES_READ,
        summary="Show all duties of premises, and the points that are late to test.",
        query=PremisesDutiesQuery,
        answer=PremisesDuties,
        errors=_NO_PLACE | _DATABASE,
    ),
    Route(
        name="getAuthority",
        method="GET",
        path="/api/v1/authority",
        services=_ALERTING,
        permission=Permission.OPEN,
        summary="Show the root certificate of the center, which the code of an invitation names.",
        answer=Authority,
        errors=_NO_AUTHORITY,
    ),
    Route(
        name="enrollGateway",
        method="POST",
        path="/api/v1/enrolments",
        services=_ALERTING,
        permission=Permission.OPEN,
        summary="Enroll a gateway with its one-time code: the answer has its first certificate.",
        body=EnrolmentRequest,
        answer=IssuedCertificate,
        status=201,
        errors=_ENROLMENT | _DATABASE,
    ),
    Route(
        name="tryContact",
        method="POST",
        path="/api/v1/trials",
        services=_ALERTING,
        permission=Permission.REGISTRY_WRITE,
        summary="Send a contact one message now that says that it is a trial and no alarm.",
        body=TrialRequest,
        answer=Trial,
        errors=_NO_CONTACT | _DATABASE,
    ),
    Route(
        name="beginTraining",
        method="POST",
        path="/api/v1/trainings",
        services=_ALERTING,
        permission=Permission.INCIDENTS_CLOSE,
        summary="Begin a fire of the center's own making, by which whoever asks learns to act.",
        body=TrainingRequest,
        answer=Incident,
        status=201,
        errors=_NO_TRAINING | _DATABASE,
    ),
    Route(
        name="getFloorPlan",
        method="GET",
        path="/api/v1/premises/{premises}/floors/{floor}/plan.svg",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="Draw the plan of a floor with its zones and points, and what burns in an incident.",
        query=PlanQuery,
        answer=Answer.FILE,
        media=("image/svg+xml",),
        errors=_NO_FLOOR | _DATABASE,
    ),
    *(
        Route(
            name=f"getPc01As{kind.capitalize()}",
            method="GET",
            path=f"/api/v1/premises/{{premises}}/pc01.{kind}",
            services=_ALERTING,
            permission=Permission.REGISTRY_READ,
            summary=f"Write form PC01 of premises as {kind.upper()}, filled in with what is known.",
            query=FormQuery,
            answer=Answer.FILE,
            media=(media,),
            errors=_NO_FORM | _DATABASE,
        )
        for kind, media in FORMS.items()
    ),
    Route(
        name="uploadFile",
        method="POST",
        path="/api/v1/files",
        services=_ALERTING,
        permission=Permission.FILES_ADD,
        summary="Keep a plan, a photograph or evidence, made harmless: the answer has its hash.",
        query=UploadQuery,
        upload=True,
        answer=StoredFile,
        status=201,
        errors=_UPLOAD | _DATABASE,
    ),
    Route(
        name="getFile",
        method="GET",
        path="/api/v1/files/{hash}",
        services=_ALERTING,
        permission=Permission.REGISTRY_READ,
        summary="Show a file that the data of premises refer to.",
        query=FileQuery,
        answer=Answer.FILE,
        media=FILES,
        errors=_NO_FILE | _DATABASE,
    ),
    Route(
        name="readFeed",
        method="GET",
        path="/api/v1/feed",
        services=_ALERTING,
        permission=Permission.FEED_READ,
        summary="Read the timelines of all premises as server-sent events, from any entry on.",
        query=FeedQuery,
        answer=Answer.EVENTS,
        errors=_READERS,
    ),
    Route(
        name="getAccess",
        method="GET",
        path="/api/v1/access",
        services=_ALERTING,
        permission=Permission.SIGNED_IN,
        summary="Say in which premises whoever asks has a permission.",
        query=AccessQuery,
        answer=PermittedPremises,
        errors=_DATABASE,
    ),
    Route(
        name="checkSessions",
        method="POST",
        path="/api/v1/access/sessions",
        services=_ALERTING,
        permission=Permission.DESK_SERVE,
        summary="Say of sessions, by their cookies, who they are and what they may see; no use of them.",
        body=SessionsCheck,
        answer=CheckedSessions,
        errors=_DATABASE,
    ),
    Route(
        name="getLedger",
        method="GET",
        path="/api/v1/ledger",
        services=_BOTH,
        permission=Permission.LEDGER_READ,
        summary="Account for what gateways sent: signals at alerting, batches of readings at ingest.",
        query=PremisesQuery,
        answer=Ledger,
        errors=_NO_PREMISES | _DATABASE,
    ),
    Route(
        name="getReadingsLedger",
        method="GET",
        path="/api/v1/readings/ledger",
        services=_INGEST,
        permission=Permission.LEDGER_READ,
        summary="Account for batches of readings, as ingest's own ledger does; the desk passes it on.",
        query=PremisesQuery,
        answer=Ledger,
    ),
    Route(
        name="listReadings",
        method="GET",
        path="/api/v1/readings",
        services=_INGEST,
        permission=Permission.READINGS_READ,
        summary="Show the readings of one quantity at one point, thinned where there are many.",
        query=ReadingsQuery,
        answer=Readings,
        errors=_STORE,
    ),
    Route(
        name="countReadings",
        method="GET",
        path="/api/v1/readings/count",
        services=_INGEST,
        permission=Permission.READINGS_READ,
        summary="Count the readings of a premises, by the store.",
        query=CountsQuery,
        answer=Counts,
        errors=_STORE,
    ),
    *_REGISTRY,
    *_EXCHANGE,
    *_REPORTS,
    *_SESSIONS,
    *_DESK,
    Route(
        name="getDescription",
        method="GET",
        path="/api/v1/openapi.json",
        services=_BOTH,
        permission=Permission.SIGNED_IN,
        summary="Describe this HTTP for machines (OpenAPI 3.1).",
        answer=Answer.DOCUMENT,
    ),
    Route(
        name="getHealth",
        method="GET",
        path="/healthz",
        services=_ALL,
        permission=Permission.OPEN,
        summary="Say how the service is: 200 while it is well, else 503 with the same fields.",
        answer=(AlertingHealth, IngestHealth, ConsoleHealth),
    ),
    Route(
        name="getMetrics",
        method="GET",
        path="/metrics",
        services=_ALL,
        permission=Permission.METRICS_READ,
        summary="Expose metrics as Prometheus reads them (docs/operating.md).",
        answer=Answer.METRICS,
    ),
    Route(
        name="start",
        method="GET",
        path="/",
        services=_BOTH,
        permission=Permission.OPEN,
        summary="Say what the service is and where to go.",
        answer=Answer.START,
    ),
)
"""All routes, of all services; console passes those of ``/api/`` on to the others (docs/console.md)."""
