"""Which communes must be asked: as people write them, in any line breaks."""

from __future__ import annotations

import pytest

from services.dossiers.domain.former_places import communes, distinct

AN_HAI, HOA_TIEN = "phuong an hai bac, quan son tra, thanh pho da nang", "xa hoa tien, huyen hoa vang"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8/2014 đến 6/2018: phường An Hải Bắc, quận Sơn Trà, thành phố Đà Nẵng", [AN_HAI]),
        ("8/2014 đến 6/2018:\nphường An Hải Bắc, quận Sơn Trà, thành phố Đà Nẵng", [AN_HAI]),
        (
            (
                "Phường An Hải Bắc, quận Sơn Trà, thành phố Đà Nẵng, từ 2013 đến 2016; "
                "Xã Hòa Tiến, huyện Hòa Vang, 2016-2018"
            ),
            [AN_HAI, HOA_TIEN],
        ),
        ("phường An Hải Bắc và xã Hòa Tiến, huyện Hòa Vang", ["phuong an hai bac", HOA_TIEN]),
        (
            "2013-2014: phường An Hải Bắc, quận Sơn Trà\n2016 đến nay: P. An Hải Bắc",
            ["phuong an hai bac, quan son tra"],
        ),
        ("Xã Điện Phong, thị xã Điện Bàn, từ năm 2013", ["xa dien phong, thi xa dien ban"]),
        ("Thuận Phước, đến 2016\nHòa Tiến, đến 2018", ["thuan phuoc", "hoa tien"]),
        ("phường Nam Dương, từ tháng 5 năm 2010", ["phuong nam duong"]),
        ("Phường 5, quận 3, thành phố Hồ Chí Minh", ["phuong 5, quan 3, thanh pho ho chi minh"]),
        ("từ 2013 đến 2016\n\n - ", []),
        ("", []),
    ],
)
def test_a_letter_goes_to_each_commune_that_is_named_however_the_lines_fall(text: str, found: list[str]) -> None:
    """NĐ 123/2015 Đ22.4: each former commune is asked, once."""
    assert communes(text) == found


def test_an_office_named_more_fully_is_the_same_office_and_another_district_is_another() -> None:
    short, full, other = "UBND xã Hòa Tiến", "Ủy ban nhân dân xã Hòa Tiến, huyện Hòa Vang", "UBND xã Hòa Tiến, huyện X"
    assert distinct([short, full, "Ủy ban nhân dân xã Điện Phong"]) == [short, "Ủy ban nhân dân xã Điện Phong"]
    assert distinct([full, other]) == [full, other]
