"""Running what is due: scheduled jobs and crons, mutations exactly once and actions at most once."""

from __future__ import annotations

from convexgen.runtime.jobs.executor import FinishedTask, Jobs
from convexgen.runtime.jobs.worker import Worker

__all__ = ["FinishedTask", "Jobs", "Worker"]
