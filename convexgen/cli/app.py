"""The commands and their options. Each is one call; what it does is loaded only when it runs."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import typer

from convexgen.cli import VERSION
from convexgen.cli.guard import guarded
from convexgen.naming import Naming
from convexgen.report import FORMATS, DiffMode, schema
from convexgen.settings import SpecFormat

app = typer.Typer(
    help="Convex's model for Python teams: typed TypeScript and Python clients from annotated Python.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProjectOption = Annotated[
    Path, typer.Option("-C", "--project", metavar="DIR", help="The project, or a folder in it.", show_default=False)
]
SourceOption = Annotated[
    str | None, typer.Option(metavar="DIR", help="The functions folder, instead of the one in the settings.")
]
NamingOption = Annotated[Naming | None, typer.Option(help="How names are written on the wire.")]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(metavar="RULES", help="Tell these instead of the usual: names, codes, `CG6`, `ALL`; by commas."),
]
ExtendSelectOption = Annotated[list[str] | None, typer.Option(metavar="RULES", help="Tell these as well.")]
IgnoreOption = Annotated[list[str] | None, typer.Option(metavar="RULES", help="Leave these untold.")]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="CONVEXGEN_DATA",
        help="Where the backend keeps its data, instead of `.convexgen` of the project.",
    ),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", envvar="CONVEX_SELF_HOSTED_URL", help="Another backend than the project's own."),
]
AdminKeyOption = Annotated[
    str | None,
    typer.Option("--admin-key", envvar="CONVEX_SELF_HOSTED_ADMIN_KEY", help="The key of its administrator."),
]
PollOption = Annotated[
    bool, typer.Option("--poll", envvar="CONVEXGEN_FORCE_POLLING", help="Look for changes where no events come.")
]
NoTypesOption = Annotated[bool, typer.Option("--no-types", help="Leave mypy out.")]
FailOn = Literal["breaking", "dangerous", "any"]

HERE = Path()


def run(arguments: list[str]) -> int:
    """Carry out one command line and give its exit code. Never raises."""

    def work() -> int:
        form = _asked_format(arguments)
        if form == "text":
            app(args=arguments, prog_name="convexgen")
            return 0
        try:
            code: int = app(args=arguments, prog_name="convexgen", standalone_mode=False)
        except typer.TyperException as error:
            return _refuse(error.format_message(), form)
        return code

    return guarded(work, arguments)


def _asked_format(arguments: list[str]) -> str:
    """The format that a command line asks for, whether or not it can be understood: mistakes in it come in that too."""
    words = " ".join(arguments).replace("--output-format=", "--output-format ").split()
    asked = [form for option, form in pairwise(words) if option == "--output-format"]
    return asked[-1] if asked and asked[-1] in FORMATS else "text"


def _refuse(complaint: str, form: str) -> int:
    """Tell of a mistake in the command line as of any other finding."""
    from convexgen.cli.streams import exit_code, say, show  # noqa: PLC0415 - only where something is wrong
    from convexgen.diagnostics import Diagnostic, Label  # noqa: PLC0415
    from convexgen.report import Report  # noqa: PLC0415
    from convexgen.rules.tool import USAGE_ERROR  # noqa: PLC0415
    from convexgen.source import Span  # noqa: PLC0415

    finding = Diagnostic(USAGE_ERROR, complaint, Label(Span("")))
    show(Report((finding,)), form)
    say(f"Error: {complaint}")
    return exit_code((finding,))


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"convexgen {VERSION}\n")
        raise typer.Exit


def _known_format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}", param_hint="--output-format")
    return name


def _schema(asked: bool) -> None:
    if asked:
        sys.stdout.write(schema())
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Convex's model for Python teams: typed TypeScript and Python clients from annotated Python."""


@app.command()
def init(
    project: Annotated[
        Path, typer.Option("-C", "--project", metavar="DIR", help="Where; it is made if need be.", show_default=False)
    ] = HERE,
    pre_commit: Annotated[bool, typer.Option("--pre-commit", help="Also add our hooks for pre-commit.")] = False,
) -> None:
    """Write settings and a small working example. Nothing that exists is overwritten."""
    from convexgen.cli.init import init as command  # noqa: PLC0415

    raise typer.Exit(command(project, pre_commit=pre_commit))


