"""Printing on the Ministry's forms (phôi): the values alone, in their places, moved by the ward's offset
(TT 04/2020 Đ27–29).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from pypdf import PdfReader

from services.chassis.refusal import Refusal
from services.chassis.tokens import Role
from services.dossiers.service import build
from services.dossiers.settings import Settings
from tests.fakes.clock import SettableClock
from tests.race import race
from tests.services.dossiers.world import CHAIR, DUNG, HOA, NAM_DUONG, SAU, STRANGER, Person, World, birth_form, refused
from tests.services.dossiers_papers.reading import colours_of_text, opened
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

ON_BLANK = "certificate-on-blank"
ADMIN = Person("0b000000-0000-4000-8000-000000000009", "Mai Thị Lan", (Role.WARD_ADMIN,))
MM = 72 / 25.4


def _layer(world: World, dossier: pb.Dossier, who: Person = HOA) -> bytes:
    return bytes(world.call("GetPaper", pb.GetPaperRequest(dossier_id=dossier.id, kind=ON_BLANK), who).content)


def _copy_form() -> dict[str, Any]:
    child = birth_form()["child"]
    about = {f"/subject/{name}": child[name] for name in ("full_name", "birth_date", "sex")}
    about["/requester/full_name"] = birth_form()["mother"]["full_name"]
    return dict(changed(COPY.form, about))


def _text(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def _place_of(pdf: bytes, words: str) -> tuple[float, float]:
    """Where words begin on the first page, in mm from the upper left corner: left edge and baseline nearly."""
    page = opened(pdf)[0]
    text = page.get_textpage()
    found = text.search(words).get_next()
    assert found is not None, text.get_text_range()
    left, bottom, _, _ = text.get_charbox(found[0])
    return left / MM, (page.get_height() - bottom) / MM


def _offset(
    world: World, who: Person = DUNG, *, blank: str = "birth-certificate", version: int = 0, **to: int
) -> pb.Blank:
    request = pb.SetBlankOffsetRequest(blank=blank, expected_version=version, **to)
    kept = world.call("SetBlankOffset", request, who)
    assert isinstance(kept, pb.Blank)
    return kept


def _listed(world: World, blank: str = "birth-certificate") -> pb.Blank:
    found: Sequence[pb.Blank] = world.call("ListBlanks", pb.ListBlanksRequest(), HOA).blanks
    return next(one for one in found if one.name == blank)


def test_the_layer_of_a_birth_certificate_has_its_values_and_nothing_that_the_form_has(world: World) -> None:
    """TT 04/2020 Đ27: labels, title and the Emblem are printed on the form."""
    text = _text(_layer(world, world.signed()))
    for value in ("01/2020", "NGUYỄN MINH AN", "048220000123", "CHỦ TỊCH", "Võ Văn Nam"):
        assert value in text
    for printed in ("GIẤY KHAI SINH", "Họ, chữ đệm, tên", "CỘNG HÒA", "Kiểm tra", "Nơi sinh"):
        assert printed not in text


def test_the_layer_is_black(world: World) -> None:
    """TT 04/2020 Đ29.1."""
    assert colours_of_text(_layer(world, world.signed())) == {(0, 0, 0)}


def test_a_value_stands_where_the_form_has_its_place_moved_by_the_offset_of_the_ward(world: World) -> None:
    born = world.signed()
    left, line = _place_of(_layer(world, born), "NGUYỄN MINH AN")
    assert left == pytest.approx(62, abs=0.6)
    assert line == pytest.approx(84, abs=0.6)
    _offset(world, dx=-15, dy=20)
    moved_left, moved_line = _place_of(_layer(world, born), "NGUYỄN MINH AN")
    assert moved_left == pytest.approx(left - 1.5, abs=0.05)
    assert moved_line == pytest.approx(line + 2, abs=0.05)


def test_each_form_of_a_ward_has_its_own_offset_which_is_kept(world: World) -> None:
    _offset(world, blank="marriage-certificate", dx=12)
    _offset(world, ADMIN, blank="marriage-certificate", dx=10, dy=-3)
    listed = {one.name: one for one in world.call("ListBlanks", pb.ListBlanksRequest(), HOA).blanks}
    assert list(listed) == ["birth-certificate", "birth-copy", "marriage-certificate"]
    own = listed["marriage-certificate"]
    assert (own.dx, own.dy, own.changed_by) == (10, -3, "Mai Thị Lan")
    assert own.changed_at.seconds
    assert (listed["birth-certificate"].dx, listed["birth-certificate"].changed_by) == (0, "")


def test_nobody_overwrites_an_offset_unseen(world: World) -> None:
    assert _listed(world).version == 1, "nobody has set it yet"
    assert refused(partial(_offset, world, dx=5, version=2)).type == "stale-version"
    first = _offset(world, dx=5, version=1)
    assert refused(partial(_offset, world, ADMIN, dx=7, version=1)).type == "stale-version"
    second = _offset(world, ADMIN, dx=7, version=first.version)
    assert refused(partial(_offset, world, dx=9, version=first.version)).type == "stale-version"
    assert (_listed(world).dx, _listed(world).version) == (7, second.version)
    assert _offset(world, dx=9).version > second.version, "who names no version takes whatever it is"


def test_of_two_who_set_an_offset_at_once_one_is_told(world: World) -> None:
    """The first of all, too: then there is no row to wait for."""
    for _ in range(5):
        read = _listed(world).version
        one = partial(_offset, world, dx=read, version=read)
        two = partial(_offset, world, ADMIN, dx=-read, version=read)
        outcomes = race(one, two)
        [no] = [each for each in outcomes if isinstance(each, Refusal)]
        [kept] = [each for each in outcomes if isinstance(each, pb.Blank)]
        assert no.type == "stale-version"
        assert (_listed(world).dx, _listed(world).version) == (kept.dx, read + 1)


@pytest.mark.parametrize("dx", [301, -301])
def test_an_offset_that_no_printer_has_is_refused(world: World, dx: int) -> None:
    fault = refused(lambda: _offset(world, dx=dx))
    assert (fault.type, [one.field for one in fault.fields]) == ("invalid-field", ["dx"])


def test_nobody_else_sets_an_offset(world: World) -> None:
    for who in (HOA, CHAIR, SAU):
        assert refused(partial(_offset, world, who)).type == "not-allowed"
    assert refused(lambda: _offset(world, blank="death")).type == "unknown-blank"


def test_a_marriage_and_a_copy_of_a_birth_have_a_form_and_an_extract_has_none(world: World) -> None:
    """TT 04/2020 Đ27–28: extracts and confirmations are the ward's own print."""
    born = world.signed()
    married = world.registered("1.000894", dict(MARRIAGE.form))
    text = _text(_layer(world, married))
    for value in ("TRẦN THỊ LAN", "NGUYỄN VĂN HÙNG", "08/03/1996", "01/2020"):
        assert value in text
    copied = world.registered("2.000635", _copy_form(), source_entry_id=born.register_entry.id)
    text = _text(_layer(world, copied))
    for value in ("TLKS-BS", "01/2020", "NGUYỄN MINH AN"):
        assert value in text
    died = world.registered("1.000656", changed(DEATH.form, {"/copies/wanted": False}))
    assert ON_BLANK not in world.get(died.id, HOA).papers
    assert refused(lambda: _layer(world, died)).type == "no-such-paper"


