"""The agent's input: a file of settings that the operator writes, and the credential that `pair` gets."""

from __future__ import annotations

import configparser
import json
import os
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path


class Unusable(Exception):
    """A file that is missing or wrong; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`agent.ini`, whose members are all optional:

    [scanner]
    device =              as `scanimage -L` names it; empty: the first that it finds
    flatbed = Flatbed     what the scanner calls its glass (`scanimage -A`); empty: it has nothing to choose
    feeder = ADF          and its feeder; empty: it has none
    resolution = 200      dots per inch
    mode = Color
    options =             further options of `scanimage`
    program = scanimage
    page_seconds = 90     a page that takes longer: the scanner hangs

    [kiosk]
    downloads =           a folder that is emptied when somebody leaves the computer
    """

    device: str = ""
    flatbed: str = "Flatbed"
    feeder: str = "ADF"
    resolution: int = 200
    mode: str = "Color"
    options: tuple[str, ...] = ()
    program: str = "scanimage"
    page_seconds: float = 90
    downloads: Path | None = None

    @classmethod
    def read(cls, path: Path) -> Settings:
        """The settings; defaults if there is no file. Raises Unusable."""
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read(path, encoding="utf-8")
            scanner = parser["scanner"] if parser.has_section("scanner") else {}
            kiosk = parser["kiosk"] if parser.has_section("kiosk") else {}
            unknown = (
                ({*parser.sections()} - {"scanner", "kiosk"}) | ({*scanner} - _SCANNER) | ({*kiosk} - {"downloads"})
            )
            if unknown:
                raise Unusable(f"{path}: nothing is called {', '.join(sorted(unknown))}")
            default = cls()
            return cls(
                device=scanner.get("device", default.device),
                flatbed=scanner.get("flatbed", default.flatbed),
                feeder=scanner.get("feeder", default.feeder),
                resolution=int(scanner.get("resolution", default.resolution)),
                mode=scanner.get("mode", default.mode),
                options=tuple(shlex.split(scanner.get("options", ""))),
                program=scanner.get("program", default.program),
                page_seconds=float(scanner.get("page_seconds", default.page_seconds)),
                downloads=Path(kiosk["downloads"]).expanduser() if kiosk.get("downloads") else None,
            )
        except (configparser.Error, ValueError) as fault:
            raise Unusable(f"{path}: {fault}") from fault


_SCANNER = {"device", "flatbed", "feeder", "resolution", "mode", "options", "program", "page_seconds"}


@dataclass(frozen=True, slots=True)
class Pairing:
    """The gateway and ward with which the scanner is enrolled, and its secret credential."""

    gateway: str
    ward: str
    credential: str

    @classmethod
    def read(cls, path: Path) -> Pairing:
        try:
            return cls(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            raise Unusable(f"{path} is missing: run `python3 -m agent pair` first") from None
        except (OSError, ValueError, TypeError) as fault:
            raise Unusable(f"{path} cannot be read: pair again ({type(fault).__name__})") from fault

    def write(self, path: Path) -> None:
        """Writes the file completely or not at all, readable only by its owner."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        new.replace(path)
