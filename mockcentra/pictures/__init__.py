"""Pictures as bytes: painting those of the demo shop, reading and scaling those that users bring. Knows no shop."""

# What a size is called, and the width and height in pixels that its pictures fit into; `original` is as it came.
BOXES: dict[str, tuple[int, int] | None] = {
    "mini": (75, 100),
    "thumb": (150, 200),
    "small": (300, 400),
    "standard": (600, 800),
    "large": (900, 1200),
    "full": (1200, 1600),
    "original": None,
}
MIME_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
