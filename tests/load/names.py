"""Names as they are spread in Việt Nam: every second person has one of three family names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

from services.dossiers.domain.search import folded

_FAMILY = (
    "Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Phạm Huỳnh Hoàng Phan Võ Đặng Bùi Đỗ"
    " Hồ Ngô Dương Lý"
)
_MIDDLE = "Văn Văn Văn Thị Thị Thị Minh Ngọc Quốc Đức Thanh Hữu Công Gia Xuân Kim Thu Hồng Bảo Đình"
_GIVEN = (
    "An Anh Ánh Bảo Bình Châu Chi Chính Cường Diệu Dũng Dung Duy Duyên Đạt Đông Giang Hà Hải Hạnh Hào Hậu Hiền Hiếu Hòa"
    " Hoa Hoàng Hùng Huy Huyền Hương Khánh Khoa Khôi Kiên Lan Liên Linh Loan Lộc Long Ly Mai Mẫn Minh My Nam Nga Ngân"
    " Nghĩa Nhân Nhi Nhung Oanh Phát Phong Phú Phúc Phương Quân Quang Quyên Quỳnh Sơn Tài Tâm Tân Thắng Thảo Thịnh Thơ"
    " Thúy Thủy Thư Tiên Toàn Trang Trí Trinh Trung Tú Tuấn Tùng Tuyết Uyên Vân Việt Vinh Vũ Vy Yến"
)


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    upper: str
    folded: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Name:
        plain = folded(text)
        return cls(text, text.upper(), plain, tuple(dict.fromkeys(plain.split())))


#: Three dossiers of a ward are about somebody of this name; nobody else has its first two words, or its last.
RARE = Name.of("Tôn Nữ Hạ Xuyến")


@cache  # each process that fills a ward needs them for several years
def everybody() -> list[Name]:
    """Fifty thousand names, each as often as it is met."""
    return [Name.of(" ".join(parts)) for parts in product(_FAMILY.split(), _MIDDLE.split(), _GIVEN.split())]
