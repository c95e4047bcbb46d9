"""HTTP around the SOAP API: the endpoint, the WSDL, the login, and what goes wrong as a fault (soap-api.md 2 to 4)."""

import logging
import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from mockcentra.commerce.credentials import SOAP_PASSWORD, SOAP_USERNAME
from mockcentra.store import Space

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState
    from lxml.etree import _Element

PREFIX = "/ams/system/service/module/soap/api"
CONTENT_TYPE = "text/xml; charset=utf-8"

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_FAULT_CODES = {True: "Server", False: "Client"}

log = logging.getLogger("mockcentra")


def blueprint() -> Blueprint:
    """The address, with every verb: what is not a call or the WSDL is answered with 405 by the API itself."""
    blueprint = Blueprint("soap", __name__)
    for name, rule in (("endpoint", PREFIX), ("endpoint_slash", PREFIX + "/")):
        blueprint.add_url_rule(rule, name, _answer, methods=_METHODS, provide_automatic_options=False)
    blueprint.record_once(_introduce)
    return blueprint


def _introduce(state: "BlueprintSetupState") -> None:
    """Tells the application how errors below the address are phrased, and what is emulated."""
    state.app.extensions["mockcentra.errors"].append((PREFIX, _phrased))
    state.app.extensions["mockcentra.operations"]["soap"] = _operations


def _operations() -> list[str]:
    from mockcentra.apis.soap.messages import OPERATIONS

    return [operation.name for operation in OPERATIONS]


def _phrased(status: int, code: str, message: str) -> Response:
    return _response(fault_text(_FAULT_CODES[status >= 500], message), status)


# ------------------------------------------------------------------ one request


def _answer() -> Response:
    if request.method in ("GET", "HEAD") and "wsdl" in {name.lower() for name in request.args}:
        from mockcentra.apis.soap.declaration import declaration

        return _response(declaration().wsdl(request.base_url.rstrip("/")), 200)
    if request.method != "POST":
        response = _response(
            fault_text("Client", f"{request.method} is not possible here: use POST, or GET ?wsdl"), 405
        )
        response.headers["Allow"] = "GET, POST"
        return response
    from mockcentra.apis.soap.envelope import SoapFault

    try:
        return _response(_call(request.environ["mockcentra.space"]), 200)
    except SoapFault as fault:
        return _response(fault_text(fault.code, fault.text), 500)
    except Exception as error:
        error_id = secrets.token_hex(4)
        log.error("error %s: %s", error_id, request.path, exc_info=error)
        return _response(fault_text("Server", f"internal error {error_id}"), 500)


def _call(space: Space) -> str:
    """Carries out what the message asks for; returns the envelope of the answer."""
    from mockcentra.apis.soap import operations, wire
    from mockcentra.apis.soap.declaration import declaration
    from mockcentra.apis.soap.envelope import SoapFault, operation_name, request_element
    from mockcentra.apis.soap.messages import fields

    element = request_element(request.get_data(cache=False), _charset())
    name = operation_name(element)
    operation = declaration().operation(name)
    if operation is None:
        raise SoapFault(f"Unknown operation: {name}")
    _check_login(element)
    content = wire.read(element, fields(operation.content))
    answer = operations.run(operation.name, space.store, content)
    message = wire.write(operation.answer, operation.answer_type, answer)
    return (
        f'{_DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="{_ENVELOPE}" {wire.root_namespace()}>'
        f"<SOAP-ENV:Body>{message}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    )


def _charset() -> str | None:
    return request.mimetype_params.get("charset", "").strip().strip("'\"") or None


def _check_login(element: "_Element") -> None:
    """The same answer for a wrong user, a wrong password and no login at all (soap-api.md 3)."""
    from mockcentra.apis.soap.envelope import SoapFault
    from mockcentra.apis.soap.wire import login_of

    if login_of(element) != (SOAP_USERNAME, SOAP_PASSWORD):
        raise SoapFault("Authentication failed")


# ------------------------------------------------------------------ answers


def fault_text(code: str, text: str) -> str:
    """An envelope with a fault; its children have no namespace."""
    from mockcentra.apis.soap.wire import escaped

    return (
        f'{_DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="{_ENVELOPE}"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        f"<faultcode>SOAP-ENV:{code}</faultcode><faultstring>{escaped(text)}</faultstring>"
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    )


def _response(body: Any, status: int) -> Response:
    request_id = secrets.token_hex(16)
    response = Response(body, status, content_type=CONTENT_TYPE)
    response.headers["X-Centra-Request-ID"] = request_id
    response.headers["X-Correlation-ID"] = request.headers.get("X-Correlation-ID") or f"centra_{request_id}"
    return response
