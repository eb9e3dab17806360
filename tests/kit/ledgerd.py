"""`python -m kit.ledgerd`: a process that writes down every spot-check event that takes effect, for runs in which things are killed."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chuanyu.kernel import log, page, serve
from chuanyu.kernel.runtime import Runtime
from chuanyu.kernel.settings import from_environment
from chuanyu.kernel.store import Arrived
from chuanyu.node import PartSettings
from kit.bus import LEDGER, Ledger


class SpotCheckLedger(Ledger):
    """Hears spot checks; every event passes."""

    families = ("spotcheck",)

    def check(self, arrived: Arrived) -> None:
        """Nothing."""

    def refuses(self, arrived: Arrived) -> bool:
        """Nothing."""
        return False


def main() -> int:
    """Runs until told to stop."""
    settings = from_environment(PartSettings, os.environ)
    log.to(province=settings.runtime.where.province)

    @asynccontextmanager
    async def process(life: serve.Life) -> AsyncIterator[None]:
        runtime = Runtime(settings.runtime)
        service = SpotCheckLedger()
        runtime.migrate([LEDGER])
        workers = runtime.threads([service], runtime.freshness([service]), relay=False)
        with page.serve(settings.metrics.metrics, lambda: life.ready):
            async with life.workers(**workers):
                yield

    return serve.run(process, os.environ)


if __name__ == "__main__":
    sys.exit(main())
