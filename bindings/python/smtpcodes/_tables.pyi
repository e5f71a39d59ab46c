# Made by bindings/python/stubs/mkstubs.py from the tables of the core.
from enum import Enum, IntEnum
from typing import Any, ClassVar, Dict, Iterator, Optional, Tuple, Union

class Severity(str, Enum):
    UNKNOWN = "unknown"
    SUCCESS = "success"
    INTERMEDIATE = "intermediate"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"

class Category(str, Enum):
    UNKNOWN = "unknown"
    SYNTAX = "syntax"
    INFORMATION = "information"
    CONNECTION = "connection"
    UNSPECIFIED = "unspecified"
    MAIL_SYSTEM = "mail-system"

class Standing(str, Enum):
    STANDARD = "standard"
    EXTENSION = "extension"
    OBSOLETE = "obsolete"
    NONSTANDARD = "nonstandard"

class Side(str, Enum):
    NONE = "none"
    RECIPIENT = "recipient"
    SENDER = "sender"
    MESSAGE = "message"
    RECEIVER = "receiver"
    NETWORK = "network"

class Action(str, Enum):
    NONE = "none"
    CONTINUE = "continue"
    RETRY = "retry"
    SLOW_DOWN = "slow-down"
    CHANGE_ROUTE = "change-route"
    FIX_SENDER = "fix-sender"
    FIX_MESSAGE = "fix-message"
    SUPPRESS = "suppress"
    REVIEW = "review"

class Bounce(str, Enum):
    NONE = "none"
    SOFT = "soft"
    HARD = "hard"
    BLOCK = "block"
    UNKNOWN = "unknown"

class Basis(str, Enum):
    NONE = "none"
    SEVERITY = "severity"
    CODE = "code"
    ENHANCED = "enhanced"
    LEARNED = "learned"
    TEXT = "text"
    PROVIDER = "provider"

class Stage(str, Enum):
    UNKNOWN = "unknown"
    CONNECT = "connect"
    HELO = "helo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    END_OF_DATA = "end-of-data"

class Command(str, Enum):
    CONNECT = "connect"
    HELO = "helo"
    EHLO = "ehlo"
    LHLO = "lhlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    END_OF_DATA = "end-of-data"
    BDAT = "bdat"
    BURL = "burl"
    RSET = "rset"
    VRFY = "vrfy"
    EXPN = "expn"
    HELP = "help"
    NOOP = "noop"
    QUIT = "quit"
    ETRN = "etrn"
    ATRN = "atrn"
    TURN = "turn"

class Flag(str, Enum):
    BARE_LF = "bare-lf"
    NO_LINE_END = "no-line-end"
    STRAY_CR = "stray-cr"
    NO_SEPARATOR = "no-separator"
    TAB_SEPARATOR = "tab-separator"
    LEADING_BLANK = "leading-blank"
    MIXED_CODES = "mixed-codes"
    LINE_WITHOUT_CODE = "line-without-code"
    LONG_LINE = "long-line"
    CODE_RANGE = "code-range"
    CODE_GRAMMAR = "code-grammar"
    ENHANCED_HASH = "enhanced-hash"
    ENHANCED_BRACKETED = "enhanced-bracketed"
    ENHANCED_PUNCTUATED = "enhanced-punctuated"
    ENHANCED_CLASS = "enhanced-class"
    ENHANCED_IN_3YZ = "enhanced-in-3yz"
    ENHANCED_DIFFERS = "enhanced-differs"
    ENHANCED_PARTIAL = "enhanced-partial"
    ENHANCED_ZERO = "enhanced-zero"
    NESTED = "nested"
    UTF8 = "utf8"
    BINARY = "binary"
    CONTROL = "control"
    MORE_BYTES = "more-bytes"
    INCOMPLETE = "incomplete"
    FOLDED = "folded"
    WRAPPED = "wrapped"
    ENHANCED_UNWANTED = "enhanced-unwanted"
    UNEXPECTED_CODE = "unexpected-code"

class Listing(str, Enum):
    NONE = "none"
    IP = "ip"
    DOMAIN = "domain"
    URL = "url"
    GEO = "geo"

