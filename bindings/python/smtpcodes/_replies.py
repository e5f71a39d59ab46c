"""Replies in the forms that Python programs have them, and what they mean."""

from __future__ import annotations

import os
from itertools import chain, islice
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    final,
    overload,
)

from . import _smtpcodes as core
from ._tables import (
    Action,
    Basis,
    Bounce,
    Category,
    Enhanced,
    Flag,
    Reason,
    Severity,
    Side,
    Stage,
    code_or_number,
    command_bit,
    flags,
    stage_number,
)

if TYPE_CHECKING:
    import smtplib
    from typing import Protocol

    from ._tables import Items

    class CodeAndMessage(Protocol):
        """An exception of the shape that aiosmtplib's have."""

        @property
        def code(self) -> int: ...
        @property
        def message(self) -> str: ...

    class SeveralRefused(Protocol):
        """An exception of the shape of aiosmtplib.SMTPRecipientsRefused: items have code, message and recipient."""

        @property
        def recipients(self) -> Sequence[Any]: ...

    Text = Union[str, bytes, bytearray, memoryview]
    Pair = Tuple[int, Union[str, bytes]]
    ReplyLike = Union[Text, Pair, smtplib.SMTPResponseException, CodeAndMessage]

else:
    Items = object

_TEXTS = (str, bytes, bytearray, memoryview)
_PART = 2048  # replies that a thread takes at a time


Written = TypeVar("Written")


def _in_place_of(made: Any) -> Callable[[Type[Written]], Type[Written]]:
    """Puts what a class has into a type of the core, which takes its place.

    The core's type cannot be derived from: the collector of cycles would have to look at objects of a class made here.
    """

    def put(written: Type[Written]) -> Type[Written]:
        for name, value in vars(written).items():
            if name != "__slots__":
                setattr(made, name, value)
        completed: Type[Written] = made
        return completed

    return put


@final
@_in_place_of(core.Verdict)
class Verdict(Items):
    """What a reply means: immutable, with a name for each item, and a sequence of these. classify() makes it.

    Members of enumerations equal their names: ``verdict.reason == "mailbox-full"``.
    """

    __slots__ = ()

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), tuple(self)

    def as_(self, vocabulary: str) -> Optional[str]:
        """What a vocabulary of others ("sparkpost") calls this verdict, or None where it has no term.

        >>> classify("452 4.2.2 The mailbox is full").as_("ses")
        'Transient/MailboxFull'
        """
        return self.reason.as_(vocabulary, self.bounce)

    def __repr__(self) -> str:
        given = ((name, _plain(value)) for name, value in zip(self._fields, self))
        return f"Verdict({', '.join(f'{name}={value!r}' for name, value in given if value is not None)})"

    def __str__(self) -> str:
        codes = " ".join(str(code) for code in (self.code, self.enhanced) if code is not None)
        quote = f': "{self.evidence}"' if self.evidence else ""
        return f"{codes or '-'} {self.reason} ({self.bounce}, {self.action}){quote}"


def _plain(value: Any) -> Any:
    """Without the enumeration around it."""
    return str(value) if isinstance(value, str) else int(value) if isinstance(value, int) else value


class Reply(NamedTuple):
    """A reply as read. Codes and the punctuation behind them are no part of the lines."""

    code: int
    """a Code, or a plain int where no table has the number"""
    enhanced: Optional[Enhanced]
    lines: Tuple[str, ...]
    text: str
    """the lines, joined by line feeds"""


class IncompleteReply(ValueError):
    """The last line of the reply is still to come: read on, and parse again."""


# ---- forms of replies ----


def _whole(code: int, message: Union[str, bytes]) -> bytes:
    """The reply as the server sent it: the libraries took its code off and joined the lines by line feeds."""
    text = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else bytes(message)
    if not 100 <= code <= 999:
        return text  # smtplib has -1 for a line without a code
    *more, last = text.split(b"\n")
    digits = b"%d" % code
    return b"".join(digits + b"-" + line.rstrip(b"\r") + b"\r\n" for line in more) + digits + b" " + last + b"\r\n"


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and isinstance(value[0], int)
        and isinstance(value[1], (str, bytes, bytearray))
    )


def _text(reply: Any) -> Text:
    """What the core reads; TypeError for what is no reply by its type."""
    if isinstance(reply, _TEXTS):
        return reply
    if _is_pair(reply):
        return _whole(*reply)
    if isinstance(reply, BaseException):
        for code, message in (("smtp_code", "smtp_error"), ("code", "message")):
            pair = getattr(reply, code, None), getattr(reply, message, None)
            if _is_pair(pair):
                return _whole(*pair)  # type: ignore[arg-type]
    raise TypeError(
        "expected str, bytes, a pair of code and text, or an exception that has both, not " + type(reply).__name__
    )


