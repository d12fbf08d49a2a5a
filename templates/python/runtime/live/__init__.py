"""A conversation with a server over one WebSocket: live queries, mutations, actions.

`conversation` is all of it without I/O, made of the modules beside it; `connection` moves
its messages on an event loop.
"""
