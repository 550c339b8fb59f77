"""Called by alembic; see services.chassis.database.migrations."""

from services.chassis.database.migrations import run_migrations
from services.notifications.tables import Base

run_migrations(Base.metadata)
