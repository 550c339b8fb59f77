"""The data of the Ministry's printed forms, and values that are longer than their lines (TT 04/2020 Đ27–29)."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.dossiers.adapters.papers.blanks import SHIPPED, Blank, Calibration, Offset, load_blanks, with_emblem
from services.dossiers.adapters.papers.rendering import layer_of, render
from tests.services.dossiers_papers.reading import margin_of, opened, ordinary, pages_of, words_of
from tests.services.dossiers_papers.samples import AWKWARD, OFFICE, ORDINARY

BLANKS = load_blanks(SHIPPED)
FORMS = {
    "birth_certificate": "birth-certificate",
    "birth_copy": "birth-copy",
    "marriage_certificate": "marriage-certificate",
}
MM = 72 / 25.4
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="#00ff00"/></svg>'


def _layer(paper: Any, name: str, offset: Offset = Offset()) -> bytes:  # noqa: B008  # frozen
    return render(layer_of(paper, BLANKS[FORMS[name]], offset))


@pytest.mark.parametrize("name", FORMS)
def test_no_value_runs_out_of_its_box(name: str) -> None:
    """Names of twelve words and addresses of three lines: the type becomes smaller, and nothing is cut."""
    blank, pdf = BLANKS[FORMS[name]], _layer(AWKWARD[name], name)
    right = max(box.x + box.width for box in [*blank.front.values(), *blank.reverse.values()])
    for page in opened(pdf):
        text = page.get_textpage()
        for index in range(text.count_rects()):
            assert text.get_rect(index)[2] / MM <= right + 0.5
    assert margin_of(pdf) > 10
    said = words_of(pdf)
    for words in ("CÔNG TẰNG TÔN NỮ", "QUỲNH NHƯ", "Căn hộ số 1205", "Việt Nam"):
        assert words in said


@pytest.mark.parametrize("name", ["birth_certificate", "birth_copy"])
def test_a_date_of_birth_is_as_large_as_the_number_beside_it(name: str) -> None:
    """Each has ten characters: a box that is too short for them prints every child's birth in the smallest type."""
    text = opened(_layer(ORDINARY[name], name))[0].get_textpage()
    heights = []
    for words in ("05/10/2020", "07/2020"):
        at = text.search(words).get_next()
        assert at is not None
        box = text.get_charbox(at[0])
        heights.append(box[3] - box[1])
    assert heights[0] == pytest.approx(heights[1], abs=0.3)


def test_a_value_of_one_line_that_no_type_can_hold_is_narrowed() -> None:
    narrow = BLANKS["birth-certificate"].front["full_name"].model_copy(update={"width": 60})
    blank = BLANKS["birth-certificate"]
    blank = blank.model_copy(update={"front": {**blank.front, "full_name": narrow}})
    pdf = render(layer_of(AWKWARD["birth_certificate"], blank, Offset()))
    text = opened(pdf)[0].get_textpage()
    line = text.search("QUỲNH NHƯ").get_next()
    assert line is not None
    assert text.get_charbox(line[0] + 8)[2] / MM <= 20 + 60 + 0.5


@pytest.mark.parametrize("name", FORMS)
def test_the_full_page_says_that_it_is_for_viewing_and_the_wards_own_prints_do_not(name: str) -> None:
    """TT 04/2020 Đ27–28."""
    assert "BẢN XEM" in words_of(ordinary(name))
    for own in ("death_extract", "marriage_extract", "marital_status"):
        assert "BẢN XEM" not in words_of(ordinary(own))


def test_a_layer_has_a_reverse_only_where_something_stands_there() -> None:
    assert pages_of(_layer(ORDINARY["birth_certificate"], "birth_certificate")) == 1
    assert pages_of(_layer(AWKWARD["birth_copy"], "birth_copy")) == 2


@pytest.mark.parametrize("form", BLANKS)
def test_a_calibration_page_is_as_large_as_the_form(form: str) -> None:
    blank = BLANKS[form]
    pdf = render(Calibration(office=OFFICE, blank=blank, offset=Offset(), made_on=date(2026, 11, 29)))
    for page in opened(pdf):
        assert page.get_size() == (pytest.approx(blank.width * MM, abs=0.1), pytest.approx(blank.height * MM, abs=0.1))
    assert pages_of(pdf) == 2


