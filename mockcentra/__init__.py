"""mockcentra: a local emulator of the Centra e-commerce APIs."""

__version__ = "0.1.0"
