"""Queries, mutations, actions, HTTP actions, routes and cron jobs in generated programs, as source text."""

from __future__ import annotations

from typing import NamedTuple

from tests.strategies.declaration_text import DeclarationWriter
from tests.strategies.module_text import ModuleText
from tests.strategies.type_text import DOCS, Declared, Position

_NAMES = ("get", "list_", "by_author", "send_message", "default", "delete", "import_", "größe")
_KINDS = ("query", "mutation", "action")
_CONTEXTS = {"query": "QueryCtx", "mutation": "MutationCtx", "action": "ActionCtx"}
_ASCII_NAMES = tuple(name for name in _NAMES if name.isascii())


class Written(NamedTuple):
    """A function that was written, with the names of its parameters."""

    module: str
    name: str
    kind: str
    parameters: tuple[str, ...]


class FunctionWriter(DeclarationWriter):
    """Writes the functions of one module, and now and then a type of its own."""

    def __init__(self, module: ModuleText, known: list[Declared]) -> None:
        super().__init__(module, known)
        self.functions: list[Written] = []

    def write(self) -> None:
        if self.choices.seldom(3):
            self.model("Result")
        for name in self.choices.some(_ASCII_NAMES, 1, 3):
            self._function(name)
        if self.choices.seldom(3):
            self._http_action("hook")
        if self.choices.seldom():
            self.module.add("def plain(x: int) -> int:\n    return x", "plain")

    def _function(self, name: str) -> None:
        kind = self.choices.one(_KINDS)
        internal = self.choices.seldom(3)
        decorator = self.types.outside("convexgen", f"internal_{kind}" if internal else kind)
        position = Position(self.known, documents=True, checked=True)
        names = self.fields.names(3)
        parameters = self.fields.parameters(position, names)
        returns = self._returns(position, internal)
        doc = self.choices.one(DOCS)
        body = repr(doc) if doc else "raise NotImplementedError"
        context = self.types.outside("convexgen", _CONTEXTS[kind])
        head = f"async def {name}({', '.join([f'ctx: {context}', *parameters])}){returns}:"
        text = "\n".join([f"@{decorator}", *self.deprecated(), head, f"    {body}"])
        self.module.add(text, f"function {name}")
        self.functions.append(Written(self.module.name, name, kind, tuple(names)))

    def _returns(self, position: Position, internal: bool) -> str:
        if internal and self.choices.seldom(3):
            return ""
        if self.choices.seldom():
            return " -> None"
        text = self.types.annotation(position)
        if self.choices.seldom(5) and not text.startswith(("'", '"')):
            text = f"{self.types.outside('convexgen', 'Page')}[{text}]"
        return f" -> {text}"

    def _http_action(self, name: str) -> None:
        decorator, context, request, response = (
            self.types.outside("convexgen", each) for each in ("http_action", "ActionCtx", "Request", "Response")
        )
        head = f"async def {name}(ctx: {context}, request: {request}) -> {response}:"
        self.module.add(f"@{decorator}\n{head}\n    raise NotImplementedError", name)
        self.functions.append(Written(self.module.name, name, "http", ()))


def write_http(module: ModuleText, writers: list[FunctionWriter]) -> ModuleText:
    """`http.py`, with a route for each HTTP action."""
    module.add(f"http = {module.outside('convexgen', 'HttpRouter')}()", "http")
    handlers = [each for writer in writers for each in writer.functions if each.kind == "http"]
    for number, handler in enumerate(handlers):
        path = module.choices.one((f"path='/hook{number}'", f"path_prefix='/files{number}/'"))
        method = module.choices.one(("GET", "POST", "PATCH"))
        router = module.refer("http", "http")
        text = module.refer(handler.module, handler.name)
        module.add(f"{router}.route({path}, method={method!r}, handler={text})")
    return module


def write_crons(module: ModuleText, writers: list[FunctionWriter]) -> ModuleText:
    """`crons.py`, with a job for each mutation and action."""
    module.add(f"crons = {module.outside('convexgen', 'Crons')}()", "crons")
    timedelta, time = module.outside("datetime", "timedelta"), module.outside("datetime", "time")
    jobs = [each for writer in writers for each in writer.functions if each.kind in ("mutation", "action")]
    for number, job in enumerate(jobs):
        when = module.choices.one(
            (
                f"interval('job {number}', {timedelta}(minutes=5, seconds=1), ",
                f"hourly('job {number}', 30, ",
                f"daily('job {number}', {time}(7, 30), ",
                f"weekly('job {number}', 'monday', {time}(hour=9), ",
                f"monthly('job {number}', 1, {time}(0), ",
                f"cron('job {number}', '0 9 * * 1-5', ",
            )
        )
        arguments = "".join(f", {name}=0" for name in job.parameters)
        crons = module.refer("crons", "crons")
        module.add(f"{crons}.{when}{module.refer(job.module, job.name)}{arguments})")
    return module
