"""`http.py`, `crons.py` and `auth_config.py`: what the objects in them record and refuse."""

from __future__ import annotations

from datetime import UTC, time, timedelta, timezone
from typing import Any

import pytest

from convexgen import (
    ActionCtx,
    AuthConfig,
    Crons,
    EnvironmentVariable,
    HttpRouter,
    JwtProvider,
    MutationCtx,
    OidcProvider,
    Request,
    Response,
    Route,
    env,
    http_action,
    internal_mutation,
)
from convexgen.authoring import schedules
from tests.typing_suite.programs import accepted


@http_action
async def hook(ctx: ActionCtx, request: Request) -> Response:
    return Response()


@internal_mutation
async def clear(ctx: MutationCtx, limit: int, dry: bool = False) -> None: ...


class TestHttpRouter:
    def test_routes_are_recorded_in_order(self) -> None:
        http = HttpRouter()
        http.route(path="/hook", method="POST", handler=hook)
        http.route(path_prefix="/hook/", method="POST", handler=hook)
        http.route(path="/hook", method="GET", handler=hook)
        assert http.routes == (
            Route("POST", "/hook", hook),
            Route("POST", "/hook/*", hook),
            Route("GET", "/hook", hook),
        )

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"path": "hook"}, "a route's path begins with '/'; got 'hook'"),
            ({"path_prefix": "/hook"}, "a route's prefix ends with '/'; got '/hook'"),
            ({"path_prefix": "hook/"}, "a route's path begins with '/'; got 'hook/'"),
            ({"path_prefix": ""}, "a route's prefix ends with '/'; got ''"),
            ({"path": "/.files"}, r"/\.files is reserved"),
            ({"path": "/.files/x"}, r"/\.files is reserved"),
            ({"path_prefix": "/.files/"}, r"/\.files is reserved"),
            ({}, "either path= or path_prefix="),
            ({"path": "/a", "path_prefix": "/a/"}, "either path= or path_prefix="),
            ({"path": "/a", "method": "HEAD"}, "a route's method is one of GET, POST, PUT, DELETE, OPTIONS, PATCH"),
            ({"path": "/there"}, "there is a route for GET /there already"),
        ],
    )
    def test_bad_routes_are_refused(self, arguments: dict[str, Any], message: str) -> None:
        http = HttpRouter()
        http.route(path="/there", method="GET", handler=hook)
        with pytest.raises(ValueError, match=message):
            http.route(**{"method": "GET", "handler": hook, **arguments})
        assert len(http.routes) == 1


class TestCrons:
    def test_jobs_are_recorded_in_order_with_canonical_schedules(self) -> None:
        crons = Crons()
        crons.interval("interval", timedelta(minutes=5), clear, limit=1)
        crons.hourly("hourly", 30, clear, limit=2)
        crons.daily("daily", time(7, 30), clear, limit=3)
        crons.weekly("weekly", "monday", time(9, tzinfo=UTC), clear, limit=4)
        crons.monthly("monthly", 1, time(9), clear, limit=5)
        crons.cron("cron", "0  9 * * 1", clear, limit=6, dry=True)
        assert [(job.name, job.schedule, job.arguments) for job in crons.jobs] == [
            ("interval", "every 300s", {"limit": 1}),
            ("hourly", "30 * * * *", {"limit": 2}),
            ("daily", "30 7 * * *", {"limit": 3}),
            ("weekly", "0 9 * * 1", {"limit": 4}),
            ("monthly", "0 9 1 * *", {"limit": 5}),
            ("cron", "0 9 * * 1", {"limit": 6, "dry": True}),
        ]
        assert {job.function for job in crons.jobs} == {clear}

    @pytest.mark.parametrize("name", ["", "é", "a\nb"])
    def test_names_are_printable_ascii(self, name: str) -> None:
        with pytest.raises(ValueError, match="a cron's name is printable ASCII"):
            Crons().hourly(name, 0, clear, limit=1)

    def test_names_are_unique(self) -> None:
        crons = Crons()
        crons.hourly("a", 0, clear, limit=1)
        with pytest.raises(ValueError, match="there is a cron named 'a' already"):
            crons.hourly("a", 1, clear, limit=1)
        assert len(crons.jobs) == 1

    def test_arguments_have_to_fit(self) -> None:
        with pytest.raises(TypeError, match="missing a required argument: 'limit'"):
            Crons().hourly("a", 0, clear)  # type: ignore[call-arg]


