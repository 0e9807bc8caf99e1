"""The texts about drafts of the registry that wait, or came to an end."""

from collections.abc import Sequence

from registry.drafts.domain.notices import DraftNoticeKind
from registry.drafts.notices import DraftNotice
from words.catalogue import Words, family

DRAFT_NOTICES = family("draft.notice", DraftNoticeKind)
"""One line for each kind of notice."""

MOST_LINES = 10
"""Notices that one message lists; it says how many more there are."""

LONGEST_NOTE = 120
"""Characters of what somebody wrote about a draft."""


def draft_notice_text(found: Sequence[DraftNotice], words: Words) -> str:
    """Return the message with the notices *found*: it says first that it is no alarm."""
    lines = [words.counted("draft.notices.lead", len(found))]
    lines += [f"- {_line(each, words)}" for each in found[:MOST_LINES]]
    if (more := len(found) - MOST_LINES) > 0:
        lines.append(words.counted("draft.notices.more", more))
    return "\n".join(lines)


def short_draft_notice(found: Sequence[DraftNotice], words: Words) -> str:
    """Return the message in one line, for a telephone."""
    first = words.name(DRAFT_NOTICES, found[0].kind.value, draft=found[0].draft, by=found[0].by)
    return words.counted("draft.notices.short", len(found), first=first)


def _line(notice: DraftNotice, words: Words) -> str:
    text = words.name(DRAFT_NOTICES, notice.kind.value, draft=notice.draft, by=notice.by)
    return text if not notice.note else f"{text}: {notice.note[:LONGEST_NOTE]}"
