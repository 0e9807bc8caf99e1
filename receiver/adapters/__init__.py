"""What the receiver talks with: transmitters, its disk, the broker."""