class TestSchedules:
    @pytest.mark.parametrize("expression", ["* * * * *", "*/5 0-6,12 1 jan-MAR sun", "0 9 * * 1-5/2", "59 23 31 12 7"])
    def test_cron_expressions(self, expression: str) -> None:
        assert schedules.cron(expression) == expression

    @pytest.mark.parametrize(
        ("expression", "message"),
        [
            ("", "has five fields"),
            ("* * * *", "has five fields"),
            ("0 0 * * * *", "has five fields"),
            ("60 * * * *", "a minute is 0 to 59; got 60"),
            ("* 24 * * *", "an hour is 0 to 23; got 24"),
            ("* * 0 * *", "a day of the month is 1 to 31; got 0"),
            ("* * * 13 *", "a month is 1 to 12; got 13"),
            ("* * * * 8", "a day of the week is 0 to 7; got 8"),
            ("* * * * monday", "'monday' is not a day of the week"),
            ("mon * * * *", "'mon' is not a minute"),
            ("5-1 * * * *", "'5-1' is not a range of a minute"),
            ("1-2-3 * * * *", "'1-2-3' is not a range of a minute"),
            ("*/0 * * * *", "is not a step of a minute"),
            ("*/ * * * *", "is not a step of a minute"),
            ("1,,2 * * * *", "'' is not a minute"),
            ("-1 * * * *", "'' is not a minute"),
            ("٣ * * * *", "is not a minute"),
        ],
    )
    def test_bad_cron_expressions(self, expression: str, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            schedules.cron(expression)

    @pytest.mark.parametrize("seconds", [0, 0.5, 1.5, -60])
    def test_bad_intervals(self, seconds: float) -> None:
        with pytest.raises(ValueError, match="a whole number of seconds, at least one"):
            schedules.interval(timedelta(seconds=seconds))

    @pytest.mark.parametrize(
        ("at", "message"),
        [
            (time(9, 0, 1), "crons run to the minute"),
            (time(9, 0, 0, 1), "crons run to the minute"),
            (time(9, tzinfo=timezone(timedelta(hours=2))), "crons run in UTC"),
        ],
    )
    def test_bad_times_of_day(self, at: time, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            schedules.daily(at)

    def test_bad_minutes_and_days(self) -> None:
        day: Any = "Monday"
        with pytest.raises(ValueError, match="a minute is 0 to 59; got 75"):
            schedules.hourly(75)
        with pytest.raises(ValueError, match="a day of the month is 1 to 31; got 32"):
            schedules.monthly(32, time(0))
        with pytest.raises(ValueError, match="a day of the week is one of sunday, monday"):
            schedules.weekly(day, time(0))


class TestAuthConfig:
    def test_providers_are_recorded(self) -> None:
        oidc = OidcProvider(domain=env("DOMAIN"), application_id="convex")
        jwt = JwtProvider(issuer="https://i", jwks="https://i/keys", algorithm="ES256")
        assert AuthConfig(providers=[oidc, jwt]).providers == [oidc, jwt]
        assert (oidc.domain, jwt.application_id) == (EnvironmentVariable("DOMAIN"), None)

    @pytest.mark.parametrize("name", ["", "1A", "A-B", "A" * 41, "A\n"])
    def test_bad_names_of_variables(self, name: str) -> None:
        with pytest.raises(ValueError, match="a variable's name"):
            env(name)

    def test_bad_providers(self) -> None:
        algorithm: Any = "HS256"
        with pytest.raises(ValueError, match="application_id is empty"):
            OidcProvider(domain="d", application_id="")
        with pytest.raises(ValueError, match="jwks is empty"):
            JwtProvider(issuer="i", jwks="", algorithm="RS256")
        with pytest.raises(ValueError, match="algorithm is one of RS256, ES256; got 'HS256'"):
            JwtProvider(issuer="i", jwks="j", algorithm=algorithm)


def test_the_programs_that_type_checkers_accept_also_run() -> None:
    assert [route.path for route in accepted.http.routes] == ["/hook", "/files/*"]
    assert len(accepted.crons.jobs) == 6
