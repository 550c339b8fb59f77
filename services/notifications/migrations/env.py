"""Called by alembic; see services.chassis.migrations."""

from services.chassis.migrations import run_migrations
from services.notifications.tables import Base

run_migrations(Base.metadata)
