"""Every type and every operation of the SOAP API as data: what the WSDL declares and what messages are made of.

A type is the list of its fields in wire order (soap-api.md 6). A field is a text unless it names its kind after a
colon: `int`, `boolean` or another type. A star at the end says that the element repeats.
"""

from dataclasses import dataclass
from functools import cache

NAMESPACE = "http://www.centra.com/webservices/"

_LINE_AMOUNTS = "shipping:amount handling:amount voucher:amount"
_PERSON_ADDRESS = "firstname lastname address1 address2 city state zipcode country email telephone"

TYPES: dict[str, str] = {
    # common
    "login": "username password",
    "reference": "id description",
    "address": "id description company attn firstname lastname address1 address2 city state zipcode country email"
    " telephone fax vat url companyregistrationid",
    "carrierinformation": "carrier service account taxid tracking packages:int",
    "additional": "key value",
    "additionals": "additional:additional*",
    "amount": "subtotal description key id",
    # results and events
    "messages": "message*",
    "updateresult": "success:boolean errors:messages notices:messages",
    "eventsresponse": "events:events",
    "events": "event:event*",
    "event": "id type entry mission date data:eventdata",
    "eventdata": "account:account customer:customer invoice:invoice market:market order:order"
    " paymentterms:paymentterm pricelist:pricelist salesrep:salesrep shippingterms:shippingterm size:size"
    " warehouse:warehouse stock:stock",
    "stock": "product:reference variation:reference size:reference warehouse:reference qty",
    # accounts and customers
    "accounts": "account:account*",
    "account": "id type status description other discount market:reference pricelist:reference internalinformation"
    " creditlimit salesrep:reference paymentterms:reference shippingterms:reference accountaddress:address"
    " shippingaddress:address invoiceaddress:address carrierinformation:carrierinformation buyers:buyers"
    " addresses:addresses additionals:additionals",
    "buyers": "buyer:buyer*",
    "buyer": "id store:int status firstname lastname address1 address2 city state zipcode country email telephone fax"
    " market:reference pricelist:reference password",
    "addresses": "address:address*",
    "customers": "customer:customer*",
    "customer": f"id store:int type status {_PERSON_ADDRESS}",
    # markets, sizes, products
    "markets": "market:market*",
    "market": "id store type description",
    "marketreferences": "market:reference*",
    "sizes": "size:size*",
    "size": "id description sku ean comment sizetable:sizetable",
    "sizetable": "id description stockdivisor stockunit",
    "products": "product:product*",
    "product": "id status sku description folder:reference brand:reference collection:reference harmcode:reference"
    " countryoforigin weight:weight variations:variations media:media metadata:metadata comment",
    "weight": "value unit",
    "variations": "variation:variation*",
    "variation": "id stockid description sku status sizetable:reference sizes:productsizes displays:displays cog",
    "productsizes": "size:productsize*",
    "productsize": "id qty preorder description comment sku ean warehouseitems:stockwarehouses",
    "stockwarehouses": "warehouse:stockwarehouse*",
    "stockwarehouse": "id qty cog",
    "displays": "display:display*",
    "display": "store categories:categoryreferences categoriesremove:categoryreferences markets:marketreferences"
    " marketsremove:marketreferences minimumorderamount orderdenominator",
    "categoryreferences": "category:reference*",
    "media": "image:image*",
    "image": "id image variation:reference",
    "metadata": "storemeta:storemeta*",
    "storemeta": "shortdescription description metatitle metakeywords metadescription taxgroup store",
    # prices
    "pricelists": "pricelist:pricelist*",
    "pricelist": "id store type currency description items:pricelistitems",
    "pricelistitems": "product:pricelistproduct*",
    "pricelistproduct": "id price priceb alteredprice alteredpriceb variation:pricelistvariation*",
    "pricelistvariation": "id price priceb alteredprice alteredpriceb",
    "pricealterationdates": "pricealterationdate:pricealterationdate*",
    "pricealterationdate": "id status name store startdate",
    # warehouses, terms, sales reps, delivery windows
    "warehouses": "warehouse:warehouse*",
    "warehouse": "id description",
    "paymenttermslist": "paymentterms:paymentterm*",
    "paymentterm": "id name description duedays",
    "shippingtermslist": "shippingterms:shippingterm*",
    "shippingterm": "id name description duedays",
    "salesreps": "salesrep:salesrep*",
    "salesrep": "id email name percent mastersalesrep:mastersalesrepshares",
    "mastersalesrepshares": "salesrep:mastersalesrepshare*",
    "mastersalesrepshare": "id percent",
    "deliverywindows": "deliverywindow:deliverywindow*",
    "deliverywindow": "id status description startdate stopdate atonce:boolean variations:deliveryvariations"
    " variationsremove:deliveryvariations",
    "deliveryvariations": "variation:deliveryvariation*",
    "deliveryvariation": "id type productlimit:int variationlimit:int",
    # orders
    "orders": "order:order*",
    "order": "id ordernumber type store:int locked status ordertotal currency currencyrate basecurrency created"
    " internal:boolean preferred_shipping_date buyer:orderbuyer salesrep:salesrep"
    " mastersalesrep:ordermastersalesrep account:reference paymentterms:reference shippingterms:reference"
    " deliverywindow:orderdeliverywindow collection:reference additionals:additionals"
    f" primary_warehouse:primarywarehouse {_LINE_AMOUNTS} payments:payments products:orderproducts"
    " cancelled:orderproducts shipments:shipments carrierinformation:carrierinformation customer:reference"
    " shippingaddress:address billingaddress:address internalinformation other ponumber market:reference"
    " pricelist:reference ecvatno",
    "orderbuyer": "id description firstname lastname email",
    "ordermastersalesrep": "salesrep:salesrep*",
    "orderdeliverywindow": "id description type atonce:boolean start stop",
    "primarywarehouse": "warehouse:reference",
    "payments": "name type total status method payment:payment*",
    "payment": "type paid value created transaction document",
    "orderproducts": "product:orderproduct*",
    "orderproduct": "id tax sku origprice price discount qty subtotal description variation:reference brand:reference"
    " sizes:linesizes type comment bundleinfo:bundleinfo",
    "linesizes": "size:linesize*",
    "linesize": "id sku qty preorder description orderitem:reference warehouseitems:linewarehouses"
    " supplierorderitems:supplierorderitems",
    "linewarehouses": "warehouse:linewarehouse*",
    "linewarehouse": "id qty",
    "supplierorderitems": "supplierorder:supplierorder*",
    "supplierorder": "id qty eta",
    "bundleinfo": "isbundle:boolean partof:bundlepartof",
    "bundlepartof": "product:bundleparent*",
    "bundleparent": "id",
    "shipments": "shipment:shipment*",
    "shipment": "id paid shipped goodtogo capture appendix shipmenttotal paidtotal currency currencyrate basecurrency"
    " created shippingaddress:address carrierinformation:carrierinformation products:orderproducts refunds:refunds"
    f" {_LINE_AMOUNTS}",
    "refunds": "refund:refund*",
    "refund": "id shipping:amount voucher:amount products:orderproducts comment returnfee:amount handling:amount"
    " status type",
    # invoices
    "invoices": "invoice:invoice*",
    "invoice": "id store status serialno documenttype type currency currencyrate basecurrency total vat totalpaid"
    " invoicedate orderdate duedate buyer:reference account:reference order:reference shipment:reference"
    " refund:reference paymentterms shippingterms internalinformation ponumber billingaddress:address"
    " shippingaddress:address items:invoiceitems locked",
    "invoiceitems": "invoiceitem:invoiceitem* additional:amount*",
    "invoiceitem": "itemid qty price tax subtotal description product:reference variation:reference size:reference"
    " discount sku",
}

