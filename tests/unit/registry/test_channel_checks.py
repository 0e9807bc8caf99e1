"""Who can be told by none of the channels that are set up."""

from registry.domain.channel_checks import contacts_without_channel, unusable_channels
from registry.model.contacts import ChannelKind
from registry.model.registry import Registry

WEBHOOK, SMS, EMAIL = ChannelKind.WEBHOOK, ChannelKind.SMS, ChannelKind.EMAIL


def registry() -> Registry:
    contacts = [
        {"id": "desk", "name": "Trực ban", "webhook": "http://127.0.0.1:9/"},
        {"id": "head", "name": "Chủ tiệm", "phone": "+84901000001", "email": "a@example.vn"},
        {"id": "night", "name": "Ca đêm", "phone": "+84901000002"},
        {"id": "team", "name": "Dân phòng", "phone": "+84901000003"},
        {"id": "unused", "name": "Không ai gọi", "phone": "+84901000004"},
    ]
    stages = [
        {"after_s": 0, "notify": ["desk", "premises", "area", "duty"]},
        {"after_s": 60, "notify": ["desk"], "channels": ["sms", "email"]},
    ]
    shifts = [{"begin": "00:00", "end": "00:00", "who": ["night"]}]
    return Registry.model_validate(
        {
            "contacts": contacts,
            "rosters": [{"id": "duty", "name": "Trực", "shifts": shifts}],
            "policies": [{"id": "day", "stages": stages}],
            "areas": [{"id": "phuong", "name": "Phường", "team": ["team"]}],
            "premises": [
                {"id": "p", "name": "P", "area": "phuong", "policy": "day", "people": ["head"]}
            ],
        }
    )


def names(*usable: ChannelKind) -> list[str]:
    return [each.id for each in contacts_without_channel(registry(), usable)]


def test_everybody_who_is_named_anywhere_needs_one_channel_that_is_set_up() -> None:
    assert names(WEBHOOK) == ["head", "night", "team"]
    assert names(WEBHOOK, EMAIL) == ["night", "team"]
    assert names(WEBHOOK, SMS) == []


def test_each_is_named_with_the_remedy_and_so_is_a_stage_that_no_channel_serves() -> None:
    head, night, team, stage = unusable_channels(registry(), [WEBHOOK])
    assert head.startswith(
        "contact 'head': sms and email are not set up at the center; add [channels.sms] or"
    )
    assert night.startswith("contact 'night': sms is not set up at the center; add [channels.sms] to")
    assert "contact 'team'" in team
    assert stage.startswith("policy 'day', stage 2: it notifies by sms, email alone")
    assert unusable_channels(registry(), list(ChannelKind)) == []
