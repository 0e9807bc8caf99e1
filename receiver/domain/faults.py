"""Faults of what a transmitter sends, each a word for the log, the metric and the quarantine."""

from enum import StrEnum


class FrameFault(StrEnum):
    """The reason why bytes, or a frame, are set aside."""

    NO_FRAME = "no_frame"
    UNFINISHED_FRAME = "unfinished_frame"
    ENDLESS_FRAME = "endless_frame"
    WRONG_LENGTH = "wrong_length"
    WRONG_CRC = "wrong_crc"
    WRONG_SUM = "wrong_sum"
    TOO_LONG = "too_long"
    BAD_HEADER = "bad_header"
    BAD_DATA = "bad_data"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 (a word of the standard)
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_COMMAND = "unknown_command"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_ACCOUNT = "unknown_account"
    WRONG_KEY = "wrong_key"
    NO_KEY = "no_key"
    NOT_ENCRYPTED = "not_encrypted"
    TOO_MANY = "too_many"