class Vocabulary(str, Enum):
    SPARKPOST = "sparkpost"
    POWERMTA = "powermta"
    SISIMAI = "sisimai"
    KUMOMTA = "kumomta"
    SES = "ses"
    POSTMARK = "postmark"
    MAILGUN = "mailgun"
    SENDGRID = "sendgrid"
    ANYMAIL = "anymail"
    @property
    def title(self) -> str: ...  # type: ignore[override]
    @property
    def field(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def terms(self) -> Dict[str, str]: ...

class Reason(str, Enum):
    USER_UNKNOWN = "user-unknown"
    MAILBOX_FULL = "mailbox-full"
    MAILBOX_DISABLED = "mailbox-disabled"
    MAILBOX_BUSY = "mailbox-busy"
    MAILBOX_MOVED = "mailbox-moved"
    RECIPIENT_REFUSED = "recipient-refused"
    ADDRESS_INVALID = "address-invalid"
    DOMAIN_UNKNOWN = "domain-unknown"
    SENDER_REFUSED = "sender-refused"
    AUTH_FAILED = "auth-failed"
    HOST_IDENTITY = "host-identity"
    IP_BLOCKED = "ip-blocked"
    DOMAIN_BLOCKED = "domain-blocked"
    POOR_REPUTATION = "poor-reputation"
    GEO_BLOCKED = "geo-blocked"
    SPAM = "spam"
    VIRUS = "virus"
    MESSAGE_TOO_LARGE = "message-too-large"
    CONTENT_REFUSED = "content-refused"
    POLICY = "policy"
    RELAY_DENIED = "relay-denied"
    LOGIN_REQUIRED = "login-required"
    LOGIN_FAILED = "login-failed"
    ENCRYPTION_REQUIRED = "encryption-required"
    GREYLISTED = "greylisted"
    RATE_LIMITED = "rate-limited"
    TOO_MANY_CONNECTIONS = "too-many-connections"
    TOO_MANY_RECIPIENTS = "too-many-recipients"
    DNS_FAILURE = "dns-failure"
    CONNECTION_FAILED = "connection-failed"
    TLS_FAILED = "tls-failed"
    ROUTING_FAILURE = "routing-failure"
    EXPIRED = "expired"
    SERVER_UNAVAILABLE = "server-unavailable"
    SERVER_FULL = "server-full"
    SERVER_ERROR = "server-error"
    COMMAND_SYNTAX = "command-syntax"
    COMMAND_SEQUENCE = "command-sequence"
    COMMAND_UNSUPPORTED = "command-unsupported"
    ACCEPTED = "accepted"
    CONTINUE = "continue"
    UNKNOWN = "unknown"
    @property
    def title(self) -> str: ...  # type: ignore[override]
    @property
    def explanation(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def side(self) -> Side: ...
    def action(self, severity: str) -> Action: ...
    def bounce(self, severity: str) -> Bounce: ...
    def as_(self, vocabulary: str, bounce: str) -> Optional[str]: ...

class Code(IntEnum):
    CLIENT_CANNOT_CONNECT = 101
    CLIENT_CONNECTION_REFUSED = 111
    NONSTANDARD_SUCCESS = 200
    SYSTEM_STATUS = 211
    HELP_MESSAGE = 214
    SERVICE_READY = 220
    SERVICE_CLOSING = 221
    AUTHENTICATION_SUCCEEDED = 235
    OK = 250
    USER_NOT_LOCAL_WILL_FORWARD = 251
    CANNOT_VERIFY_USER = 252
    QUEUE_RUN_STARTED = 253
    AUTHENTICATION_CHALLENGE = 334
    RECIPIENT_REPLIES_FOLLOW = 353
    START_MAIL_INPUT = 354
    RESUME_AT_OFFSET = 355
    TEMPORARY_FAILURE = 400
    ALLOWLIST_TRY_LATER = 412
    SENDER_LOOKUP_FAILED = 417
    DIALOGUE_TIMEOUT = 420
    SERVICE_NOT_AVAILABLE = 421
    PASSWORD_TRANSITION_LISTED = 422
    LIST_EXPANSION_DEFERRED = 424
    CLIENT_CONNECTION_TIMEOUT = 426
    COMMAND_TEMPORARILY_INVALID = 430
    STORAGE_OR_RECIPIENT_LIMIT = 431
    PASSWORD_TRANSITION_NEEDED = 432
    CANNOT_AUTHENTICATE_NOW = 435
    TLS_UNAVAILABLE_NOW = 440
    HOST_NOT_RESPONDING = 441
    CONNECTION_DROPPED = 442
    TOO_MANY_HOPS_LISTED = 446
    QUEUE_TIME_EXPIRED = 447
    ROUTING_ERROR_LISTED = 449
    MAILBOX_TEMPORARILY_UNAVAILABLE = 450
    LOCAL_ERROR = 451
    INSUFFICIENT_STORAGE = 452
    NO_MAIL_FOR_YOU = 453
    TEMPORARY_AUTHENTICATION_FAILURE = 454
    CANNOT_ACCOMMODATE_PARAMETERS = 455
    ADDRESS_UNAVAILABLE_NOW = 456
    CANNOT_START_QUEUE = 458
    NODE_NOT_ALLOWED = 459
    CHARACTER_SET_UNKNOWN = 465
    SITE_CLIENT_NAME_UNKNOWN = 470
    SITE_LOCAL_REFUSAL = 471
    NO_MX_REACHABLE = 499
    COMMAND_UNRECOGNIZED = 500
    ARGUMENT_SYNTAX_ERROR = 501
    COMMAND_NOT_IMPLEMENTED = 502
    BAD_SEQUENCE = 503
    PARAMETER_NOT_IMPLEMENTED = 504
    SENDER_DOMAIN_NOT_IN_DNS = 505
    BAD_ADDRESS_LISTED = 510
    NO_SUCH_ADDRESS_LISTED = 511
    DOMAIN_NOT_FOUND_LISTED = 512
    BAD_FORM_OR_RELAYING_DENIED = 513
    SENDER_OR_HELO_REFUSED = 517
    WRONG_SESSION_IDENTIFIER = 520
    HOST_NEVER_ACCEPTS_MAIL = 521
    MAILBOX_FULL_LISTED = 522
    ENCRYPTION_NEEDED = 523
    MECHANISM_NEEDS_ENCRYPTION = 524
    ACCOUNT_DISABLED = 525
    AUTHENTICATION_REQUIRED = 530
    TOO_MANY_RECIPIENTS_COURIER = 531
    NOT_AUTHORIZED_LISTED = 533
    MECHANISM_TOO_WEAK = 534
    CREDENTIALS_INVALID = 535
    ENCRYPTION_REQUIRED_FOR_MECHANISM = 538
    TLS_UNAVAILABLE = 540
    REFUSED_BY_DESTINATION = 541
    RECIPIENT_REJECTED_BY_FILTER = 542
    MAIL_LOOP = 546
    MAILBOX_UNAVAILABLE = 550
    USER_NOT_LOCAL = 551
    STORAGE_EXCEEDED = 552
    MAILBOX_NAME_NOT_ALLOWED = 553
    TRANSACTION_FAILED = 554
    PARAMETERS_NOT_SUPPORTED = 555
    DOMAIN_ACCEPTS_NO_MAIL = 556
    TOO_MANY_DUPLICATES = 557
    RECIPIENT_RESULTS_ENCLOSED = 558
    SITE_ACCESS_DENIED = 570
    SITE_BLOCKED = 571
    SITE_RELAYING_DENIED = 572
    SITE_CLIENT_WITHOUT_NAME = 573
    SITE_HELO_MALFORMED = 574
    SITE_CLIENT_REJECTED = 575
    SITE_ADDRESS_DOMAIN_UNKNOWN = 576
    SITE_HELO_UNKNOWN = 577
    SITE_NAME_NOT_QUALIFIED = 578
    CLIENT_BLACKLISTED = 591
    @property
    def title(self) -> str: ...
    @property
    def phrase(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def reason(self) -> Optional[Reason]: ...
    @property
    def is_success(self) -> bool: ...
    @property
    def is_temporary(self) -> bool: ...
    @property
    def is_permanent(self) -> bool: ...
    @property
    def category(self) -> Category: ...
    @property
    def commands(self) -> Tuple[Command, ...]: ...
    @property
    def action(self) -> Action: ...

class Enhanced(str):
    def __new__(cls, code: str) -> Enhanced: ...
    @property
    def klass(self) -> int: ...
    @property
    def subject(self) -> int: ...
    @property
    def detail(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def pattern(self) -> str: ...
    @property
    def codes(self) -> Union[Tuple[int, ...], str]: ...
    @property
    def is_registered(self) -> bool: ...
    @property
    def title(self) -> str: ...  # type: ignore[override]
    @property
    def phrase(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def reason(self) -> Optional[Reason]: ...
    @property
    def is_success(self) -> bool: ...
    @property
    def is_temporary(self) -> bool: ...
    @property
    def is_permanent(self) -> bool: ...

class Items:
    _fields: ClassVar[Tuple[str, ...]]
    def __new__(cls, *items: Any) -> Items: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __getitem__(self, key: Union[int, slice]) -> Any: ...
    def as_dict(self) -> Dict[str, Union[str, int, None]]: ...
    @property
    def code(self) -> Optional[int]:
        """a Code, a plain int where no table has the number, or None"""
    @property
    def enhanced(self) -> Optional[Enhanced]:
        """the enhanced code, or None"""
    @property
    def severity(self) -> Severity:
        """what the code says"""
    @property
    def category(self) -> Category:
        """what the second digit of the code says"""
    @property
    def reason(self) -> Reason:
        """why the server answered so"""
    @property
    def side(self) -> Side:
        """whose it is to mend"""
    @property
    def action(self) -> Action:
        """what a sender does next"""
    @property
    def bounce(self) -> Bounce:
        """what the reply means for the address"""
    @property
    def basis(self) -> Basis:
        """what decided the reason"""
    @property
    def confidence(self) -> int:
        """0 to 100"""
    @property
    def rule(self) -> Optional[str]:
        """name of the rule or table row that decided"""
    @property
    def evidence(self) -> Optional[str]:
        """the part of the reply that decided"""
    @property
    def provider(self) -> Optional[str]:
        """who wrote the reply, where it shows"""
    @property
    def blocklist(self) -> Optional[str]:
        """the block list that the reply names"""
    @property
    def retry_after(self) -> Optional[int]:
        """seconds that the reply asks to wait"""
    @property
    def stage(self) -> Stage:
        """where in the dialogue the reply was given, as far as it is known"""
    @property
    def evidence_span(self) -> Optional[Tuple[int, int]]:
        """start and end of the evidence: characters of a str, bytes of bytes; of a pair's whole reply"""

def lookup(code: Union[int, str]) -> Union[Code, Enhanced, None]: ...
def reason_of(vocabulary: str, term: str) -> Optional[Reason]: ...
def code_or_number(number: int) -> Any: ...
def command_bit(command: Optional[str]) -> int: ...
def flags(mask: int) -> Tuple[Flag, ...]: ...
def stage_number(stage: Optional[str]) -> int: ...
