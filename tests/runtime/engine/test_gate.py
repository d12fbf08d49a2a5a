"""Together or alone, never both."""

from __future__ import annotations

import threading

from convexgen.runtime.engine.gate import Gate


def test_many_are_inside_together() -> None:
    gate, all_inside = Gate(), threading.Barrier(4, timeout=10)

    def enter() -> None:
        with gate.together():
            all_inside.wait()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not all_inside.broken


def test_who_is_alone_is_alone() -> None:
    gate, count = Gate(), [0]

    def count_together() -> None:
        for _ in range(500):
            with gate.together():
                pass

    def count_alone() -> None:
        for _ in range(500):
            with gate.alone():
                before = count[0]
                with gate_check:
                    count[0] = before + 1

    gate_check = threading.Lock()
    threads = [threading.Thread(target=each) for each in (count_together, count_alone, count_alone, count_together)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count[0] == 1000


def test_who_waits_to_be_alone_is_not_passed_by() -> None:
    gate, order = Gate(), list[str]()
    inside, waiting = threading.Event(), threading.Event()

    def stay() -> None:
        with gate.together():
            inside.set()
            waiting.wait()

    def be_alone() -> None:
        with gate.alone():
            order.append("alone")

    def come_late() -> None:
        with gate.together():
            order.append("late")

    first, second, third = (threading.Thread(target=each) for each in (stay, be_alone, come_late))
    first.start()
    inside.wait()
    second.start()
    while not gate.is_awaited:
        pass
    third.start()
    waiting.set()
    for thread in (first, second, third):
        thread.join()
    assert order == ["alone", "late"]
