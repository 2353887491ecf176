"""Fetches the pages of a stream, some ahead of whoever keeps them: neither waits for the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Condition
from typing import Any, Final, NamedTuple

from tracker.connectors.figures import Page
from tracker.metrics.keeping import Row

Cursor = Mapping[str, Any] | None
_AHEAD: Final = 5_000  # rows that wait to be kept: memory does not grow with what there is
_LEAST: Final = 50  # that a page counts for, however few it has


class Fetched(NamedTuple):
    """A page, and its events as they are kept: nobody waits for them to be put into rows."""

    page: Page
    rows: Sequence[Row]

    @property
    def size(self) -> int:
        """How many rows it is worth; something, even where it has none."""
        return max(len(self.rows) + len(self.page.members) + len(self.page.samples), _LEAST)


class Ahead:
    """Pages from ``cursor`` on, until the last one, until told to stop, or out of calls."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        fetch: Callable[[Cursor], Fetched],
        cursor: Cursor,
        calls: int,
    ) -> None:
        self._fetch = fetch
        self._pages: SimpleQueue[Fetched | None] = SimpleQueue()
        self._change, self._waiting, self._is_stopped = Condition(), 0, False
        self._run_over = pool.submit(self._run, cursor, calls)
        self._run_over.add_done_callback(lambda _run: self._pages.put(None))

    def _run(self, cursor: Cursor, calls: int) -> None:
        while calls > 0 and not self._is_stopped:
            fetched = self._fetch(cursor)
            self._add(fetched.size)
            self._pages.put(fetched)
            page = fetched.page
            if page.is_last:
                return
            calls, cursor = calls - page.calls, page.cursor
            with self._change:
                self._change.wait_for(lambda: self._waiting < _AHEAD or self._is_stopped)

    def _add(self, rows: int) -> None:
        with self._change:
            self._waiting += rows
            self._change.notify()

    def take(self, seconds: float) -> Fetched | None:
        """The next page, None at the end. Raises Empty where none comes in time.

        After the pages before it: raises what fetching raised, such as PlatformError.
        """
        fetched = self._pages.get(timeout=seconds)
        if fetched is None:
            self._run_over.result()
            return None
        self._add(-fetched.size)
        return fetched

    def stop(self) -> None:
        """Fetch no further; what was fetched can still be taken."""
        with self._change:
            self._is_stopped = True
            self._change.notify()


@contextmanager
def reading_ahead(
    fetch: Callable[[Cursor], Fetched], cursor: Cursor, *, calls: int
) -> Iterator[Ahead]:
    """Fetch meanwhile, in a thread of its own."""
    pool = ThreadPoolExecutor(1, "pull")
    ahead = Ahead(pool, fetch, cursor, calls)
    try:
        yield ahead
    finally:
        ahead.stop()
        pool.shutdown(wait=False)