@app.command()
def generate(
    project: ProjectOption = HERE,
    source: SourceOption = None,
    naming: NamingOption = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change; write nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Name what would be written; write nothing.")] = False,
) -> None:
    """Write the clients."""
    from convexgen.cli.generate import generate as command  # noqa: PLC0415

    raise typer.Exit(command(_folder(project), _overrides(source, naming), diff=diff, dry_run=dry_run))


@app.command()
def check(
    *,
    project: ProjectOption = HERE,
    source: SourceOption = None,
    naming: NamingOption = None,
    no_types: NoTypesOption = False,
    select: SelectOption = None,
    extend_select: ExtendSelectOption = None,
    ignore: IgnoreOption = None,
    output_format: Annotated[
        str, typer.Option(callback=_known_format, help=f"How findings are written: {', '.join(FORMATS)}.")
    ] = "text",
    diff: Annotated[DiffMode, typer.Option(help="How much of what is out of date to show.")] = "short",
    statistics: Annotated[bool, typer.Option("--statistics", help="Count findings by rule; show none.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but what is found.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="End well whatever is found.")] = False,
    against_index: Annotated[
        bool, typer.Option("--against-index", help="Check what is staged in git, not what lies in the work tree.")
    ] = False,
    add_ignore: Annotated[
        bool, typer.Option("--add-ignore", help="Write comments into the sources that ignore what is told now.")
    ] = False,
    _: Annotated[
        bool,
        typer.Option("--output-schema", callback=_schema, is_eager=True, help="Print the JSON schema of `json`."),
    ] = False,
) -> None:
    """Check the sources, and that the clients are up to date. Writes nothing, but for `--add-ignore`."""
    from convexgen.cli.check import Wishes  # noqa: PLC0415
    from convexgen.cli.check import check as command  # noqa: PLC0415
    from convexgen.cli.project import command_line  # noqa: PLC0415

    if add_ignore and against_index:
        raise typer.BadParameter("nothing can be written into what is staged", param_hint="--add-ignore")
    overrides = _overrides(source, naming)
    remedy = command_line("generate", project, overrides)
    wishes = Wishes(remedy, not no_types, output_format, diff, statistics, quiet, exit_zero, add_ignore, against_index)
    chosen = {"select": select, "extend-select": extend_select, "ignore": ignore}
    lists = {key: ",".join(values) for key, values in chosen.items() if values is not None}
    raise typer.Exit(command(_folder(project), overrides | lists, wishes))


@app.command()
def fix(
    *,
    project: ProjectOption = HERE,
    source: SourceOption = None,
    naming: NamingOption = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would be mended; write nothing.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Also mend what may change what the program does.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="RULES", help="Mend only these: names, codes, `CG6`, `ALL`; by commas."),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULES", help="Leave these as they are.")] = None,
) -> None:
    """Mend in the sources what has an obvious mend, and tell what is left: with 1 at the end if that is an error."""
    from convexgen.cli.fix import Wishes  # noqa: PLC0415
    from convexgen.cli.fix import fix as command  # noqa: PLC0415

    chosen = None if select is None else _rules(select, "--select")
    wishes = Wishes(diff, unsafe, chosen, _rules(ignore or [], "--ignore"))
    raise typer.Exit(command(_folder(project), _overrides(source, naming), wishes))


@app.command()
def watch(
    project: ProjectOption = HERE,
    source: SourceOption = None,
    naming: NamingOption = None,
    no_types: NoTypesOption = False,
    poll: PollOption = False,
) -> None:
    """Write the clients whenever a source or a setting changes."""
    from convexgen.cli.watch import watch as command  # noqa: PLC0415

    raise typer.Exit(command(_folder(project), _overrides(source, naming), types=not no_types, poll=poll))


@app.command()
def dev(
    *,
    project: ProjectOption = HERE,
    source: SourceOption = None,
    naming: NamingOption = None,
    port: Annotated[int, typer.Option(envvar="CONVEXGEN_PORT", help="Where clients connect; 0 for any.")] = 3210,
    site_port: Annotated[
        int, typer.Option(envvar="CONVEXGEN_SITE_PORT", help="Where HTTP actions are reached; 0 for any.")
    ] = 3211,
    data: DataOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Write, load and check against the data; serve nothing.")
    ] = False,
    no_types: NoTypesOption = False,
    poll: PollOption = False,
) -> None:
    """Serve the functions to Convex clients, and keep both up to date with the sources."""
    from convexgen.cli.dev import Wishes, dev_once  # noqa: PLC0415
    from convexgen.cli.dev import dev as command  # noqa: PLC0415

    wishes = Wishes(port, site_port, data, types=not no_types, poll=poll)
    raise typer.Exit((dev_once if once else command)(_folder(project), _overrides(source, naming), wishes))


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(envvar="CONVEXGEN_HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="CONVEXGEN_PORT", help="Where clients connect; 0 for any.")] = 3210,
    site_port: Annotated[
        int, typer.Option(envvar="CONVEXGEN_SITE_PORT", help="Where HTTP actions are reached; 0 for any.")
    ] = 3211,
    data: Annotated[
        Path, typer.Option(envvar="CONVEXGEN_DATA", help="The folder for data, files, functions and the admin key.")
    ] = Path(".convexgen"),
    origin: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", envvar="CONVEXGEN_URL", help="Where clients find it, behind a proxy."),
    ] = None,
    access_log: Annotated[bool, typer.Option(help="Say a line for every request.")] = True,
) -> None:
    """Serve what `convexgen deploy` sends, for the public: no watching, no details of errors for clients."""
    from convexgen.cli.serve import Wishes  # noqa: PLC0415
    from convexgen.cli.serve import serve as command  # noqa: PLC0415

    raise typer.Exit(command(Wishes(host, port, site_port, data, origin, access_log)))


