"""Every register's result as a sealed PDF that says what the register says."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from pypdf import PdfReader

from services.dossiers.adapters.seal import verify
from tests.services.dossiers.world import CHAIR, DUNG, HOA, OFFICER_AND_SIGNER, Person, World, birth_form
from tests.unit.dossiers import combined_birth_forms
from tests.unit.dossiers.copy_forms import COPY, copy_form_of
from tests.unit.dossiers.death_forms import AT_HOME_HERE, DEATH, DEATH_YEAR_ONLY, UNIDENTIFIED
from tests.unit.dossiers.marital_status_forms import ANNULLED, FORMERLY, MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE, TOGETHER
from tests.unit.dossiers.worlds import changed

WITHOUT_COPIES = {"/copies/wanted": False}
RESULTS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "birth": (
        "1.001193",
        birth_form(),
        [
            "GIẤY KHAI SINH",
            "01/2020",
            "NGUYỄN MINH AN",
            "Ngày mười hai, tháng chín, năm hai nghìn không trăm hai mươi",
        ],
    ),
    "combined birth": (
        "1.000689",
        dict(changed(combined_birth_forms.COMBINED.form, WITHOUT_COPIES)),
        ["GIẤY KHAI SINH", "01/2020"],
    ),
    "marriage": (
        "1.000894",
        dict(MARRIAGE.form),
        [
            "GIẤY CHỨNG NHẬN KẾT HÔN",
            "01/2020",
            "TRẦN THỊ LAN",
            "NGUYỄN VĂN HÙNG",
            "08/03/1996",
            "Ngày tám, tháng ba, năm một nghìn chín trăm chín mươi sáu",
        ],
    ),
    "death": (
        "1.000656",
        dict(changed(DEATH.form, WITHOUT_COPIES)),
        [
            "TRÍCH LỤC KHAI TỬ",
            "1/TLKT",
            "NGUYỄN VĂN THÀNH",
            "Ngày hai, tháng năm, năm một nghìn chín trăm bốn mươi mốt",
        ],
    ),
    "marital status": (
        "1.004873",
        dict(MARITAL_STATUS.form),
        [
            "GIẤY XÁC NHẬN",
            "1/UBND-XNTTHN",
            "TRẦN THỊ MỸ DUYÊN",
            "LÊ QUANG HUY",
            "Ngày hai mươi mốt, tháng ba, năm một nghìn chín trăm chín mươi bốn",
        ],
    ),
}

FREE_BY_ANNULMENT = (
    "Đã đăng ký kết hôn, nhưng việc kết hôn đã bị hủy theo Quyết định số 03/2019/QĐST-HNGĐ ngày 02/07/2019 của Tòa án "
    "nhân dân quận Hải Châu, thành phố Đà Nẵng; hiện tại chưa đăng ký kết hôn với ai."
)
UNMARRIED_THEN = (
    "Không đăng ký kết hôn với ai trong thời gian cư trú tại 18 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành "
    "phố Đà Nẵng từ ngày 01/06/2013 đến ngày 11/08/2016."
)


def _pdf(world: World, dossier: pb.Dossier, who: Person = HOA) -> bytes:
    paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=dossier.id, kind="certificate"), who)
    return bytes(paper.content)


def _text(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("result", RESULTS)
def test_the_paper_says_what_the_register_says_and_is_sealed(world: World, result: str) -> None:
    procedure, form, said = RESULTS[result]
    pdf = _pdf(world, world.registered(procedure, form))
    text = _text(pdf)
    assert [words for words in said if words not in text] == []
    root = world.settings.seals_root_file.read_bytes()
    status = verify(pdf, root, at=world.clock.now())
    assert (status.intact, status.covers_whole_document) == (True, True)


@pytest.mark.parametrize(
    ("changes", "status"), [(ANNULLED, FREE_BY_ANNULMENT), (FORMERLY, UNMARRIED_THEN)], ids=["annulled", "formerly"]
)
def test_a_confirmation_says_the_whole_status_and_nothing_else(
    world: World, changes: dict[str, Any], status: str
) -> None:
    """TT 04/2020 Đ33: of a former residence nothing is said about today; of an annulment the decision is named."""
    text = _text(_pdf(world, world.registered("1.004873", changed(MARITAL_STATUS.form, changes))))
    [said] = re.findall("Tình trạng hôn nhân: (.*?) Giấy này có giá trị", text)
    assert said.replace(" ", "") == status.replace(" ", "")


def test_the_extract_has_no_cause_of_death(world: World) -> None:
    died = world.registered("1.000656", changed(DEATH.form, WITHOUT_COPIES))
    assert "Nhồi máu cơ tim" not in _text(_pdf(world, died))


def test_the_original_extract_of_a_death_names_the_paper_about_it_and_the_copy_does_not(world: World) -> None:
    """TT 04/2020 Đ34.4."""
    died = world.registered("1.000656", changed(DEATH.form, WITHOUT_COPIES))
    line = "Giấy báo tử:"
    original = _text(_pdf(world, died))
    for words in (line, "Giấy báo tử của cơ sở y tế số", DEATH.form["death_paper"]["number"]):
        assert words in original
    deceased = DEATH.form["deceased"]
    named = {
        "/copy/kind": "death",
        "/requester/kind": "kin",
        "/requester/kinship": "child",
        "/subject/full_name": deceased["full_name"],
        "/subject/birth_date": deceased["birth_date"],
    }
    form = changed(COPY.form, named)
    copied = world.registered("2.000635", form, source_entry_id=died.register_entry.id)
    copy = _text(_pdf(world, copied))
    assert "Nơi chết" in copy
    for words in (line, DEATH.form["death_paper"]["number"], "Nhồi máu cơ tim"):
        assert words not in copy


def test_the_line_stays_blank_where_this_ward_would_have_issued_the_paper(world: World) -> None:
    """TT 04/2020 Đ34.4, Đ13."""
    died = world.registered("1.000656", changed(DEATH.form, WITHOUT_COPIES | AT_HOME_HERE))
    text = _text(_pdf(world, died))
    assert "Giấy báo tử:" in text
    assert "112/GBT" not in text
    assert "Giấy báo tử số" not in text


def test_the_extract_of_a_body_that_nobody_knows_leaves_blank_what_is_unknown(world: World) -> None:
    """NĐ 123/2015 Đ4.2d; TT 04/2020 Đ34.2: it is registered, signed and printed without name, birth or residence."""
    died = world.registered("1.000656", changed(DEATH.form, WITHOUT_COPIES | UNIDENTIFIED))
    text = _text(_pdf(world, died))
    assert "Họ, chữ đệm, tên:" in text
    assert DEATH.form["death"]["place"].split(",")[0] in text
    assert "Nguyễn Văn Thành".upper() not in text.upper()
    assert "–" not in text.split("Họ, chữ đệm, tên:")[1].split("Đã chết vào lúc:")[0]


def test_the_extract_of_a_death_long_ago_has_its_year_alone(world: World) -> None:
    """TT 04/2020 Đ13, Đ29.9."""
    died = world.registered("1.000656", changed(DEATH.form, WITHOUT_COPIES | DEATH_YEAR_ONLY))
    text = _text(_pdf(world, died))
    assert "Năm 1968" in text
    assert "/1968" not in text


def test_the_extract_of_a_declared_death_leaves_sex_and_place_blank_where_nobody_knows_them(world: World) -> None:
    """TT 04/2020 Đ29.9: never a dash."""
    unknown = {"/death/circumstance": "court", "/death/in_this_ward": None, "/death/place": None}
    form = changed(DEATH.form, WITHOUT_COPIES | unknown | {"/deceased/sex": "undetermined"})
    text = _text(_pdf(world, world.registered("1.000656", form)))
    for words in (DEATH.form["death"]["place"].split(", ")[1], "undetermined", "Chưa xác định", "Không rõ", "None"):
        assert words not in text
    assert "–" not in text.split("Đã chết vào lúc:")[1].split("Giấy báo tử")[0]


def test_a_copy_says_what_was_noted_since(world: World) -> None:
    """TT 04/2020 Đ23: a marriage that ended is copied with the words that say so."""
    married = world.registered("1.000894", MARRIAGE.form)
    world.noted(married.register_entry.id, "divorce")
    form = copy_form_of(MARRIAGE.form["wife"])
    copied = world.registered("2.000635", form, source_entry_id=married.register_entry.id)
    text = _text(_pdf(world, copied))
    for words in ("TRÍCH LỤC KẾT HÔN", "1/TLKH-BS", "01/2020", "Đã ly hôn theo Quyết định số 88/2020/QĐST-HNGĐ"):
        assert words in text
    assert "QĐST-HNGĐ (căn cứ:" in text, "no full stop before the bracket"
    check = pb.VerifyCertificateRequest(certificate_id=copied.register_entry.certificate_id)
    assert world.call("VerifyCertificate", check).paper == "Trích lục kết hôn (bản sao)"


def test_the_public_check_names_the_copy_that_was_issued_and_not_what_the_procedure_is_called(world: World) -> None:
    """The holder of a sealed copy of a birth is not told that it is an extract."""
    born, child = world.signed(), birth_form()["child"]
    about = {f"/subject/{name}": child[name] for name in ("full_name", "birth_date", "sex")}
    about["/requester/full_name"] = birth_form()["father"]["full_name"]
    copied = world.registered("2.000635", dict(changed(COPY.form, about)), source_entry_id=born.register_entry.id)
    check = pb.VerifyCertificateRequest(certificate_id=copied.register_entry.certificate_id)
    assert world.call("VerifyCertificate", check).paper == "Bản sao Giấy khai sinh"


def test_a_copy_has_the_name_that_a_note_has_given(world: World) -> None:
    """TT 04/2020 Đ23: the entry as it is now, with the note; of one person the note need not say of whom."""
    died = world.registered("1.000656", changed(DEATH.form, WITHOUT_COPIES))
    for name in ("Nguyễn Văn Thanh", "Nguyễn Văn Thạnh"):
        world.noted(died.register_entry.id, "correction", text="Cải chính tên.", new_name=name)
    named = {
        "/copy/kind": "death",
        "/requester/kind": "kin",
        "/requester/kinship": "child",
        "/subject/full_name": "Nguyễn Văn Thạnh",
        "/subject/birth_date": DEATH.form["deceased"]["birth_date"],
    }
    form = changed(COPY.form, named)
    text = _text(_pdf(world, world.registered("2.000635", form, source_entry_id=died.register_entry.id)))
    assert "NGUYỄN VĂN THẠNH" in text.split("Ghi chú:")[0]
    assert "NGUYỄN VĂN THÀNH" not in text.split("Ghi chú:")[0]
    assert "tên của người đã mất trước ghi NGUYỄN VĂN THANH, nay là NGUYỄN VĂN THẠNH" in text


def test_a_couple_since_before_1987_has_the_day_on_the_back_and_on_the_copy(world: World) -> None:
    """NĐ 123/2015 Đ44.2; TT 04/2020 Đ32.2; of the wife's birth only the month is known (TTLT 01/2016 Đ2)."""
    month = {"/wife/birth_date": None, "/wife/birth_year": 1962, "/wife/birth_month": 3}
    couple = changed(MARRIAGE.form, TOGETHER | month)
    married = world.registered("1.000894", couple)
    pages = PdfReader(io.BytesIO(_pdf(world, married))).pages
    front, back = (" ".join(page.extract_text().split()) for page in pages)
    assert "03/1962" in front
    assert "công nhận kể từ ngày" not in front
    assert "Quan hệ hôn nhân được công nhận kể từ ngày 01/02/1984" in back
    form = copy_form_of(couple["husband"])
    copied = world.registered("2.000635", form, source_entry_id=married.register_entry.id)
    assert "công nhận kể từ ngày: 01/02/1984" in _text(_pdf(world, copied))
    listed = world.call("SearchRegister", pb.SearchRegisterRequest(register="marriage", reason="Đối chiếu"), DUNG)
    assert "03/1962" in str(listed.entries)


def test_a_vice_chairman_signs_for_the_chairman(world: World) -> None:
    """NĐ 30/2020: KT. CHỦ TỊCH, PHÓ CHỦ TỊCH."""
    id = world.ready_to_sign("1.004873", MARITAL_STATUS.form)
    by_the_deputy = world.sign(id, OFFICER_AND_SIGNER)
    assert "KT. CHỦ TỊCH" in _text(_pdf(world, by_the_deputy))
    other = world.sign(world.ready_to_sign("1.004873", MARITAL_STATUS.form), CHAIR)
    assert "KT. CHỦ TỊCH" not in _text(_pdf(world, other))
