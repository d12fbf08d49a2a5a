"""The routes below `/api` that take in files to be imported, and give out snapshots. For administrators alone.

A file comes in parts, then it is looked into; what it would change is told by `_system/cli/queryImport`, and it is
carried out when that was agreed to. A snapshot is asked for, and fetched when `_system/cli/exports:getLatest` says that
it is complete.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from convexgen.runtime.server.answers import json_response
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.bodies import read_body
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.server.requests import json_object
from convexgen.runtime.transfer.records import FORMATS, MODES, ImportRequest
from convexgen.runtime.transfer.transfers import Transfers, UnknownImportError
from convexgen.runtime.transfer.uploads import MAXIMUM_PART, MAXIMUM_PARTS, UploadError
from convexgen.runtime.values import Json, write_json

T = TypeVar("T")

_SLOWEST_PART = 600.0
"""Seconds that a part may take."""


@dataclass(frozen=True, slots=True)
class TransferApi:
    """Endpoints."""

    transfers: Transfers
    access: Access

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/import/start_upload", self._start, methods=["POST"]),
            Route("/api/import/upload_part", self._part, methods=["POST"]),
            Route("/api/import/finish_upload", self._finish, methods=["POST"]),
            Route("/api/perform_import", self._perform, methods=["POST"]),
            Route("/api/export/request/zip", self._export, methods=["POST"]),
            Route("/api/export/zip/{snapshot}", self._exported, methods=["GET"]),
        ]

    async def _start(self, request: Request) -> Response:
        await self.access.check_administrator(request)
        token = await _blocking(self.transfers.uploads.start)
        return json_response(write_json({"uploadToken": token}))

    async def _part(self, request: Request) -> Response:
        """`?uploadToken=&partNumber=`, from 1, with its bytes as the body. Answers with a JSON string."""
        await self.access.check_administrator(request)
        token, number = request.query_params.get("uploadToken", ""), request.query_params.get("partNumber", "")
        if not number.isascii() or not number.isdecimal() or len(number) > len(str(MAXIMUM_PARTS)):
            raise RequestError(400, "InvalidPartNumber", f"{number[:20]!a} is no number of a part.")
        content = await read_body(request, MAXIMUM_PART, _SLOWEST_PART)
        part = await _blocking(lambda: self.transfers.uploads.put(token, int(number), content))
        return json_response(write_json(part))

    async def _finish(self, request: Request) -> Response:
        """`{import: {tableName?, mode, format}, uploadToken, partTokens}`: `{importId}`."""
        await self.access.check_administrator(request)
        body = json_object(await read_body(request))
        wanted, token, parts = body.get("import"), body.get("uploadToken"), body.get("partTokens")
        if not isinstance(wanted, dict) or not isinstance(token, str) or not isinstance(parts, list):
            raise _bad("it is no {import, uploadToken, partTokens}")
        if not all(isinstance(part, str) for part in parts) or len(parts) > MAXIMUM_PARTS:
            raise _bad("`partTokens` are not those that were given for parts")
        asked = _import_request(wanted)
        tokens = cast("list[str]", parts)
        import_ = await _blocking(lambda: self.transfers.finish_upload(asked, token, tokens))
        return json_response(write_json({"importId": import_}))

    async def _perform(self, request: Request) -> Response:
        """`{importId}`."""
        await self.access.check_administrator(request)
        import_ = json_object(await read_body(request)).get("importId")
        if not isinstance(import_, str):
            raise _bad("there is no `importId`")
        await _blocking(lambda: self.transfers.perform(import_))
        return json_response("null")

    async def _export(self, request: Request) -> Response:
        """`?includeStorage=true` for the contents of files too."""
        await self.access.check_administrator(request)
        files = request.query_params.get("includeStorage") == "true"
        if not await _blocking(lambda: self.transfers.request_export(files=files)):
            raise RequestError(400, "ExportInProgress", "Another export is going on; wait until it is completed.")
        return json_response("null")

    async def _exported(self, request: Request) -> Response:
        await self.access.check_administrator(request)
        asked: str = request.path_params["snapshot"]
        found = None
        if asked.isascii() and asked.isdecimal() and len(asked) < 20:
            found = await _blocking(lambda: self.transfers.exported(int(asked)))
        if found is None:
            raise RequestError(404, "ExportNotFound", f"There is no export {asked[:100]!a}, or it is no longer kept.")
        headers = {"Content-Disposition": f"attachment; filename=snapshot_{asked}.zip", "Cache-Control": "no-store"}
        return FileResponse(found, headers=headers, media_type="application/zip")


async def _blocking(work: Callable[[], T]) -> T:
    """What `work` gives, in a thread. Raises `RequestError` for what cannot be."""
    try:
        return await asyncio.to_thread(work)
    except UploadError as error:
        raise RequestError(400, "InvalidUpload", _sentence(error)) from None
    except UnknownImportError as error:
        raise RequestError(400, "InvalidImport", _sentence(error)) from None


def _import_request(wanted: Mapping[str, Json]) -> ImportRequest:
    format_, mode, table = wanted.get("format"), wanted.get("mode", "requireEmpty"), wanted.get("tableName")
    if format_ not in FORMATS:
        raise _bad(f"`format` is none of {', '.join(FORMATS)}")
    if mode not in MODES:
        raise _bad(f"`mode` is none of {', '.join(MODES)}")
    if wanted.get("componentPath"):
        raise RequestError(400, "ComponentNotFound", "This program has no components.")
    if table is not None and not isinstance(table, str):
        raise _bad("`tableName` is no text")
    if (table is None) != (format_ == "zip"):
        raise _bad("a zip file names its tables itself" if table else f"`tableName` is needed for {format_}")
    return ImportRequest(format_, mode, table)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _bad(why: str) -> RequestError:
    return RequestError(400, "BadJsonBody", f"The request cannot be understood: {why}.")