def test_a_copy_leaves_no_note_out_on_the_form_either(world: World) -> None:
    """TT 04/2020 Đ23: it is on the reverse."""
    born = world.signed()
    world.noted(born.register_entry.id, "correction", text="Nơi sinh là Bệnh viện Đà Nẵng.")
    copied = world.registered("2.000635", _copy_form(), source_entry_id=born.register_entry.id)
    pages = PdfReader(io.BytesIO(_layer(world, copied))).pages
    assert len(pages) == 2
    assert "Nơi sinh là Bệnh viện Đà Nẵng" in " ".join(pages[1].extract_text().split())


def test_a_dossier_that_is_not_signed_has_nothing_to_print(world: World) -> None:
    id = world.accepted()
    world.approve(id)
    dossier = world.get(id, HOA)
    assert ON_BLANK not in dossier.papers
    assert refused(lambda: _layer(world, dossier)).type == "no-such-paper"


def test_the_office_prints_it_and_the_applicant_does_not(world: World) -> None:
    born = world.signed()
    assert ON_BLANK in world.get(born.id, HOA).papers
    assert ON_BLANK not in world.get(born.id, SAU).papers
    assert refused(lambda: _layer(world, born, SAU)).type == "no-such-paper"
    assert refused(lambda: _layer(world, born, STRANGER)).type == "unknown-dossier"


