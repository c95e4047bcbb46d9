"""Seeds who may call: integrations, tokens of the GraphQL API, and the secrets of the other APIs.

The secrets are rows of `meta`: `secret.checkout`, `secret.shop`, `secret.order`, `secret.subscription`,
`secret.soap_username` and `secret.soap_password`. The GraphQL tokens are rows of `api_tokens`; the one called `full`
may do everything.
"""

from mockcentra.seed.fixtures import listed, matching, moment, optional, record, ref, text
from mockcentra.seed.world import World
from mockcentra.store.clock import from_local
from mockcentra.store.database import to_json

FILES = {"access": ("secrets", "integrations", "tokens")}

_NEVER = "2099-12-31"
_SECRET = matching(r"[\x21-\x7e]+", "a text of ASCII letters, digits and signs without blanks")
_SECRETS = record(
    checkout=_SECRET,
    shop=_SECRET,
    order=_SECRET,
    subscription=_SECRET,
    soap_username=_SECRET,
    soap_password=_SECRET,
)
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
    for api, secret in world.required("access", "secrets", _SECRETS).items():
        world.note(f"secret.{api}", secret)
    for name in world.section("access", "integrations", listed(text)):
        world.register("integration", name, world.add("integrations", name=name))
    never = from_local(_NEVER)
    for entry in world.section("access", "tokens", listed(_TOKEN)):
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
