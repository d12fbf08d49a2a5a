"""A second process for work that two cores do in half the time.

The twin is a fork: it has already seen everything that this process has seen, so nothing but the question and the
answer is sent. Where there is no `fork`, or only one core, there is no twin and the work is done here; the results are
the same. Never used in a process with threads (`watch`), which a fork would leave in the middle of things.
"""

from __future__ import annotations

import os
import pickle
import select
import sys
from collections.abc import Callable
from io import BufferedReader, BufferedWriter
from typing import Any


class Twin:
    """Answers questions with `serve`, one after another, in a process of its own until `close`."""

    def __init__(self, serve: Callable[[Any], Any]) -> None:
        question_out, question_in = os.pipe()
        answer_out, answer_in = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(question_in)
            os.close(answer_out)
            _serve(serve, os.fdopen(question_out, "rb"), os.fdopen(answer_in, "wb"))
        os.close(question_out)
        os.close(answer_in)
        self._questions = os.fdopen(question_in, "wb")
        self._answers = os.fdopen(answer_out, "rb")

    def ask(self, question: object) -> None:
        """Send a question; the twin begins to work on it."""
        pickle.dump(question, self._questions, pickle.HIGHEST_PROTOCOL)
        self._questions.flush()

    def has_answered(self) -> bool:
        """Whether `answer` would not have to wait."""
        return bool(select.select([self._answers], [], [], 0)[0])

    def answer(self) -> Any:
        """Wait for the answer to the last question. Raises `EOFError` if the twin has died."""
        return pickle.load(self._answers)

    def close(self) -> None:
        """End the process."""
        self._questions.close()
        self._answers.close()
        os.waitpid(self._process, 0)


def can_have_twin() -> bool:
    """Whether a second process would run beside this one."""
    return hasattr(os, "fork") and sys.platform != "darwin" and len(os.sched_getaffinity(0)) > 1


def _serve(serve: Callable[[Any], Any], questions: BufferedReader, answers: BufferedWriter) -> None:
    """The life of the twin. It leaves by `_exit`, so that nothing of the parent's is flushed or closed twice."""
    try:
        while True:
            pickle.dump(serve(pickle.load(questions)), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        os._exit(0)
    except BaseException:
        os._exit(1)  # the parent finds the pipe empty and does the work itself, where the error can be told
