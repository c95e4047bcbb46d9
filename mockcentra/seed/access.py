"""Seeds who works with the shop: administrators, and the integrations of the GraphQL API with their tokens."""

from mockcentra.seed.fixtures import listed, matching, moment, names, optional, record, ref, text
from mockcentra.seed.world import World
from mockcentra.store.clock import from_local
from mockcentra.store.database import to_json

FILES = {"access": ("admin_users", "integrations", "tokens")}

_NEVER = "2099-12-31"
_ADMIN = record(
    name=text,
    username=matching(r"[a-z0-9._-]+", "a name of lower-case letters, digits, `.`, `_` and `-`"),
    email=matching(r"[^@\s]+@[^@\s]+\.[a-z]+", "an e-mail address"),
)
_SECRET = matching(r"[\x21-\x7e]+", "a text of ASCII letters, digits and signs without blanks")
_TOKEN = record(
    name=text,
    token=_SECRET,
    integration=optional(ref("integration")),
    permissions=listed(matching(r"\*|\*:read|\*:write|[A-Za-z.]+\*?(:[a-z]+)?", "a permission such as Order:read")),
    stores=optional(listed(ref("store")), ()),
    expires=optional(moment),
)


def seed(world: World) -> None:
    """Makes the credentials that `/_mock/info` shows (seed.md 14)."""
    for entry in world.section("access", "admin_users", listed(_ADMIN, by="username")):
        world.add("admin_users", **entry, created_at=world.as_of, updated_at=world.as_of)
    for name in world.section("access", "integrations", names):
        world.register("integration", name, world.add("integrations", name=name))
    never = from_local(_NEVER)
    for entry in world.section("access", "tokens", listed(_TOKEN, by="name")):
        row_id = world.add(
            "api_tokens",
            name=entry["name"],
            token=entry["token"],
            integration_id=entry["integration"],
            permissions_json=to_json(entry["permissions"]),
            stores_json=to_json(entry["stores"]),
            expires_at=never if entry["expires"] is None else entry["expires"],
            created_at=world.as_of,
        )
        world.register("api_token", entry["name"], row_id, entry)
