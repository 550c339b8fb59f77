"""Identity numbers are encrypted in the database and found by a keyed fingerprint (docs/architecture.md, rule 7)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from services.chassis.database.encryption import Cipher, load_ciphers

NUMBER = "048090001234"


def test_what_was_encrypted_can_be_read_again_and_looks_different_each_time() -> None:
    cipher = Cipher({"1": os.urandom(32)}, "1", os.urandom(32))
    first, second = cipher.encrypt(NUMBER, "account:1"), cipher.encrypt(NUMBER, "account:1")
    assert first != second
    assert NUMBER.encode() not in first
    assert cipher.decrypt(first, "account:1") == cipher.decrypt(second, "account:1") == NUMBER


def test_a_ciphertext_copied_to_another_row_opens_to_nothing() -> None:
    cipher = Cipher({"1": os.urandom(32)}, "1", os.urandom(32))
    with pytest.raises(InvalidTag):
        cipher.decrypt(cipher.encrypt(NUMBER, "account:1"), "account:2")


def test_old_keys_stay_readable_after_a_new_one_becomes_current() -> None:
    old, new, fingerprint = os.urandom(32), os.urandom(32), os.urandom(32)
    sealed = Cipher({"1": old}, "1", fingerprint).encrypt(NUMBER, "account:1")
    rotated = Cipher({"1": old, "2": new}, "2", fingerprint)
    assert rotated.decrypt(sealed, "account:1") == NUMBER
    assert rotated.encrypt(NUMBER, "account:1").startswith(b"2:")


def test_the_wards_of_a_district_find_a_person_by_the_same_fingerprint_but_read_not_each_others_numbers(
    keys: Path,
) -> None:
    ciphers = load_ciphers(keys / "encryption-accounts.json")
    assert ciphers["20248"].fingerprint(NUMBER) == ciphers["20227"].fingerprint(NUMBER)
    with pytest.raises(InvalidTag):
        ciphers["20227"].decrypt(ciphers["20248"].encrypt(NUMBER, "account:1"), "account:1")


def test_a_key_for_a_purpose_is_no_fingerprint_of_anything_and_no_key_for_another_purpose() -> None:
    secret = os.urandom(32)
    cipher = Cipher({"1": os.urandom(32)}, "1", secret)
    key = cipher.key_for("presence", NUMBER)
    assert key == Cipher({"2": os.urandom(32)}, "2", secret).key_for("presence", NUMBER)
    texts = (NUMBER, f"presence{NUMBER}", f"presence:{NUMBER}", f"caunoi:presence:{NUMBER}")
    assert key not in [cipher.fingerprint(text) for text in texts]
    others = (("presenc", f"e{NUMBER}"), ("presence", f"{NUMBER}1"), ("other", NUMBER))
    assert key not in [cipher.key_for(purpose, holder) for purpose, holder in others]