@app.command()
def deploy(
    *,
    project: ProjectOption = HERE,
    source: SourceOption = None,
    naming: NamingOption = None,
    url: Annotated[str, typer.Option(envvar="CONVEX_SELF_HOSTED_URL", help="The backend.")],
    admin_key: Annotated[
        str, typer.Option(envvar="CONVEX_SELF_HOSTED_ADMIN_KEY", help="The key of its administrator.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything; put nothing live.")] = False,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Deploy nothing with a change since before that is as bad as this.")
    ] = None,
    command: Annotated[
        str | None, typer.Option("--cmd", metavar="COMMAND", help="Run this first, with the URL in its environment.")
    ] = None,
    variable: Annotated[
        str, typer.Option("--cmd-url-env-var-name", metavar="NAME", help="The variable that has the URL.")
    ] = "CONVEX_URL",
) -> None:
    """Put the functions live on a backend that `convexgen serve` runs, if its documents fit."""
    from convexgen.cli.deploy import Wishes  # noqa: PLC0415
    from convexgen.cli.deploy import deploy as deploy_command  # noqa: PLC0415
    from convexgen.dev.data_folder import RunningBackend  # noqa: PLC0415

    wishes = Wishes(RunningBackend(url, admin_key), dry_run, fail_on, command, variable)
    raise typer.Exit(deploy_command(_folder(project), _overrides(source, naming), wishes))


@app.command(name="run")
def run_function(
    function: Annotated[str, typer.Argument(metavar="FUNCTION", help="Its path: `messages:send`.")],
    arguments: Annotated[str, typer.Argument(metavar="JSON", help="Its arguments, as one object.")] = "{}",
    *,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
    identity: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="Who calls: an object with `subject`, `issuer`, `email` and more."),
    ] = None,
) -> None:
    """Call a function of a running backend, and print what it gives: with 1 at the end if it fails."""
    from convexgen.cli.run import run as command  # noqa: PLC0415
    from convexgen.cli.target import Target  # noqa: PLC0415

    target = Target(_folder(project), url, admin_key, data)
    user = None if identity is None else _object(identity, "--identity")
    raise typer.Exit(command(target, function, _object(arguments, "JSON"), user))


