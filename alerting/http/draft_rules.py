"""The settings of drafts, taken out of those of alerting."""

from alerting.http.drafts import DraftRules
from alerting.registry_work.orders import CenterChannels
from alerting.settings import Settings
from audit.center_key import CenterKey
from contract.times import SECOND


def draft_rules(settings: Settings, key: CenterKey | None) -> DraftRules:
    """Return the rules of drafts by *settings*; versions are signed with *key*."""
    center = settings.command_center.as_contact().addresses
    channels = CenterChannels(
        center=sorted(each.value for each in center),
        usable=sorted(each.value for each in settings.channels.usable),
        outgoing=settings.outgoing.model_dump(mode="json"),
        trusted=sorted(settings.trusted_addresses),
    )
    confirmation = settings.confirmation
    return DraftRules(
        approval=settings.registry.approval,
        key=key,
        channels=channels,
        window=round(confirmation.confirm_window_s * SECOND),
        grace=round(confirmation.late_grace_s * SECOND),
        center=settings.registry.center or ("center" if key is None else key.id),
        forget_days=settings.registry.forget_drafts_days,
    )
