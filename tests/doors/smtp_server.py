"""An SMTP server on loopback with set replies: smtp_server.py REPLIES LOG. Prints its port and serves until ended.

REPLIES has lines of a command's beginning, a tab and a reply; "." is the end of a message. Each line serves once, in
order; other commands get 250. LOG gets a line for each message that was taken: its recipients.
"""

from __future__ import annotations

import socketserver
import sys
from pathlib import Path
from typing import List

REPLIES = [
    line.replace("\\r\\n", "\r\n").split("\t")
    for line in Path(sys.argv[1]).read_text("ascii").splitlines()
    if not line.startswith("#")
]
DEFAULTS = {"EHLO": "250-mx.example.org\r\n250 ENHANCEDSTATUSCODES", "DATA": "354 Go on", "QUIT": "221 2.0.0 Bye"}


def reply_to(command: str) -> str:
    for i, (begin, reply) in enumerate(REPLIES):
        if command.upper().startswith(begin.upper()):
            del REPLIES[i]
            return reply
    return DEFAULTS.get(command[:4].upper(), "250 2.0.0 Ok")


class Session(socketserver.StreamRequestHandler):
    def say(self, reply: str) -> bool:
        self.wfile.write(f"{reply}\r\n".encode("ascii"))
        return reply[0] in "23"

    def handle(self) -> None:
        self.say("220 mx.example.org ESMTP")
        taken: List[str] = []
        for line in self.rfile:
            command = line.decode("ascii").rstrip("\r\n")
            good = self.say(reply_to(command))
            verb = command[:4].upper()
            if verb == "MAIL":
                taken = []
            elif verb == "RCPT" and good:
                taken.append(command[len("RCPT TO:<") : command.index(">")])
            elif verb == "DATA" and good:
                for text in self.rfile:
                    if text == b".\r\n":
                        break
                if self.say(reply_to(".")):
                    with open(sys.argv[2], "a", encoding="ascii") as log:
                        print(*taken, file=log)
            elif verb == "QUIT":
                return


with socketserver.TCPServer(("127.0.0.1", 0), Session) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
