"""The page of a link, on which one person answers about one fire: one screen, without a script."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from contract.answers import MOST_PEOPLE, AnswerKind
from words.catalogue import Words, family

ANSWERS = family("answer", AnswerKind)
"""The words of each answer, as they stand on its button."""

STATES = family("answering.state", ("open", "taken", "closed", "expired"))
"""The states of the fire, or of the link."""

STYLE = (
    "body{font:1.1rem/1.4 system-ui,sans-serif;margin:0 auto;max-width:32rem;padding:1rem;"
    "color:#111;background:#fff}"
    "h1{font-size:1.3rem;margin:0 0 .5rem;color:#a00000}"
    "button,a.call{display:block;width:100%;box-sizing:border-box;min-height:3rem;margin:.5rem 0;"
    "padding:.6rem;font:inherit;border:2px solid #333;border-radius:.4rem;background:#f2f2f2;"
    "color:#111;text-align:center;text-decoration:none}"
    "button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid #0b57d0;"
    "outline-offset:2px}"
    "input{font:inherit;width:6rem;min-height:3rem;padding:.3rem;border:2px solid #333}"
    "p.state{font-weight:bold}"
    "@media (prefers-color-scheme:dark){body{color:#eee;background:#111}h1{color:#ff8a80}"
    "button,a.call{background:#2a2a2a;color:#eee;border-color:#bbb}"
    "input{background:#222;color:#eee;border-color:#bbb}}"
)

POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy of the page: its own style, forms to itself, and nothing else."""

_BUTTONS = (
    AnswerKind.SEEN,
    AnswerKind.REAL,
    AnswerKind.FALSE,
    AnswerKind.CHECKING,
    AnswerKind.EVACUATING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFire:
    """The fire on the page: the *lead* of the message, and who has it or closed it, *by* whom.

    *given* are the answers of this person so far; *name* is theirs, *call* the number to call.
    """

    lead: str
    state: str
    by: str
    name: str
    call: str
    given: tuple[str, ...]
    may_take: bool

    @property
    def is_open(self) -> bool:
        """Whether answers are taken."""
        return self.state in {"open", "taken"}


def answer_page(fire: ShownFire, words: Words) -> str:
    """Return the page about *fire* in the language of *words*."""
    return _document("".join(_body(fire, words)), words, title=fire.lead)


def refusal_page(key: str, words: Words, *, call: str) -> str:
    """Return the page of a link that cannot be followed: *key* is why."""
    text = escape(words.name(REFUSALS, key))
    body = f"<h1>{escape(words.text('answering.title'))}</h1><p role=alert>{text}</p>"
    return _document(body + _call(call, words), words, title=words.text("answering.title"))


REFUSALS = family("answering.refused", ("unknown", "too_many", "busy"))
"""The reasons for which a link cannot be followed."""


def _body(fire: ShownFire, words: Words) -> Iterator[str]:
    yield f"<h1>{escape(fire.lead)}</h1>"
    yield f"<p class=state role=status>{escape(words.name(STATES, fire.state, by=fire.by))}</p>"
    if fire.given:
        given = ", ".join(fire.given)
        yield f"<p role=status>{escape(words.text('answering.given', answers=given))}</p>"
    yield _call(fire.call, words)
    if fire.is_open:
        yield from _forms(fire, words)
        yield f"<p>{escape(words.text('answering.as', name=fire.name))}</p>"


def _forms(fire: ShownFire, words: Words) -> Iterator[str]:
    kinds = (*_BUTTONS, *((AnswerKind.TAKEN,) if fire.may_take and fire.state == "open" else ()))
    yield "<form method=post>"
    for kind in kinds:
        yield f"<button name=answer value={kind.value}>{escape(words.name(ANSWERS, kind))}</button>"
    yield "</form><form method=post>"
    people = escape(words.name(ANSWERS, AnswerKind.PEOPLE_INSIDE))
    yield f"<label for=people>{people}</label> "
    yield f"<input id=people name=people type=number min=0 max={MOST_PEOPLE} inputmode=numeric required>"
    yield f"<button name=answer value={AnswerKind.PEOPLE_INSIDE.value}>"
    yield f"{escape(words.text('answering.send'))}</button></form>"


def _call(call: str, words: Words) -> str:
    text = escape(words.text("answering.call", call=call))
    return f'<a class=call href="tel:{escape(call)}">{text}</a>'


def _document(body: str, words: Words, *, title: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(words.language)}"><head><meta charset=utf-8>'
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<meta name=robots content=noindex><title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
