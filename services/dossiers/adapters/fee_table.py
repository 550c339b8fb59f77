"""The fee table as an operator keeps it: fees.toml, or the file that FEES_FILE names."""

from __future__ import annotations

import tomllib
from pathlib import Path

from services.dossiers.catalogue import Catalogue
from services.dossiers.domain.fees import FeeTable

FEES = Path(__file__).parents[1] / "fees.toml"


def load_fees(file: Path, catalogue: Catalogue) -> FeeTable:
    """Reads and validates the table; ValueError names the file and what is wrong in it.

    Every item that a procedure charges has a price from the procedure's first day on.
    """
    try:
        table = FeeTable.parse(tomllib.loads(file.read_text("utf-8")))
        for procedure in catalogue:
            for charge in procedure.fee.charges:
                table.price(charge.item, procedure.valid_from)
    except ValueError as wrong:
        raise ValueError(f"{file}: {wrong}") from wrong
    return table
