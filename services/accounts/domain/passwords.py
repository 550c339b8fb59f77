"""Rules for passwords: long, not common, and not a known fact about the person.

After NIST SP 800-63B §5.1.1.2: no composition rules, because they make passwords worse.
"""

from __future__ import annotations

import re

from services.chassis.letters import normalised

SHORTEST = 8
LONGEST = 128
#: No letter has more code points when it is decomposed.
_CODE_POINTS_PER_LETTER = 4
#: The passwords that guessers try first, here and elsewhere; compared without case. Shorter ones fail by their length.
_COMMONEST_TEXT = """
    12345678 123456789 1234567890 0123456789 987654321 0987654321 87654321 11111111 111111111 00000000 000000000
    88888888 99999999 66666666 12341234 11223344 11112222 12344321 147258369 123123123 1qaz2wsx 1q2w3e4r 1q2w3e4r5t
    qwertyui qwertyuiop qwerty123 asdfghjk asdfghjkl zxcvbnm123 abcd1234 abc12345 abc123456 abcdefgh a1234567
    a12345678 a123456789 aa123456 aa12345678 password password1 password123 passw0rd p@ssw0rd iloveyou iloveyou1
    matkhau123 matkhau1 matkhau12 matkhau@123 matkhau123456 anhyeuem emyeuanh anhyeuem123 yeuemnhieu toiyeuem
    khongbiet khongcomatkhau vietnam123 vietnam1 danang123 haichau123 congdan123 conyeume giadinh123 welcome1
    sunshine football baseball princess superman trustno1 starwars letmein1 computer internet
"""
COMMONEST = frozenset(_COMMONEST_TEXT.split())


def one_spelling(password: str) -> str:
    """The same spelling for texts that look alike: keyboards compose Vietnamese letters differently."""
    return normalised(password, "NFKC")


def is_too_long(password: str) -> bool:
    """Whether a password has more than `LONGEST` characters in any spelling in which it may be typed next."""
    return len(password) > LONGEST * _CODE_POINTS_PER_LETTER or len(one_spelling(password)) > LONGEST


def fault_of(password: str, *, phone: str | None, identity_number: str | None) -> str | None:
    """What is wrong with a password, in Vietnamese, or None. `phone` is E.164."""
    if is_too_long(password):
        return f"Mật khẩu dài nhất {LONGEST} ký tự. Xin chọn mật khẩu ngắn hơn."
    plain = one_spelling(password)
    if len(plain) < SHORTEST:
        return f"Mật khẩu cần ít nhất {SHORTEST} ký tự. Một câu ngắn dễ nhớ là tốt nhất."
    if plain.lower() in COMMONEST or len(set(plain)) == 1:
        return "Mật khẩu này quá nhiều người dùng nên dễ bị đoán. Xin chọn mật khẩu khác."
    known = _known_digits(phone, identity_number)
    if re.sub(r"[^0-9a-z]", "", plain.lower()) in known:
        return "Mật khẩu không được là số điện thoại hay số giấy tờ của chính mình. Xin chọn mật khẩu khác."
    return None


def _known_digits(phone: str | None, identity_number: str | None) -> set[str]:
    known = {identity_number.lower()} if identity_number else set()
    if phone:
        subscriber = phone.removeprefix("+84")
        known |= {subscriber, "0" + subscriber, "84" + subscriber, "0084" + subscriber}
    return known
