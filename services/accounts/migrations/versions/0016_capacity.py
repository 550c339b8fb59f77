"""A signer has a capacity, and it is no longer read from the title

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.capacity import capacity_in

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("staff", sa.Column("capacity", sa.Text, nullable=True))
    # One by one, because in SQL the small letter of "Ó" depends on the collation.
    connection = op.get_bind()
    signers = connection.execute(sa.text("SELECT id, title FROM staff WHERE 'signer' = ANY(roles)")).all()
    for id, title in signers:
        values = {"id": id, "capacity": capacity_in("", title).value}
        connection.execute(sa.text("UPDATE staff SET capacity = :capacity WHERE id = :id"), values)
    # Rows without a capacity stay possible: pods of the version before add signers while this one starts.
    op.execute("ALTER TABLE staff ADD CONSTRAINT ck_staff_capacity CHECK (capacity IN ('head', 'deputy'))")
