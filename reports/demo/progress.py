"""Says what the demo does while it does it, and remembers how long each step took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Progress:
    """Steps by name with their seconds; `write` puts one line before people."""

    write: Callable[[str], object]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.write(f"{name} ...")
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)
        self.write(f"    {self.seconds[name]:.1f} s")

    def counter(self, total: int, what: str) -> Callable[[int], None]:
        """A function that is told how many are done and says so after each tenth."""
        tenth = max(1, total // 10)

        def tell(done: int) -> None:
            if done % tenth == 0 or done == total:
                self.write(f"    {done} of {total} {what}")

        return tell
