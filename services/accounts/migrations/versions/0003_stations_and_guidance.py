"""Stations with opening sessions, duties and devices, and the guided sessions at them

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)
#: The set phrases that a ward begins with; its administrator changes them.
_PHRASES = [
    "Cháu chào ông/bà. Cháu thấy ông/bà đang ở trang nào rồi, ông/bà cứ thong thả ạ.",
    "Ông/bà đọc câu hỏi to ở đầu trang giúp cháu. Chỗ nào chưa rõ, cháu giải thích ngay.",
    "Ông/bà xem lại ô đang sáng lên ạ.",
    "Ông/bà nhìn trên giấy tờ rồi gõ y như vậy, không cần sửa gì thêm.",
    "Ô này chưa có thì ông/bà cứ để trống, bấm “Tiếp tục”. Lần sau điền tiếp vẫn được.",
    "Ông/bà bấm nút “Tiếp tục” màu xanh ở cuối trang ạ.",
    "Muốn xem lại trang trước, ông/bà bấm “Quay lại”. Những gì đã lưu không mất đâu ạ.",
    "Ông/bà chuẩn bị giấy tờ bản gốc để chụp hoặc quét nhé. Ông/bà tự đặt giấy, cháu đứng cạnh chỉ.",
    "Điện thoại ông/bà sắp nhận một mã sáu số. Mã đó ông/bà tự gõ, đừng đọc cho ai, kể cả cháu.",
    "Trước khi nộp, ông/bà đọc lại từng dòng. Đúng hết rồi hãy bấm nộp.",
    "Ông/bà làm xong rồi, tốt quá ạ. Ông/bà nhớ giữ giấy ghi mã hồ sơ để tra cứu.",
    "Trước khi đứng dậy, ông/bà bấm “Kết thúc” để máy xóa hết thông tin của mình nhé.",
]


def upgrade() -> None:
    op.add_column("credentials", sa.Column("to_change", sa.Boolean, server_default=sa.text("false"), nullable=False))
    _create_stations()
    _create_guidance()


def _create_stations() -> None:
    op.create_table(
        "code_tries",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_code_tries"),
    )
    op.create_index("ix_code_tries_at", "code_tries", ["at"])
    op.create_index("ix_code_tries_subject_at", "code_tries", ["subject", "at"])
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("kiosk_id", sa.Uuid, nullable=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("credential_digest", sa.LargeBinary, nullable=True),
        sa.Column("enrolled_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("last_seen_at", _MOMENT, nullable=True),
        sa.Column("cleared_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["devices.id"], name="fk_devices_kiosk_id"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_devices_station_id"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("credential_digest", name="uq_devices_credential_digest"),
    )
    op.create_index("ix_devices_kiosk_id", "devices", ["kiosk_id"])
    op.create_index("ix_devices_station_id", "devices", ["station_id"])
    op.create_table(
        "openings",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("cancelled_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_openings_station_id"),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
    )
    op.create_index("ix_openings_starts_at", "openings", ["starts_at"])
    op.create_index("ix_openings_station_id_starts_at", "openings", ["station_id", "starts_at"])
    op.create_table(
        "duties",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("opening_id", sa.Uuid, nullable=False),
        sa.Column("volunteer_id", sa.Uuid, nullable=False),
        sa.Column("put_on_at", _MOMENT, nullable=False),
        sa.Column("taken_off_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name="fk_duties_opening_id"),
        sa.ForeignKeyConstraint(["volunteer_id"], ["staff.id"], name="fk_duties_volunteer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_duties"),
        sa.UniqueConstraint("opening_id", "volunteer_id", name="uq_duties_opening_id_volunteer_id"),
    )
    op.create_index("ix_duties_volunteer_id", "duties", ["volunteer_id"])
    op.create_table(
        "enrolment_codes",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("device_id", sa.Uuid, nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_enrolment_codes_device_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_enrolment_codes"),
    )
    op.create_index("ix_enrolment_codes_device_id", "enrolment_codes", ["device_id"])
    op.create_index("ix_enrolment_codes_expires_at", "enrolment_codes", ["expires_at"])
    op.create_table(
        "scans",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("scanner_id", sa.Uuid, nullable=False),
        sa.Column("ward", sa.Text, nullable=False),
        sa.Column("ticket", sa.LargeBinary, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["scanner_id"], ["devices.id"], name="fk_scans_scanner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scans"),
    )
    op.create_index("ix_scans_requested_at", "scans", ["requested_at"])
    op.create_index("ix_scans_scanner_id_requested_at", "scans", ["scanner_id", "requested_at"])
    op.add_column("stations", sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False))
    op.add_column("stations", sa.Column("venue", sa.Text, server_default="", nullable=False))
    op.add_column("stations", sa.Column("residential_group", sa.Text, server_default="", nullable=False))
    op.add_column("stations", sa.Column("directions", sa.Text, server_default="", nullable=False))
    op.add_column("stations", sa.Column("step_free", sa.Boolean, server_default=sa.text("false"), nullable=False))
    op.add_column("stations", sa.Column("contact_name", sa.Text, server_default="", nullable=False))
    op.add_column("stations", sa.Column("contact_phone", sa.Text, server_default="", nullable=False))
    op.add_column("stations", sa.Column("closed_at", _MOMENT, nullable=True))


def _create_guidance() -> None:
    phrases = op.create_table(
        "phrases",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("retired_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_phrases"),
    )
    op.bulk_insert(
        phrases,
        [{"id": uuid4(), "text": text, "position": place * 10} for place, text in enumerate(_PHRASES, start=1)],
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("account_ward", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("text_version", sa.Text, nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("station_id", sa.Uuid, nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_consents_station_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_account_id", "consents", ["account_id"])
    op.create_table(
        "guided_sessions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("kiosk_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("account_ward", sa.Text, nullable=False),
        sa.Column("consent_id", sa.Uuid, nullable=False),
        sa.Column("code_digest", sa.LargeBinary, nullable=False),
        sa.Column("code_expires_at", _MOMENT, nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("volunteer_id", sa.Uuid, nullable=True),
        sa.Column("duty_id", sa.Uuid, nullable=True),
        sa.Column("joined_at", _MOMENT, nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_because", sa.Text, server_default="", nullable=False),
        sa.Column("place", JSONB, nullable=False),
        sa.Column("place_at", _MOMENT, nullable=False),
        sa.Column("citizen_seen_at", _MOMENT, nullable=False),
        sa.Column("guidance_count", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_guided_sessions_consent_id"),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name="fk_guided_sessions_duty_id"),
        sa.ForeignKeyConstraint(["kiosk_id"], ["devices.id"], name="fk_guided_sessions_kiosk_id"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_guided_sessions_station_id"),
        sa.ForeignKeyConstraint(["volunteer_id"], ["staff.id"], name="fk_guided_sessions_volunteer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_guided_sessions"),
    )
    op.create_index("ix_guided_sessions_account_id_requested_at", "guided_sessions", ["account_id", "requested_at"])
    op.create_index("ix_guided_sessions_requested_at", "guided_sessions", ["requested_at"])
    op.create_index("ix_guided_sessions_volunteer_id_ended_at", "guided_sessions", ["volunteer_id", "ended_at"])
    op.create_index(
        "uq_guided_sessions_code",
        "guided_sessions",
        ["station_id", "code_digest"],
        unique=True,
        postgresql_where=sa.text("joined_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "guidance",
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("sequence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["guided_sessions.id"], name="fk_guidance_session_id"),
        sa.PrimaryKeyConstraint("session_id", "sequence", name="pk_guidance"),
    )
    op.create_table(
        "guided_pages",
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("dossier_ward", sa.Text, nullable=False),
        sa.Column("dossier_id", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["guided_sessions.id"], name="fk_guided_pages_session_id"),
        sa.PrimaryKeyConstraint("session_id", "dossier_ward", "dossier_id", "page", name="pk_guided_pages"),
    )
    op.create_index("ix_guided_pages_dossier_id", "guided_pages", ["dossier_id"])
