"""Words for what the services name, and dates as people here read them."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from deploy.local.assets import AssetsMissing, copy_assets, without_brand
from gateway import texts
from gateway.access_log import look
from services.chassis.database import audit
from services.chassis.tokens import Role
from services.dossiers.domain.acts import ACTS
from services.dossiers.domain.notes import NOTE_KINDS
from services.dossiers.domain.register import REGISTERS


def test_every_message_template_has_a_name_for_the_applicant() -> None:
    known = tomllib.loads(Path("services/notifications/templates/1.toml").read_text(encoding="utf-8"))
    assert texts.TEMPLATES.keys() == known["templates"].keys()


def test_no_template_of_the_office_addresses_its_reader_as_an_applicant() -> None:
    """Also on a page that is only the answer to a form, such as that of a paper which changed while it was signed."""
    pages = [one for part in ("desk", "registers") for one in Path(f"gateway/templates/{part}").glob("*.html")]
    assert len(pages) > 10
    unsent = Path("gateway/templates/parts.html").read_text(encoding="utf-8").partition("macro unsent(view)")[2]
    assert unsent
    texts = {str(one): one.read_text(encoding="utf-8") for one in pages} | {"unsent": unsent.partition("endmacro")[0]}
    assert [name for name, text in texts.items() if "ông/bà" in text.lower()] == []


def test_every_act_has_words() -> None:
    assert [name for name in ACTS if look(name) == name] == []


@pytest.mark.parametrize("role", [*Role, audit.NOBODY])
def test_every_role_that_can_stand_in_the_access_log_has_a_name(role: str) -> None:
    assert texts.role_name(role) not in ("", str(role))


def test_several_roles_of_one_are_named_one_by_one() -> None:
    assert texts.role_name("receptionist,signer") == "Bộ phận Một cửa, Người ký"


def test_every_note_has_its_name() -> None:
    assert texts.NOTES.keys() == NOTE_KINDS.keys()


def test_every_register_has_its_name() -> None:
    assert texts.REGISTERS.keys() == REGISTERS.keys()


def test_a_look_at_a_paper_names_the_paper() -> None:
    assert look("view-paper-certificate") == "Xem kết quả"
    assert look("note-entry-correction") == "Ghi chú thay đổi vào một mục trong sổ hộ tịch"
    assert look("propose-note-divorce").endswith("chờ ký xác nhận")
    assert look("return-note-divorce") == "Trả lại một ghi chú chờ ký xác nhận"
    assert look("something-new") == "something-new"


def test_moments_are_told_in_the_time_of_da_nang() -> None:
    moment = datetime(2020, 10, 6, 18, 5, tzinfo=UTC)
    assert texts.day_and_hour(moment) == "1 giờ 05 ngày 07/10/2020"
    assert texts.short_moment(moment) == "07/10/2020 01:05"
    assert texts.day_and_hour(Timestamp()) == ""


@pytest.mark.parametrize(("size", "text"), [(10, "1 KB"), (320 * 1024, "320 KB"), (1_500_000, "1,4 MB")])
def test_a_size_is_told_in_round_numbers(size: int, text: str) -> None:
    assert texts.file_size(size) == text


def test_the_style_sheet_comes_without_the_typeface_of_gov_uk() -> None:
    face = "@font-face{font-family:GDS Transport;src:url(/x)}"
    styles = face + ".a{font-family:GDS Transport,arial,sans-serif}/*# sourceMappingURL=x.map */"
    plain = without_brand(styles)
    assert "GDS" not in plain
    assert "url(" not in plain
    assert "sourceMappingURL" not in plain
    with pytest.raises(AssetsMissing):
        without_brand(".a{font-family:Another}")


def test_missing_npm_packages_are_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match="npm ci"):
        copy_assets(tmp_path / "nothing", tmp_path / "static")
