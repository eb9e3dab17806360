"""Check characters: what the last character of a number must be. Each function takes those before it, which fit its alphabet."""

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_VALUE = {character: value for value, character in enumerate(USCC_ALPHABET)}


def uscc(first17: str) -> str:
    """Character 18 of a social credit code (GB 32100-2015)."""
    total = sum(_USCC_VALUE[character] * weight for character, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def body_code(first8: str) -> str:
    """Character 9 of a body code (GB 11714): digits, or X for ten."""
    total = sum(int(character, 36) * weight for character, weight in zip(first8, _BODY_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def person(first17: str) -> str:
    """Character 18 of a personal identity number (GB 11643): digits, or X for ten."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _PERSON_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def mod_11_10(digits: str) -> str:
    """The digit that ISO 7064 MOD 11,10 appends: licences SC and JY."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def gtin(digits: str) -> str:
    """The last digit of a barcode of any length: from the right weights 3, 1, …"""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
