"""What runs by the clock."""

from datetime import timedelta

from convexgen import Crons
from tests.runtime.jobs.backend.work import act, mark

crons = Crons()
crons.interval("often", timedelta(minutes=5), mark, "interval")
crons.cron("mondays", "0 9 * * 1", act, "monday")
crons.cron("never", "0 0 31 2 *", mark, "never")
crons.interval("broken", timedelta(hours=10), mark, "raise")