@app.command(name="data")
def show_data(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="Whose documents; without it, tables are listed.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many documents, at most.")] = 100,
    order: Annotated[Literal["asc", "desc"], typer.Option(help="In which order they were made.")] = "desc",
    form: Annotated[Literal["pretty", "json", "jsonl"], typer.Option("--format", help="How they are written.")] = (
        "pretty"
    ),
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Print the documents of a table of a running backend, or the names of its tables."""
    from convexgen.cli.data import Wishes, documents, tables  # noqa: PLC0415
    from convexgen.cli.target import Target  # noqa: PLC0415

    target = Target(_folder(project), url, admin_key, data)
    raise typer.Exit(tables(target) if table is None else documents(target, table, Wishes(limit, order, form)))


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON lines, a JSON array, or a snapshot.")],
    *,
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Where the documents go; snapshots say so themselves.")
    ] = None,
    append: Annotated[bool, typer.Option("--append", help="Add to what is there.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace what is in the tables of the file.")] = False,
    replace_all: Annotated[
        bool, typer.Option("--replace-all", help="Replace everything; tables that are not in the file become empty.")
    ] = False,
    form: Annotated[
        Literal["csv", "jsonLines", "jsonArray", "zip"] | None,
        typer.Option("--format", help="What the file is, if its name does not say so."),
    ] = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Ask nothing.")] = False,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Put the documents of a file into a running backend: all of them, or with 1 at the end none."""
    from convexgen.cli.target import Target  # noqa: PLC0415
    from convexgen.cli.transfer import FORMATS as ENDINGS  # noqa: PLC0415
    from convexgen.cli.transfer import import_file as command  # noqa: PLC0415
    from convexgen.dev.transferring import FileToImport  # noqa: PLC0415

    modes = {"append": append, "replace": replace, "replaceAll": replace_all}
    asked = [mode for mode, is_asked in modes.items() if is_asked]
    if len(asked) > 1:
        raise typer.BadParameter("only one of --append, --replace and --replace-all can be done")
    found = form or ENDINGS.get(file.suffix)
    if found is None:
        raise typer.BadParameter("the name does not say what the file is: --format does", param_hint="FILE")
    if (found == "zip") != (table is None):
        hint = "a snapshot names its tables itself" if table else "this is needed for all but snapshots"
        raise typer.BadParameter(hint, param_hint="--table")
    wanted = FileToImport(file, found, asked[0] if asked else "requireEmpty", table)
    raise typer.Exit(command(Target(_folder(project), url, admin_key, data), wanted, yes=yes))


@app.command()
def export(
    *,
    path: Annotated[Path, typer.Option(metavar="PATH", help="The zip file to be written, or a folder for it.")],
    files: Annotated[bool, typer.Option("--include-file-storage", help="With the contents of stored files.")] = False,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Write a snapshot of all documents of a running backend into a zip file."""
    from convexgen.cli.target import Target  # noqa: PLC0415
    from convexgen.cli.transfer import export as command  # noqa: PLC0415

    raise typer.Exit(command(Target(_folder(project), url, admin_key, data), path, files=files))


@app.command()
def logs(
    *,
    history: Annotated[int, typer.Option(min=0, help="How many calls from before to show.")] = 0,
    success: Annotated[
        bool, typer.Option("--success", help="Show those too that went well and had nothing to say.")
    ] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print all that is known of each, as a line of JSON.")] = False,
    follow: Annotated[bool, typer.Option(help="Wait for what comes.")] = True,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Print what functions of a running backend say, and how they end."""
    from convexgen.cli.logs import Wishes  # noqa: PLC0415
    from convexgen.cli.logs import logs as command  # noqa: PLC0415
    from convexgen.cli.target import Target  # noqa: PLC0415

    wishes = Wishes(history, success, jsonl, follow)
    raise typer.Exit(command(Target(_folder(project), url, admin_key, data), wishes))


env = typer.Typer(help="Set and show the variables that functions find in `os.environ`.", no_args_is_help=True)
app.add_typer(env, name="env")


@env.command("set")
def set_variables(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Without it, several are set.")] = None,
    value: Annotated[
        str | None, typer.Argument(metavar="VALUE", help="Without it, it is read from standard input.")
    ] = None,
    *,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from-file", metavar="FILE", help="A `.env` file to set several from, instead of standard input."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Set those of a file that have another value, too.")] = False,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Set a variable, or several from a `.env` file."""
    from convexgen.cli.env import set_one, set_several  # noqa: PLC0415
    from convexgen.cli.target import Target  # noqa: PLC0415

    if name is not None and file is not None:
        raise typer.BadParameter("a file has names of its own", param_hint="--from-file")
    target = Target(_folder(project), url, admin_key, data)
    raise typer.Exit(set_several(target, file, force=force) if name is None else set_one(target, name, value))


@env.command("get")
def get_variable(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    *,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Print the value of a variable: with 1 at the end if it is not set."""
    from convexgen.cli.env import get  # noqa: PLC0415
    from convexgen.cli.target import Target  # noqa: PLC0415

    raise typer.Exit(get(Target(_folder(project), url, admin_key, data), name))


