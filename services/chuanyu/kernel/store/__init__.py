"""PostgreSQL: the owner's log, the consumers' positions with their fence, and what is parked. Imports the driver; nobody else does."""

from chuanyu.kernel.store import gaps
from chuanyu.kernel.store.database import AsyncConnection, Connection, Store, faults
from chuanyu.kernel.store.migrations import Migrations, migrate
from chuanyu.kernel.store.positions import Position, Slot
from chuanyu.kernel.store.work import Arrived, Service, UnitOfWork, checked_by, entry_of

__all__ = [
    "Arrived",
    "AsyncConnection",
    "Connection",
    "Migrations",
    "Position",
    "Service",
    "Slot",
    "Store",
    "UnitOfWork",
    "checked_by",
    "entry_of",
    "faults",
    "gaps",
    "migrate",
]
