"""The writers of several processes stand in one queue."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from tmws_core.database.writers import WritersQueue


def test_one_writer_has_the_turn_at_a_time(tmp_path: Path) -> None:
    first, second = WritersQueue(tmp_path / "tmws.db"), WritersQueue(tmp_path / "tmws.db")
    order: list[str] = []

    def write() -> None:
        with second.turn():
            order.append("second")

    with ThreadPoolExecutor(1) as thread:
        with first.turn():
            waiting = thread.submit(write)
            assert not wait([waiting], timeout=0.2).done
            order.append("first")
        waiting.result()
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_a_writer_that_fails_gives_its_turn_back(tmp_path: Path) -> None:
    first, second = WritersQueue(tmp_path / "tmws.db"), WritersQueue(tmp_path / "tmws.db")
    try:
        with first.turn():
            raise LookupError
    except LookupError:
        pass
    with second.turn():
        pass
    first.close()
    second.close()


def test_a_queue_that_cannot_be_made_keeps_nobody_from_writing(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "missing" / "tmws.db")
    with queue.turn():
        written = True
    assert written
    queue.close()
