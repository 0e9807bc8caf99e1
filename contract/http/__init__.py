"""Requests and answers of the center's HTTP (docs/protocol.md, 8), one file for each subject."""