# Elements that a message of their type always has, empty when they hold nothing.
ALWAYS = frozenset({"success", "errors", "notices", "events"})


@dataclass(frozen=True, slots=True)
class Field:
    """A child element: its name, its kind (`string`, `int`, `boolean` or a type) and whether it repeats."""

    name: str
    kind: str
    repeats: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the element that asks for it, what that holds after `login`, and the element of the answer."""

    name: str
    request: str
    content: str
    answer: str = "result"
    answer_type: str = "updateresult"

    @property
    def action(self) -> str:
        """What clients send as SOAPAction; it is never looked at."""
        return NAMESPACE + self.name[0].upper() + self.name[1:]


OPERATIONS: tuple[Operation, ...] = (
    Operation("accounts_Update", "accounts_Update", "accounts:accounts"),
    Operation("customers_Update", "customers_Update", "customers:customers"),
    Operation("deliverywindows_Update", "deliverywindows_Update", "deliverywindows:deliverywindows"),
    Operation("events_Done", "events_Done", "event*"),
    Operation("events_Get", "events_GetRequest", "type", "events_Get", "eventsresponse"),
    Operation(
        "events_GetByMarkets", "events_GetByMarkets", "type markets:marketreferences", "events_Get", "eventsresponse"
    ),
    Operation("invoices_Update", "invoices_Update", "invoices:invoices"),
    Operation("markets_Update", "markets_Update", "markets:markets"),
    Operation("orders_Update", "orders_Update", "orders:orders"),
    Operation("paymentterms_Update", "paymentterms_Update", "paymentterms:paymenttermslist"),
    Operation(
        "pricealterationdates_Update", "pricealterationdates_Update", "pricealterationdates:pricealterationdates"
    ),
    Operation("pricelists_Update", "pricelists_Update", "pricelists:pricelists"),
    Operation("products_Update", "products_Update", "products:products"),
    Operation("salesreps_Update", "salesreps_Update", "salesreps:salesreps"),
    Operation("shippingterms_Update", "shippingterms_Update", "shippingterms:shippingtermslist"),
    Operation("sizes_Update", "sizes_Update", "sizes:sizes"),
    Operation("warehouses_Update", "warehouses_Update", "warehouses:warehouses"),
)


def fields(notation: str) -> tuple[Field, ...]:
    """The fields of a type's notation."""
    found = []
    for word in notation.split():
        name, _, kind = word.rstrip("*").partition(":")
        found.append(Field(name, kind or "string", word.endswith("*")))
    return tuple(found)


@cache
def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of a type, in wire order."""
    return fields(TYPES[kind])