@pytest.mark.parametrize("form", BLANKS)
def test_nothing_runs_through_the_text_of_a_calibration_page(form: str) -> None:
    """A printer that is 2 mm too low moves the boxes up, where the first line of a reverse comes near the head."""
    pdf = render(Calibration(office=OFFICE, blank=BLANKS[form], offset=Offset(dy=-20), made_on=date(2026, 11, 29)))
    for page in opened(pdf):
        text = page.get_textpage()
        ends = [_box(text, words) for words in ("Trang chỉnh máy in", "lệch dọc -2,0 mm.", "ở trang Phôi.")]
        left, right = min(each[0] for each in ends), max(each[2] for each in ends)
        bottom, top = min(each[1] for each in ends), max(each[3] for each in ends)
        said = " ".join(text.get_text_bounded(left, bottom, right, top).split())
        assert said.startswith(f"Trang chỉnh máy in: {BLANKS[form].title}")
        assert not [label for label in ("Số", "Ghi chú", "Nơi, ngày cấp", "Chức vụ") if f"{label} " in f"{said} "]
        lines = [each.get_bounds() for each in page.get_objects() if each.type == 2]
        assert not [each for each in lines if each[0] < right and left < each[2] and each[1] < top and bottom < each[3]]


def _box(text: Any, words: str) -> tuple[float, float, float, float]:
    at = text.search(words).get_next()
    assert at is not None
    boxes = [text.get_charbox(at[0] + index) for index in range(at[1])]
    return (*map(min, *(each[:2] for each in boxes)), *map(max, *(each[2:] for each in boxes)))


def _changed(folder: Path, old: str, new: str) -> Path:
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    path = folder / "birth-copy.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("notes = {x = 20, y = 40, width = 170, lines = 28}", "", "no place for: notes"),
        ("full_name =", "ful_name =", "no such value: ful_name"),
        ("width = 170, first = 42", "width = 270, first = 42", "beyond the page"),
        ("lines = 28", "lines = 48", "beyond the page"),
        ("first = 58", "first = 168", "no room behind"),
        ("size = 13", 'size = "big"', "size"),
        ("pitch = 7.5", "pitch = 7.5\nfont = 3", "font"),
        ("title =", "title", "birth-copy.toml"),
        ("[front]", '[emblem]\nfile = "../../etc/passwd.svg"\nx = 1\ny = 1\nwidth = 1\n[front]', "file"),
        ("[front]", '[emblem]\nfile = "missing.svg"\nx = 1\ny = 1\nwidth = 1\n[front]', "missing.svg"),
    ],
)
def test_data_that_would_print_wrongly_stops_the_start(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A copy never leaves a note out (TT 04/2020 Đ23), so its form needs a place for them."""
    with pytest.raises(ValueError, match=r"birth-copy\.toml") as fault:
        load_blanks(_changed(tmp_path, old, new))
    assert said in str(fault.value)


def test_an_operators_picture_of_the_emblem_stands_where_the_data_has_it(tmp_path: Path) -> None:
    """docs/law.md §20: whether a form has the Emblem, and where, is not established."""
    emblem = '[emblem]\nfile = "quoc-huy.svg"\nx = 95\ny = 12\nwidth = 20\n[front]'
    folder = _changed(tmp_path, "[front]", emblem)
    (folder / "quoc-huy.svg").write_text(SVG, "utf-8")
    paper = with_emblem(ORDINARY["birth_copy"], load_blanks(folder))
    assert _colour(paper, 105, 22) == (0, 255, 0)
    assert _colour(ORDINARY["birth_copy"], 105, 22) != (0, 255, 0)
    assert with_emblem(ORDINARY["death_extract"], load_blanks(folder)) == ORDINARY["death_extract"]


def _colour(paper: Any, x: float, y: float) -> Any:
    page = opened(render(paper))[0].render(scale=1).to_pil().convert("RGB")
    return page.getpixel((round(x * MM), round(y * MM)))


def test_all_forms_are_there() -> None:
    assert [type(blank) for blank in BLANKS.values()] == [Blank] * 3
