"""A channel that is added is set up, addressed and preferred everywhere, or a test says where not."""

from alerting.settings import ADDRESS_KEYS, ChannelsSettings, CommandCenterSettings
from registry.model.contacts import ChannelKind, Contact

SET_UP = set(ChannelKind) - {ChannelKind.WEBHOOK}
"""The channels that need a table of settings."""


def test_every_channel_has_a_table_of_settings() -> None:
    assert set(ChannelsSettings.model_fields) == {each.value for each in SET_UP}


def test_the_command_center_has_an_address_for_every_channel() -> None:
    assert set(ADDRESS_KEYS) == SET_UP
    assert set(ADDRESS_KEYS.values()) <= CommandCenterSettings.model_fields.keys()


def test_a_contact_has_an_address_for_every_channel_in_the_order_of_preference() -> None:
    everywhere = Contact(
        id="a", name="A", webhook="http://a", phone="114", topic="a", email="a@b", apprise="json://a"
    )
    assert list(everywhere.addresses) == list(ChannelKind)
