"""What a mail server means: SMTP codes, replies and verdicts.

>>> import smtpcodes
>>> verdict = smtpcodes.classify("452 4.2.2 Mailbox of <ann@example.org> is full")
>>> verdict.reason == "mailbox-full", verdict.action == "retry"
(True, True)
>>> smtpcodes.Code(550).is_permanent
True
"""

from ._replies import (
    IncompleteReply,
    Reader,
    Reply,
    Rules,
    Verdict,
    check,
    classify,
    classify_many,
    compose,
    explain,
    parse,
    rules_version,
    template,
    text_is_unknown,
    version,
)
from ._tables import (
    Action,
    Basis,
    Bounce,
    Category,
    Code,
    Command,
    Enhanced,
    Flag,
    Listing,
    Reason,
    Severity,
    Side,
    Stage,
    Standing,
    Vocabulary,
    lookup,
    reason_of,
)

__version__ = version()
__all__ = [
    "Action",
    "Basis",
    "Bounce",
    "Category",
    "Code",
    "Command",
    "Enhanced",
    "Flag",
    "IncompleteReply",
    "Listing",
    "Reader",
    "Reason",
    "Reply",
    "Rules",
    "Severity",
    "Side",
    "Stage",
    "Standing",
    "Verdict",
    "Vocabulary",
    "check",
    "classify",
    "classify_many",
    "compose",
    "explain",
    "lookup",
    "parse",
    "reason_of",
    "rules_version",
    "template",
    "text_is_unknown",
    "version",
]

# Users meet the names here, in messages and in pickles.
for _name in __all__:
    if _name != "classify":
        globals()[_name].__module__ = __name__
del _name
