"""The door of the runtime: HTTP and sockets in, calls of the engine out. Of a client it knows its socket, no more."""
