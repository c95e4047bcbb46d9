"""The faces: one folder an API, which translate between its wire format and the rules."""
