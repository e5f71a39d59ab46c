"""A mail server on loopback that gives set replies."""

from __future__ import annotations

import socket
import warnings
from typing import Any, Dict, Iterator, List

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from aiosmtpd.controller import Controller


class Replies:
    """What the server answers. A list is used up from its front, its last item stays."""

    def __init__(self) -> None:
        self.mail = "250 2.1.0 Ok"
        self.rcpt: Dict[str, List[str]] = {}
        self.data = "250 2.0.0 Ok: queued"
        self.received: List[List[str]] = []

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: List[str]) -> str:
        if self.mail.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: List[str]) -> str:
        replies = self.rcpt.get(address, ["250 2.1.5 Ok"])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.received.append(list(envelope.rcpt_tos))
        return self.data


class Server:
    def __init__(self, replies: Replies, host: str, port: int) -> None:
        self.replies, self.host, self.port = replies, host, port


@pytest.fixture
def server() -> Iterator[Server]:
    replies = Replies()
    with socket.socket() as probe:  # the controller connects to its own port, so 0 will not do
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(replies, hostname="127.0.0.1", port=port, server_hostname="mx.example.org")
    controller.start()
    try:
        yield Server(replies, "127.0.0.1", port)
    finally:
        controller.stop()
