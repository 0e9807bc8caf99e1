"""Short messages over a GSM modem."""
