"""Files of a server's storage, for ordinary code."""

from __future__ import annotations

from .calls import Functions
from .uploads import Content, StorageId, Uploading, new_upload, send, stored_id


class Files(Functions):
    """Sends files to a server. The base of the functions in a module called `files`."""

    def upload(
        self, url: str, content: Content, *, content_type: str | None = None
    ) -> StorageId:
        """Store a file, by a URL that a function of the server has given for it.

        `content` is the bytes, the path of a file, or a file open for reading bytes.
        The client's time-out holds for each step, however large the file is. Raises
        `RequestRejected` (401 for a URL that is no longer good), `ConnectionFailed` and
        `Timeout`, after which the file may or may not be stored; `OSError` where it
        cannot be read.
        """
        upload = new_upload(url, content, content_type, self.wire_caller.timeout)
        transport = self.wire_caller.transport
        if isinstance(transport, Uploading):
            return stored_id(transport.upload(upload))
        return stored_id(send(upload))
