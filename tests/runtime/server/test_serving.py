"""The ports that sites are served on."""

from __future__ import annotations

import socket

from convexgen.runtime.server.serving import take_port


def test_a_port_is_one_of_tcp_to_asyncio_too() -> None:
    """For any other, asyncio leaves small answers lying until earlier ones are acknowledged: 40 ms each."""
    with take_port("127.0.0.1", 0) as listener:
        assert (listener.family, listener.type, listener.proto) == (
            socket.AF_INET,
            socket.SOCK_STREAM,
            socket.IPPROTO_TCP,
        )
