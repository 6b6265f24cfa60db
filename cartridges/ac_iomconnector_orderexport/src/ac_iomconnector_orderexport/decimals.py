"""How exact a number is."""

from decimal import Decimal


def decimal_places(number: Decimal) -> int:
    """How many decimals a number needs; trailing zeros do not count."""
    plain = str(number)
    if "E" not in plain:
        return len(plain.partition(".")[2].rstrip("0"))
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or exponent >= 0:
        return 0
    text = "".join(map(str, digits)).rstrip("0")
    return max(0, -exponent - (len(digits) - len(text))) if text else 0
