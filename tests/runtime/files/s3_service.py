"""A service that speaks the language of S3, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import httpx
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

_buckets = count()


class Service:
    """`url`: where it is reached."""

    def __init__(self, url: str) -> None:
        self.url = url

    def new_bucket(self) -> S3Store:
        """One with nothing in it."""
        return self.bucket(self.new_bucket_name())

    def new_bucket_name(self) -> str:
        name = f"files-{next(_buckets)}"
        httpx.put(f"{self.url}/{name}", trust_env=False).raise_for_status()
        return name

    @property
    def variables(self) -> dict[str, str]:
        """What a process finds in its environment that is to reach the service."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "a secret",
        }

    def bucket(self, name: str, prefix: str = "the/files") -> S3Store:
        """The bucket of this name, whether there is one or not, and in it what lies under a prefix."""
        return S3Store(
            name,
            prefix=prefix,
            endpoint=self.url,
            region="us-east-1",
            access_key_id="somebody",
            secret_access_key="a secret",
            virtual_hosted_style_request=False,
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )


@contextmanager
def serving() -> Iterator[Service]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Service(f"http://{host}:{port}")
    finally:
        server.stop()
