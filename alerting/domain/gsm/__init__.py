"""Codecs of short messages and of the modem's commands."""
