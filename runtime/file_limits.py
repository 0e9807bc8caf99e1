"""Shares the files that a process may open: clients get half, the rest stays for alarms and the disk."""

import resource

MOST_FILES = 65_536
"""Files that a process asks for at most, although the machine would allow millions."""

CLIENTS_SHARE = 2
"""Clients of the HTTP server may use one of so many parts; alarms and the disk have the others."""


def raise_file_limit() -> int:
    """Raise the limit of open files as far as the machine allows it; return the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except OSError:  # a filter of system calls, which then has set the limit that is meant
        return soft
    return wanted


def files_for_clients() -> int:
    """Return how many connections of clients fit in their share of the files of this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (MOST_FILES if soft == resource.RLIM_INFINITY else soft) // CLIENTS_SHARE
