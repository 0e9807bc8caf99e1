"""The receiver: other makers' transmitters that report over networks, each a gateway of its premises."""
