"""Many keys of orders in little memory."""

_BITS = 4096


class OrderKeys:
    """A set of keys; a million keys that follow one another take 128 KiB."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, key: int) -> bool:
        """Add a key; False where it was in already."""
        page, bit = divmod(key, _BITS)
        bits = self._pages.setdefault(page, bytearray(_BITS // 8))
        byte, mask = bit >> 3, 1 << (bit & 7)
        if bits[byte] & mask:
            return False
        bits[byte] |= mask
        return True

    def __contains__(self, key: int) -> bool:
        """Whether a key is in."""
        page, bit = divmod(key, _BITS)
        bits = self._pages.get(page)
        return bits is not None and bool(bits[bit >> 3] & 1 << (bit & 7))