def _recipients(error: BaseException) -> Optional[Dict[str, Any]]:
    """The replies by recipient of an exception that carries several: smtplib has a dict, aiosmtplib a list."""
    refused = getattr(error, "recipients", None)
    if isinstance(refused, dict):
        return refused
    if isinstance(refused, (list, tuple)):
        return {one.recipient: one for one in refused}
    return None


# ---- verdicts ----

_classify: Callable[[Text], Verdict] = core.classify


class Rules:
    """Rules of your own, which come before the built-in ones. Immutable; any number of threads may use one."""

    __slots__ = ("_rules",)

    def __init__(self, text: Text, name: str = "rules") -> None:
        """Compile rules given as text; `name` is for messages. ValueError says what is wrong, with name and line."""
        printable = name.encode("utf-8", "backslashreplace").decode()
        self._rules = core.rules_load(printable, text)

    @classmethod
    def load(cls, path: Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]) -> Rules:
        """Rules from a file. OSError where it cannot be read, ValueError where it is wrong."""
        with open(path, "rb") as file:
            return cls(file.read(), os.fsdecode(path))

    @classmethod
    def loads(cls, text: Text) -> Rules:
        """Rules from a text."""
        return cls(text)

    @property
    def version(self) -> str:
        """That of the built-in knowledge and of these rules: eight hexadecimal digits, a plus sign and eight more."""
        version: str = core.rules_version(self._rules)
        return version

    def check(self) -> List[str]:
        """What is wrong with these rules, "name:line: what is wrong" each; [] if nothing is.

        A rule decides its own example, and stronger rules leave something to it; no two have one phrase.
        """
        findings: str = core.rules_check(self._rules)
        return findings.splitlines()

    def __len__(self) -> int:
        count: int = core.rules_count(self._rules)
        return count

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<Rules: {len(self)}>"


def _context(stage: Optional[str], receiver: Optional[str], client: Optional[str]) -> Optional[Tuple[Any, ...]]:
    if stage is None and receiver is None and client is None:
        return None
    return stage_number(stage), receiver, client


def _handle(rules: Optional[Rules]) -> Any:
    if rules is None:
        return None
    if not isinstance(rules, Rules):
        raise TypeError(f"expected Rules, not {type(rules).__name__}")
    return rules._rules


@overload
def classify(
    reply: ReplyLike,
    *,
    rules: Optional[Rules] = None,
    stage: Optional[str] = None,
    receiver: Optional[str] = None,
    client: Optional[str] = None,
) -> Verdict: ...
@overload
def classify(
    reply: Union[smtplib.SMTPRecipientsRefused, SeveralRefused],
    *,
    rules: Optional[Rules] = None,
    stage: Optional[str] = None,
    receiver: Optional[str] = None,
    client: Optional[str] = None,
) -> Dict[str, Verdict]: ...
def classify(
    reply: Any,
    *,
    rules: Optional[Rules] = None,
    stage: Optional[str] = None,
    receiver: Optional[str] = None,
    client: Optional[str] = None,
) -> Union[Verdict, Dict[str, Verdict]]:
    """What a reply means.

    `reply` is text (str, bytes, bytearray or memoryview: a reply, or a line of a log or report that stands for one), a
    (code, text) pair as smtplib returns, or an exception with both: smtplib.SMTPResponseException and what is shaped
    like it. For smtplib.SMTPRecipientsRefused the result is a dict with a verdict for each recipient.

    What is known beside the reply may be given: rules of your own, the stage ("rcpt"), the receiving host's name, and
    the IP address that mail was sent from.

    Any text gets a verdict. Other types raise TypeError, an unknown stage ValueError.
    """
    # text alone does not come here: see shortcut() below
    plain = rules is None and stage is None and receiver is None and client is None
    if isinstance(reply, BaseException):
        refused = _recipients(reply)
        if refused is not None:
            return {
                who: classify(one, rules=rules, stage=stage or "rcpt", receiver=receiver, client=client)
                for who, one in refused.items()
            }
    if plain:
        return _classify(_text(reply))
    verdict: Verdict = core.classify_with(_handle(rules), _context(stage, receiver, client), _text(reply))
    return verdict


if not TYPE_CHECKING:
    classify.__module__ = __package__
    _signature = "reply, *, " + ", ".join(f"{name}=None" for name in classify.__kwdefaults__)
    classify = core.shortcut(classify, f"classify({_signature})\n--\n\n{classify.__doc__}")


def classify_many(
    replies: Iterable[ReplyLike],
    *,
    rules: Optional[Rules] = None,
    stage: Optional[str] = None,
    receiver: Optional[str] = None,
    client: Optional[str] = None,
    workers: int = 1,
) -> List[Verdict]:
    """The verdicts of many replies, in order. Other threads run meanwhile: the work is done without the GIL.

    Takes what classify() takes, but no exception with several recipients. Above 1, `workers` is the number of threads
    that share the work; it pays from some thousand replies on.
    """
    handle, context = _handle(rules), _context(stage, receiver, client)

    def verdicts(some: Iterable[ReplyLike]) -> List[Verdict]:
        made: List[Verdict] = core.classify_many(some, handle, context, _text)
        return made

    if workers == 1:
        return verdicts(replies)
    from concurrent.futures import ThreadPoolExecutor  # late: it takes as long to import as all the rest

    items = iter(replies)
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(verdicts, iter(lambda: list(islice(items, _PART)), []))
        return list(chain.from_iterable(parts))


