"""The other ends of the receiver: transmitters, its disk, the broker."""
