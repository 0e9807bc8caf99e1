"""Nobody takes the address of another, or passes for this machine, by a header."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.client_address import AskingClient, Forwarded, Way, asking_client

PROXIES = (ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.9.0.0/24"))
HTTPS = "https"


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        pytest.param("127.0.0.1", Forwarded(), AskingClient("127.0.0.1", Way.THIS_MACHINE), id="here"),
        pytest.param("::1", Forwarded(), AskingClient("::1", Way.THIS_MACHINE), id="here by IPv6"),
        pytest.param("192.0.2.7", Forwarded(), AskingClient("192.0.2.7", Way.PLAIN), id="the network"),
        pytest.param(
            "192.0.2.7",
            Forwarded(clients="127.0.0.1", scheme=HTTPS),
            AskingClient("", Way.UNKNOWN_PROXY),
            id="a stranger that plays the proxy",
        ),
        pytest.param(
            "127.0.0.1",
            Forwarded(clients="198.51.100.1", scheme=HTTPS),
            AskingClient("", Way.UNKNOWN_PROXY),
            id="a proxy here that the settings do not name",
        ),
        pytest.param(
            "127.0.0.1",
            Forwarded(others=True),
            AskingClient("", Way.UNKNOWN_PROXY),
            id="a proxy here that writes other headers",
        ),
    ],
)
def test_without_proxies_headers_count_for_nothing(
    remote: str, forwarded: Forwarded, client: AskingClient
) -> None:
    assert asking_client(remote, forwarded, ()) == client


@pytest.mark.parametrize(
    ("clients", "scheme", "client"),
    [
        pytest.param("198.51.100.1", HTTPS, AskingClient("198.51.100.1", Way.TLS), id="over TLS"),
        pytest.param("198.51.100.1", "http", AskingClient("198.51.100.1", Way.PLAIN), id="without TLS"),
        pytest.param("198.51.100.1", "", AskingClient("198.51.100.1", Way.PLAIN), id="not said how"),
        pytest.param(
            "127.0.0.1, 203.0.113.9, 198.51.100.1",
            HTTPS,
            AskingClient("198.51.100.1", Way.TLS),
            id="a client that writes the header itself",
        ),
        pytest.param(
            "198.51.100.1, 10.9.0.4", HTTPS, AskingClient("198.51.100.1", Way.TLS), id="two proxies"
        ),
        pytest.param("::1", HTTPS, AskingClient("", Way.TLS), id="a client that says it is here"),
        pytest.param("10.9.0.4", HTTPS, AskingClient("", Way.TLS), id="nothing but proxies"),
        pytest.param("unknown", HTTPS, AskingClient("", Way.TLS), id="no address"),
        pytest.param("", HTTPS, AskingClient("", Way.TLS), id="no client"),
    ],
)
def test_a_proxy_of_the_settings_is_believed(clients: str, scheme: str, client: AskingClient) -> None:
    forwarded = Forwarded(clients=clients, scheme=scheme)
    assert asking_client("10.9.0.4", forwarded, PROXIES) == client


@given(remote=st.text(), clients=st.text(), scheme=st.text())
def test_no_header_makes_a_client_one_of_this_machine(remote: str, clients: str, scheme: str) -> None:
    forwarded = Forwarded(clients=clients, scheme=scheme)
    for proxies in ((), PROXIES):
        client = asking_client(remote, forwarded, proxies)
        assert client.way is not Way.THIS_MACHINE or not forwarded.is_present
