"""Declares the service to Spyne from the tables of `messages`, and has the WSDL from it.

Where Spyne's WSDL differs from Centra's it is bent here: the SOAPAction of an operation begins with a capital letter,
and the address is that of whoever asks (Spyne would remember the first one).
"""

import logging
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from mockcentra.apis.soap import spyne_compat
from mockcentra.apis.soap.messages import ALWAYS, NAMESPACE, OPERATIONS, Field, Operation, fields, fields_of

_first_call = threading.Lock()

SERVICE = "Centra"
PORT = "CentraSoap"
_ADDRESS = "http://address.invalid/"
_WSDL_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


class Declaration:
    """The service: which operation a request element asks for, and the WSDL."""

    def __init__(self, application: Any, document: bytes) -> None:
        self._methods: dict[str, Any] = application.interface.service_method_map
        self._document = document
        self._operations = {operation.name: operation for operation in OPERATIONS}

    def operation(self, request: str) -> Operation | None:
        """The operation that the request element of this name (without namespace) asks for."""
        found = self._methods.get(f"{{{NAMESPACE}}}{request}")
        return self._operations[found[0].function.__name__] if found else None

    def wsdl(self, address: str) -> bytes:
        """The WSDL of the service at that address."""
        from mockcentra.apis.soap.wire import escaped

        return self._document.replace(_ADDRESS.encode(), escaped(address).replace('"', "&quot;").encode())


def declaration() -> Declaration:
    """The one declaration; making it imports Spyne, which takes a moment. Others who ask meanwhile wait for it."""
    with _first_call:
        return _declaration()


@cache
def _declaration() -> Declaration:
    spyne_compat.load()
    from spyne import Application
    from spyne.interface.wsdl import Wsdl11
    from spyne.protocol.soap import Soap11

    logging.getLogger("spyne").setLevel(logging.ERROR)
    application = Application([_service()], NAMESPACE, name=SERVICE, in_protocol=Soap11(), out_protocol=Soap11())
    application.transport = "http://schemas.xmlsoap.org/soap/http"
    wsdl = Wsdl11(application.interface)
    wsdl.event_manager.add_listener("wsdl_document_built", _bend)
    wsdl.build_interface_document(_ADDRESS)
    return Declaration(application, wsdl.get_interface_document())


def _service() -> Any:
    """A service class with a method for every operation."""
    from spyne import ServiceBase, rpc

    methods: dict[str, Any] = {"__service_name__": SERVICE, "__port_types__": (PORT,)}
    for operation in OPERATIONS:
        asked = (Field("login", "login", False), *fields(operation.content))
        methods[operation.name] = rpc(
            *(_typed(field) for field in asked),
            _returns=_model(operation.answer_type),
            _args=[field.name for field in asked],
            _in_message_name=operation.request,
            _out_message_name=operation.answer,
            _body_style="out_bare",
            _port_type=PORT,
        )(_stub(operation.name, [field.name for field in asked]))
    return type(SERVICE, (ServiceBase,), methods)


def _stub(name: str, arguments: Iterable[str]) -> Callable[..., None]:
    """A function of that name for Spyne to describe; the calls go to `operations`."""

    def stub(context: Any, *_: Any) -> None:
        return None

    stub.__name__ = name
    return stub


@cache
def _model(kind: str) -> Any:
    """Spyne's class for a kind."""
    from spyne import Boolean, Integer32, Unicode
    from spyne.model.complex import ComplexModel, ComplexModelMeta

    simple = {"string": Unicode, "int": Integer32, "boolean": Boolean}
    if kind in simple:
        return simple[kind]
    members = [(field.name, _typed(field)) for field in fields_of(kind)]
    return ComplexModelMeta(
        kind, (ComplexModel,), {"__namespace__": NAMESPACE, "__type_name__": kind, "_type_info": members}
    )


def _typed(field: Field) -> Any:
    model = _model(field.kind)
    if field.repeats:
        return model.customize(min_occurs=0, max_occurs="unbounded")
    return model.customize(min_occurs=int(field.name in ALWAYS))


def _bend(wsdl: Any) -> None:
    """What Spyne prints, as Centra prints it."""
    from lxml import etree

    actions = {operation.name: operation.action for operation in OPERATIONS}
    for binding in wsdl.root_elt.iter(f"{_WSDL}binding"):
        for operation in binding.iter(f"{_WSDL}operation"):
            operation.find(f"{_WSDL_SOAP}operation").set("soapAction", actions[operation.get("name")])
    for operation in wsdl.root_elt.find(f"{_WSDL}portType"):
        operation.attrib.pop("parameterOrder", None)
    etree.cleanup_namespaces(wsdl.root_elt, keep_ns_prefixes=["tns", "xs"])
