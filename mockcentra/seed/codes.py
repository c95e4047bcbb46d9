"""Numbers on labels: EANs and UPCs with their check digits, in the ranges kept for use inside a company."""


def check_digit(digits: str) -> str:
    """The last digit of a GTIN whose others are given."""
    weighted = sum(int(digit) * (3 if position % 2 == 0 else 1) for position, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


class Labels:
    """Gives out EANs and UPCs, each once. `block` is a number of four digits that all of them share."""

    def __init__(self, block: int) -> None:
        self._block = block
        self._count = 0

    def next(self) -> tuple[str, str]:
        """The next EAN-13 and UPC-A."""
        self._count += 1
        item = f"{self._block:04d}{self._count:06d}"
        ean, upc = f"20{item}", f"4{item}"
        return ean + check_digit(ean), upc + check_digit(upc)
