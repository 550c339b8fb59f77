"""Who left the office before that was told is told now, so that nobody's name keeps dossiers from colleagues

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from caunoi.accounts.v1.events_pb2 import StaffDeparted

from services.chassis.timestamps import stamp

revision = "0022"
down_revision = "0021"

_DEPARTED = sa.text("""
    SELECT staff.id, coalesce(ended_at, now()) AS departed_at FROM staff
    WHERE ended_at IS NOT NULL OR NOT roles && ARRAY['receptionist', 'civil_status_officer', 'signer']
    ORDER BY staff.id
""")
_TELL = sa.text("""
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload)
    VALUES (:id, 'accounts', :staff, 'vn.caunoi.accounts.staff.departed.v1', :payload)
""")


def upgrade() -> None:
    # Nobody knows who had a role of the office once, so everybody without one is told: it releases nothing of others.
    # Dossiers reads the topic from its beginning when it starts to, so it also gets what was told before its roll-out.
    connection, config = op.get_bind(), op.get_context().config
    departed = connection.execute(_DEPARTED).all()
    # Not from `database_owner`: it is empty until the service, or the end of `migrate`, claims an old database.
    ward: str = config.attributes.get("ward", "") if config else ""
    if departed and not ward:
        raise ValueError(f"{len(departed)} people have left the office, and revision 0022 was not told of which ward")
    for staff, departed_at in departed:
        told = StaffDeparted(staff_id=str(staff), ward=ward, departed_at=stamp(departed_at))
        values = {"id": uuid4(), "staff": str(staff), "payload": told.SerializeToString(deterministic=True)}
        connection.execute(_TELL, values)
