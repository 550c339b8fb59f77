"""The addresses of the administrator's pages, and what its forms send."""

from __future__ import annotations

from datetime import date

ADMIN = "quantri.nam-duong"
START, STATIONS, WEEK = "/quan-tri", "/quan-tri/diem-ho-tro", "/quan-tri/lich"
VOLUNTEERS, DEVICES, PHRASES = "/quan-tri/tinh-nguyen-vien", "/quan-tri/may", "/quan-tri/cau-soan-san"


def date_of(on: date) -> dict[str, str]:
    return {"on-day": str(on.day), "on-month": str(on.month), "on-year": str(on.year)}
