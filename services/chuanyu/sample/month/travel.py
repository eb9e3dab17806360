"""When a node hears what was said at the other one: after a moment, or once a broken link is mended. A node hears itself at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chuanyu.sample.sides import Side


@dataclass(frozen=True, slots=True)
class Link:
    """The way between the provinces. lag, and broken (from, until): ms."""

    lag: int = 2_000
    broken: tuple[tuple[int, int], ...] = ()

    def arrives(self, at: int) -> int:
        """When what was said at an instant is heard over the border; what waited is heard together."""
        heard = at + self.lag
        return next((until for since, until in self.broken if since <= heard < until), heard)

    def heard(self, by: Side, of: Side, at: int) -> int:
        """When a side hears what was said at a side."""
        return at if by is of else self.arrives(at)


def mended(broken: Iterable[tuple[int, int]]) -> Link:
    """A link that was broken in these spans."""
    return Link(broken=tuple(sorted(broken)))
