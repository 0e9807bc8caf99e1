"""The message of a trial delivery: it says first that it is no alarm."""

from contract.ids import DeliveryId, IncidentId
from contract.incidents import Premises
from contract.times import Micros
from contract.webhook import NotificationKind, TestNotification
from registry.model.contacts import Contact
from words.catalogue import Catalogue

TRIAL_REASON = "trial_delivery"
"""The reason of the notification, by which a program knows it."""


def trial_texts(contact: Contact, catalogue: Catalogue) -> dict[str, str]:
    """Return the text for *contact* in every language of *catalogue*."""
    return {
        language: words.text("trial.text", name=contact.name)
        for language, words in catalogue.by_language.items()
    }


def trial_body(
    trial: str, delivery: str, texts: dict[str, str], *, by: str, now: Micros
) -> TestNotification:
    """Return the body of *delivery* for a program: a test of no point, ordered *by* somebody."""
    return TestNotification(
        v=1,
        delivery=DeliveryId(delivery),
        incident=IncidentId(trial),
        event=NotificationKind.TEST,
        stage=0,
        phase="closed",
        reason=TRIAL_REASON,
        premises=Premises(id="~center", name="Tocsin", address=""),
        opened_at=now,
        at=now,
        text=texts,
        zones=[],
        points=[],
        by=by,
        tester=None,
        note="",
        begins_at=now,
        ends_at=now,
        signals=[],
    )
