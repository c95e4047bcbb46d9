"""The GraphQL Integration API: `POST /graphql` (graphql-integration-api.md).

How it is made
--------------
* `schema/*.graphql` is the schema, one file an area; `sdl.py` makes it executable from a cache on disk. `@permission`
  and `@limit` in it are the permissions and the largest pages.
* `engine.py` answers a request: token, document (`planning.py` keeps parsed and validated ones), complexity, buckets,
  one transaction, envelope. `execution.py` runs a plan level by level, every field for all rows at once, so that no
  row costs a query of its own and an object that many share is read once.
* `types.py` has the parts of which types are declared, `registry.py` the decorators, `changes.py` what mutations work
  with. `areas/` holds the types, queries and mutations; every module in it is loaded with the first request. Where they
  are many, `orders.py` has what is shown and `order_changes.py` what is changed; what several areas show in the same
  way, such as totals, applied vouchers and addresses, lies beside `areas/`.

How to add a type
-----------------
Say what its rows are. Lists, single objects, connections, counters, `where`, `sort`, paging, external ids, references
and store restrictions follow; a field of the schema that nothing declares answers NOT_EMULATED::

    define(
        Type(
            "Supplier", "suppliers",
            fields={
                "name": Column("name"),
                "status": Column("status", word(words.STATUS)),
                "createdAt": Moment("created_at"),                        # understands `format`
                "address": Computed(address_json, "address_json"),        # a dict, whose keys are the fields
                "country": One("country_id"),                             # the object that a column names
                "purchaseOrders": Many("supplier_id"),                    # purchase_orders.supplier_id
                "markets": Through(Link("supplier_markets", "supplier_id", "market_id")),
                "total": Batch(totals, "id"),                             # totals(run, arguments, rows) -> a list
            },
            filters={"name": Text("name"), "status": Among("status", words.stored(words.STATUS)),
                     "createdAt": Dates("created_at"), "countryId": Among("country_id")},
            sorts={"name": "name", "createdAt": "created_at"},
            search=("name",), store=None, external="supplier",
        )
    )

A path such as `variant_id>variants.product_id` names a column of the row that another column leads to. Types without a
table are dicts: fields are keys, `embed("Address", {...})` declares those that are more than that, and a dict of an
interface has `__typename`. Where a field has an interface or union over several tables, the value is a `Ref(type, id)`.
An interface over one table is a `Type` with `kinds`.

How to add a query or a mutation
--------------------------------
A query that no type table answers gives ids, dicts, or lists of them::

    @query("continents")
    def continents(run, arguments): return [{"name": "Europe", "countries": [1, 2]}]

A mutation reads its input, notes user errors on the paths of what is wrong, calls rules of `commerce`, and gives the
parts of its payload (objects by id). With user errors, or with a CommerceError of the rules, nothing is written::

    @mutation("createSupplier")
    def create_supplier(change):
        given = change.input
        country_id = given.ref("country", "Country")            # exactly one way; "Could not find Country with ID 9"
        given.required_text("name")
        change.check()                                          # stops here when there are user errors
        supplier_id = supplier_writing.create(change.tx, given["name"], country_id)
        change.external_id("Supplier", supplier_id)
        return {"supplier": supplier_id}
"""

from flask import Blueprint


def blueprint() -> Blueprint:
    """The API's one address. What needs the GraphQL library is loaded with the first request."""
    from mockcentra.apis.graphql import transport

    return transport.blueprint()
