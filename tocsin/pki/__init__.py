"""The verb ``pki``: keys and certificates of gateways and servers."""
