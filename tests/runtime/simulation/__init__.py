"""Clients, sockets, a server and its disk in one thread, in an order that a seed decides, held to a plain model."""
