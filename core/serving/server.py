"""The server: two of its settings that Streamlit keeps out of reach of an app."""

import gc
import socket
from importlib import import_module
from typing import Any


def hide_server_name() -> None:
    """Stop uvicorn from naming itself in every answer.

    It adds the header below any middleware; so the list it reads them from leaves it out.
    """
    config: Any = import_module("uvicorn.config").Config

    def read(self: object) -> list[tuple[bytes, bytes]]:
        return [pair for pair in vars(self)["encoded_headers"] if pair[0] != b"server"]

    def write(self: object, pairs: list[tuple[bytes, bytes]]) -> None:
        vars(self)["encoded_headers"] = pairs

    config.encoded_headers = property(read, write)


def send_at_once() -> None:
    """Let small messages leave without waiting for the receipt of the one before.

    A run of a page sends many; each would wait up to 40 ms (Nagle's algorithm against delayed
    receipts). asyncio turns that off only for sockets that name their protocol, and Streamlit's
    does not. What a listening socket has, the connections it accepts inherit.
    """
    internet = (socket.AF_INET, socket.AF_INET6)
    for found in [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]:
        if found.fileno() < 0 or found.family not in internet:
            continue
        if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
