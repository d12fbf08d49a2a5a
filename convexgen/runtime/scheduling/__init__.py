"""What is to be run later: jobs that functions schedule, and crons, in documents of the system. Nothing runs here."""

from __future__ import annotations

from convexgen.runtime.scheduling.cron_documents import CronEntry, all_crons, synchronise
from convexgen.runtime.scheduling.job_documents import JOBS, add, cancel
from convexgen.runtime.scheduling.moments import after, at

__all__ = ["JOBS", "CronEntry", "add", "after", "all_crons", "at", "cancel", "synchronise"]
