"""Fetches the pages of a stream, some ahead of whoever keeps them: neither waits for the other."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Condition
from typing import Any, Final

from tracker.connectors.figures import Page

Cursor = Mapping[str, Any] | None
_AHEAD: Final = 5_000  # rows that wait to be kept: memory does not grow with what there is
_LEAST: Final = 50  # that a page counts for, however few it has


class Ahead:
    """Pages from ``cursor`` on, until the last one, until told to stop, or out of calls."""

    def __init__(
        self, pool: ThreadPoolExecutor, fetch: Callable[[Cursor], Page], cursor: Cursor, calls: int
    ) -> None:
        self._fetch = fetch
        self._pages: SimpleQueue[Page | None] = SimpleQueue()
        self._change, self._waiting, self._is_stopped = Condition(), 0, False
        self._run_over = pool.submit(self._run, cursor, calls)
        self._run_over.add_done_callback(lambda _run: self._pages.put(None))

    def _run(self, cursor: Cursor, calls: int) -> None:
        while calls > 0 and not self._is_stopped:
            page = self._fetch(cursor)
            self._add(_weight(page))
            self._pages.put(page)
            if page.is_last:
                return
            calls, cursor = calls - page.calls, page.cursor
            with self._change:
                self._change.wait_for(lambda: self._waiting < _AHEAD or self._is_stopped)

    def _add(self, rows: int) -> None:
        with self._change:
            self._waiting += rows
            self._change.notify()

    def take(self, seconds: float) -> Page | None:
        """The next page, None at the end. Raises Empty where none comes in time.

        After the pages before it: raises what fetching raised, such as PlatformError.
        """
        page = self._pages.get(timeout=seconds)
        if page is None:
            self._run_over.result()
            return None
        self._add(-_weight(page))
        return page

    def stop(self) -> None:
        """Fetch no further; what was fetched can still be taken."""
        with self._change:
            self._is_stopped = True
            self._change.notify()


def _weight(page: Page) -> int:
    return max(len(page.events) + len(page.members) + len(page.samples), _LEAST)


@contextmanager
def reading_ahead(
    fetch: Callable[[Cursor], Page], cursor: Cursor, *, calls: int
) -> Iterator[Ahead]:
    """Fetch meanwhile, in a thread of its own."""
    pool = ThreadPoolExecutor(1, "pull")
    ahead = Ahead(pool, fetch, cursor, calls)
    try:
        yield ahead
    finally:
        ahead.stop()
        pool.shutdown(wait=False)
