"""The caller of an HTTP action, for handlers that ask and for one that does not."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from convexgen import ActionCtx, HttpRouter, http_action

http = HttpRouter()


@http_action
async def who(ctx: ActionCtx, request: Request) -> Response:
    identity = await ctx.auth.get_user_identity()
    return PlainTextResponse("nobody" if identity is None else identity.token_identifier)


@http_action
async def header(ctx: ActionCtx, request: Request) -> Response:
    return PlainTextResponse(request.headers["authorization"])


http.route(path="/who", method="GET", handler=who)
http.route(path="/header", method="GET", handler=header)