def test_each_print_is_counted_and_is_a_look(world: World) -> None:
    born = world.signed()
    assert world.get(born.id, HOA).register_entry.printed_on_blank == 0
    _layer(world, born)
    _layer(world, born, DUNG)
    entry = world.get(born.id, HOA).register_entry
    assert (entry.printed_on_blank, bool(entry.last_printed_on_blank_at.seconds)) == (2, True)
    assert world.get(born.id, SAU).register_entry.printed_on_blank == 0
    looks = world.call("ListOwnAccessLog", pb.ListOwnAccessLogRequest(), SAU).entries
    assert [one.action for one in looks].count(f"view-paper-{ON_BLANK}") == 2


def test_a_paper_that_was_annulled_is_neither_listed_nor_printed_until_the_annulment_is_withdrawn(world: World) -> None:
    """Luật Hộ tịch 2014 Đ12.2, Đ70.1h."""
    married = world.registered("1.000894", dict(MARRIAGE.form))
    world.noted(married.register_entry.id, "annulment")
    assert ON_BLANK not in world.get(married.id, HOA).papers
    assert refused(lambda: _layer(world, married)).type == "certificate-revoked"
    assert refused(lambda: _layer(world, married, SAU)).type == "no-such-paper", "the office alone prints it"
    world.noted(married.register_entry.id, "note-withdrawn", text="Quyết định hủy bị bãi bỏ.", withdraws=1)
    assert ON_BLANK in world.get(married.id, HOA).papers
    assert "TRẦN THỊ LAN" in _text(_layer(world, married))


def test_a_copy_of_an_annulled_entry_is_printed_if_it_tells_of_the_annulment(world: World) -> None:
    """docs/law.md §7: a copy from before the annulment is not printed, and one from after it has the note."""
    born = world.signed()
    entry = born.register_entry.id
    earlier = world.registered("2.000635", _copy_form(), source_entry_id=entry)
    world.noted(entry, "annulment", text="Hủy việc đăng ký khai sinh trái quy định.")
    world.clock.advance(timedelta(minutes=1))
    later = world.registered("2.000635", _copy_form(), source_entry_id=entry)
    listed = [ON_BLANK in world.get(each.id, HOA).papers for each in (born, earlier, later)]
    assert listed == [False, False, True]
    for each in (born, earlier):
        assert refused(partial(_layer, world, each)).type == "certificate-revoked"
    assert "Hủy việc đăng ký khai sinh trái quy định" in _text(_layer(world, later))


def test_a_calibration_page_shows_rulers_and_the_places_of_the_values(world: World) -> None:
    _offset(world, dx=5, dy=-10)
    request = pb.GetCalibrationPageRequest(blank="birth-certificate")
    for who in (HOA, ADMIN):
        paper = world.call("GetCalibrationPage", request, who)
        text = _text(bytes(paper.content))
        for words in ("Lệch ngang 0,5 mm, lệch dọc -1,0 mm", "Nơi cư trú mẹ", "200", "In cỡ 100 %"):
            assert words in text
    assert refused(lambda: world.call("GetCalibrationPage", request, SAU)).type == "not-allowed"


def test_a_ward_has_places_of_its_own(
    world: World, settings: Settings, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = Path("services/dossiers/blanks/birth-certificate.toml").read_text("utf-8")
    own = shipped.replace("full_name = {x = 20, y = 84,", "full_name = {x = 30, y = 90,", 1)
    (tmp_path / "birth-certificate.toml").write_text(own, "utf-8")
    monkeypatch.setenv(f"BLANKS_DIRECTORY_{NAM_DUONG}", str(tmp_path))
    parts = build(settings, world.cells, clock)
    boxes = {ward: blanks["birth-certificate"].front["full_name"] for ward, blanks in parts.place.blanks.items()}
    parts.close()
    assert (boxes[NAM_DUONG].x, boxes[NAM_DUONG].y) == (30, 90)
    assert world.parts.place.blanks[NAM_DUONG]["birth-certificate"].front["full_name"].y == 84