def text_is_unknown(
    reply: ReplyLike,
    *,
    rules: Optional[Rules] = None,
    stage: Optional[str] = None,
    receiver: Optional[str] = None,
    client: Optional[str] = None,
) -> bool:
    """Whether the reply refuses, or has no code, and says more than its code's stock text, and no rule understood it.

    Such replies are what rules are to be written for. Takes what classify() takes, but no exception with several
    recipients.
    """
    context = _context(stage, receiver, client)
    return bool(core.text_is_unknown(_handle(rules), context, _text(reply)))


# ---- reading and writing ----


def parse(reply: ReplyLike) -> Reply:
    """Read one reply, of one or more lines. Takes what classify() takes, but no exception with several recipients.

    ValueError for what is no reply; IncompleteReply, which is one, where the last line is missing.
    """
    status, (code, _, enhanced, lines, *_) = core.reply_parse(_text(reply))
    if status == core.STATUS_MORE:
        raise IncompleteReply(core.strstatus(status))
    if status != core.STATUS_OK:
        raise ValueError(core.strstatus(status))
    return Reply(code_or_number(code), enhanced, tuple(lines), "\n".join(lines))


def check(reply: ReplyLike, command: Optional[str] = None) -> Tuple[Flag, ...]:
    """What is wrong or odd about a reply, as an answer to this command ("rcpt") if it is given; () if nothing is.

    ValueError for what is no reply, as in parse().
    """
    text = _text(reply)
    bit = command_bit(command)
    parse(text)
    return flags(core.reply_check(text, bit))


def compose(
    code: int, enhanced: Optional[str] = None, text: Union[str, bytes] = "", command: Optional[str] = None
) -> bytes:
    r"""A correct reply, ready to be sent: compose(550, "5.1.1", "No such user") == b"550 5.1.1 No such user\r\n".

    The code stands on every line, lines have at most 512 octets, a line feed in the text begins a new one. The enhanced
    code is left out where the standards want none: with 3yz, and where `command` is "connect", "helo", "ehlo" or
    "lhlo".
    ValueError for a code that no server may send, an enhanced code that does not fit it, or control characters.
    """
    number = code if 0 <= code <= 999 else 0
    status, reply = core.reply_write((number, enhanced, command_bit(command), text))
    if status != core.STATUS_OK:
        raise ValueError(core.strstatus(status))
    result: bytes = reply
    return result


def template(reply: ReplyLike) -> str:
    """The reply with addresses, hosts, numbers and ids taken out, so that like replies group together."""
    result: str = core.template(_text(reply))
    return result


def explain(query: Union[int, ReplyLike], color: bool = False, rules: Optional[Rules] = None) -> str:
    """A page for people about a basic code (550 or "550"), an enhanced code ("5.1.1") or a whole reply.

    `color` marks it up for a terminal; `rules` are those of your own.
    """
    text = str(int(query)) if isinstance(query, int) else _text(query)
    style = core.STYLE_TERMINAL if color else core.STYLE_PLAIN
    page: str = core.explain_with(_handle(rules), text, style)[0]
    return page


class Reader:
    """Puts replies together from bytes as they come off a socket.

    >>> reader = Reader()
    >>> reader.feed(b"250-mx.example.org\\r\\n250 SI")
    []
    >>> reader.feed(b"ZE\\r\\n")
    [b'250-mx.example.org\\r\\n250 SIZE\\r\\n']
    """

    __slots__ = ("_reader", "_begun")

    def __init__(self) -> None:
        self._reader = core.reader_new()
        self._begun = bytearray()

    def feed(self, data: Union[bytes, bytearray, memoryview]) -> List[bytes]:
        """The replies that are complete now, as bytes for parse() and classify(). Keeps the beginning of the next.

        ValueError when what came can never become a reply: nothing of it is kept, and close the connection.
        """
        replies: List[bytes] = []
        rest = bytes(data)
        while rest:
            status, used = core.reader_feed(self._reader, rest)
            self._begun += rest[:used]
            rest = rest[used:]
            if status == core.STATUS_MORE:
                break
            reply, self._begun, self._reader = bytes(self._begun), bytearray(), core.reader_new()
            if status != core.STATUS_OK:
                raise ValueError(core.strstatus(status))
            replies.append(reply)
        return replies


def rules_version() -> str:
    """Which knowledge verdicts come from: eight hexadecimal digits that change with any byte of the tables."""
    result: str = core.rules_version(None)
    return result


def version() -> str:
    """The version of the core: "major.minor.patch"."""
    result: str = core.version()
    return result