@env.command("list")
def list_variables(
    *,
    names_only: Annotated[bool, typer.Option("--names-only", help="Leave the values out.")] = False,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Print all variables, as a `.env` file has them."""
    from convexgen.cli.env import list_all  # noqa: PLC0415
    from convexgen.cli.target import Target  # noqa: PLC0415

    raise typer.Exit(list_all(Target(_folder(project), url, admin_key, data), names_only=names_only))


@env.command("remove")
def remove_variable(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    *,
    project: ProjectOption = HERE,
    data: DataOption = None,
    url: UrlOption = None,
    admin_key: AdminKeyOption = None,
) -> None:
    """Unset a variable. One that is not set does no harm."""
    from convexgen.cli.env import remove  # noqa: PLC0415
    from convexgen.cli.target import Target  # noqa: PLC0415

    raise typer.Exit(remove(Target(_folder(project), url, admin_key, data), name))


@app.command()
def breaking(
    *,
    against: Annotated[
        str,
        typer.Option(
            metavar="REF|FILE|URL", help="A git ref, from where HEAD parted from it; a spec file; or a deployment."
        ),
    ],
    project: ProjectOption = HERE,
    fail_on: Annotated[FailOn, typer.Option(help="The least that makes this fail.")] = "breaking",
    output_format: Annotated[
        str, typer.Option(callback=_known_format, help=f"How findings are written: {', '.join(FORMATS)}.")
    ] = "text",
) -> None:
    """Tell what deployed clients and stored documents will notice of the changes since then."""
    from convexgen.cli.breaking import breaking as command  # noqa: PLC0415

    raise typer.Exit(command(_folder(project), against, fail_on, output_format))


@app.command()
def spec(
    project: ProjectOption = HERE,
    source: SourceOption = None,
    naming: NamingOption = None,
    form: Annotated[SpecFormat, typer.Option("--format", help="Which document.")] = "function-spec",
) -> None:
    """Print the program as JSON, for other tools."""
    from convexgen.cli.spec import spec as command  # noqa: PLC0415

    raise typer.Exit(command(_folder(project), _overrides(source, naming), form))


@app.command()
def client(
    *,
    from_spec: Annotated[
        str,
        typer.Option("--from-spec", metavar="FILE", help="What `npx convex function-spec` has printed; `-` for stdin."),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="The package to write.", show_default=False)
    ],
    include_internal: Annotated[bool, typer.Option("--include-internal", help="Internal functions, too.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if there is anything to write.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change; write nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Name what would be written; write nothing.")] = False,
    output_format: Annotated[
        str, typer.Option(callback=_known_format, help=f"How findings are written: {', '.join(FORMATS)}.")
    ] = "text",
) -> None:
    """Write the Python client of a deployment that is written in TypeScript."""
    from convexgen.cli.client import Wishes  # noqa: PLC0415
    from convexgen.cli.client import client as command  # noqa: PLC0415

    wishes = Wishes(from_spec, output, include_internal, check, diff, dry_run, output_format)
    raise typer.Exit(command(wishes))


@app.command()
def explain(
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="A name or a code. Without it, all rules are listed.")
    ] = None,
) -> None:
    """Print what a rule finds, why it matters, and what to write instead."""
    from convexgen.cli.explain import explain as command  # noqa: PLC0415

    raise typer.Exit(command(rule))


def _folder(project: Path) -> Path:
    if not project.is_dir():
        raise typer.BadParameter(f"there is no folder {str(project)!r}", param_hint="-C")
    return project


def _object(text: str, option: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"this is not JSON: {error}", param_hint=option) from None
    if not isinstance(found, dict):
        raise typer.BadParameter("this is not an object, such as '{\"limit\": 10}'", param_hint=option)
    return found


def _rules(lists: list[str], option: str) -> tuple[str, ...]:
    """The selectors in lists that go by commas."""
    from convexgen.selection import complaint  # noqa: PLC0415

    selectors = tuple(each.strip() for each in ",".join(lists).split(",") if each.strip())
    for wrong in filter(None, (complaint(each, ignoring=False) for each in selectors)):
        raise typer.BadParameter("; ".join(filter(None, (wrong.message, wrong.help))), param_hint=option)
    return selectors


def _overrides(source: str | None, naming: Naming | None) -> dict[str, str]:
    return {key: value for key, value in (("source", source), ("naming", naming)) if value is not None}
