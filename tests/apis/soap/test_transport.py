"""What real ERP systems send, and what nobody should: envelopes, encodings, faults, attacks, the WSDL."""

import re
import time

import httpx
import pytest
from lxml import etree

from mockcentra.apis.soap.messages import NAMESPACE, OPERATIONS
from mockcentra.commerce.credentials import SOAP_PASSWORD, SOAP_USERNAME
from tests.erp import ENVELOPE, PATH, Erp, answer_in, fault_in, markup, product, products, sizes
from tests.warehouse import Warehouse

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
WSDL_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
LOGIN = markup({"login": {"username": SOAP_USERNAME, "password": SOAP_PASSWORD}})


def _message(envelope: str = "soap", message: str = "xmlns", content: str = "<type>size</type>") -> str:
    """A call of events_Get: the prefix of the envelope, and how the message names its namespace."""
    inner = f"{LOGIN}{content}"
    if message == "xmlns":
        request = f'<events_GetRequest xmlns="{NAMESPACE}">{inner}</events_GetRequest>'
    elif message == "none":
        request = f"<events_GetRequest>{inner}</events_GetRequest>"
    else:
        prefixed = re.sub(r"<(/?)", rf"<\1{message}:", inner)
        request = f'<{message}:events_GetRequest xmlns:{message}="{NAMESPACE}">{prefixed}</{message}:events_GetRequest>'
    return (
        f'<{envelope}:Envelope xmlns:{envelope}="{ENVELOPE}"><{envelope}:Header><a xmlns="urn:x"/></{envelope}:Header>'
        f"<{envelope}:Body>{request}</{envelope}:Body></{envelope}:Envelope>"
    )


@pytest.mark.parametrize("envelope", ["soap", "SOAP-ENV", "soapenv", "x"])
@pytest.mark.parametrize("message", ["xmlns", "ns1", "cen", "none"])
def test_prefixes_are_free(erp: Erp, envelope: str, message: str) -> None:
    assert answer_in(erp.post(_message(envelope, message))).name == "events_Get"


@pytest.mark.parametrize("action", [None, "", "events", f'"{NAMESPACE}Products_Update"'])
def test_soap_action_is_never_looked_at(erp: Erp, action: str | None) -> None:
    headers = {} if action is None else {"SOAPAction": action}
    assert answer_in(erp.post(_message(), **headers)).name == "events_Get"


def test_order_whitespace_comments_and_unknown_elements_do_not_matter(erp: Erp) -> None:
    body = f"""<?xml version="1.0"?>
    <!-- from the night run -->
    <s:Envelope xmlns:s="{ENVELOPE}">
      <s:Body>
        <c:events_GetRequest xmlns:c="{NAMESPACE}">
          <c:type>
             <!-- only these -->
             customer
          </c:type>
          <c:whatever><c:deep/></c:whatever>
          <?night run?>
          <c:login><c:password>{SOAP_PASSWORD}</c:password><c:username>{SOAP_USERNAME}</c:username></c:login>
        </c:events_GetRequest>
      </s:Body>
    </s:Envelope>"""
    answer = answer_in(erp.post(body))
    assert {event["type"] for event in answer.all("events/event")} == {"customer"}


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "UTF-8", "text/xml; charset=utf-8"),
        ("utf-8-sig", "UTF-8", "text/xml; charset=utf-8"),
        ("utf-8-sig", "UTF-8", "text/xml"),
        ("iso-8859-1", "ISO-8859-1", "text/xml"),
        ("iso-8859-1", "ISO-8859-1", 'text/xml; charset="iso-8859-1"'),
        ("iso-8859-1", "UTF-8", "text/xml; charset=ISO-8859-1"),
        ("utf-16", "UTF-16", "text/xml"),
        ("windows-1252", "windows-1252", "application/xml"),
    ],
)
def test_encodings(erp: Erp, warehouse: Warehouse, encoding: str, declared: str, content_type: str) -> None:
    erp.ok("sizes_Update", sizes())
    envelope = erp.envelope("products_Update", products(product("P1", description="Tröja för Åsa")))
    body = f'<?xml version="1.0" encoding="{declared}"?>\n{envelope}'.encode(encoding)
    assert answer_in(erp.post(body, content_type))["success"] == "true"
    found = warehouse.get("products", sku="P1")
    assert {row["product"] for row in found} == {"Tröja för Åsa"}


def test_bytes_that_do_not_fit_their_charset_are_a_fault(erp: Erp) -> None:
    body = erp.envelope("products_Update", products(product("P1", description="Tröja"))).encode("iso-8859-1")
    assert erp.fault(body)[0] == "Client"
    assert erp.fault(body, "text/xml; charset=klingon")[0] == "Client"


def test_texts_come_back_as_they_were_sent(erp: Erp, warehouse: Warehouse) -> None:
    erp.ok("sizes_Update", sizes())
    name = '<Fröken> "O\'Brien" & 毛衣 🧶'
    body = erp.envelope("products_Update", products(product("P1", description="{name}")))
    body = body.replace("{name}", f'<![CDATA[<Fröken> "O\'Brien"]]> &amp; &#x6BDB;{chr(0x8863)} &#129526;')
    assert answer_in(erp.post(body))["success"] == "true"
    assert warehouse.get("products", sku="P1")[0]["product"] == name


# ------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n ",
        b"events, please",
        b"<a><b></a>",
        b"<order/>",
        b"\xff\xfe\x00",
        f'<s:Envelope xmlns:s="{ENVELOPE}"/>'.encode(),
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>text</s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><a/><b/></s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><events_GetRequest xmlns="urn:x"/></s:Body></s:Envelope>'.encode(),
        b"{}",
    ],
)
def test_what_is_no_message_is_a_fault(erp: Erp, body: bytes) -> None:
    assert erp.fault(body)[0] == "Client"


def test_another_soap_version_is_a_fault(erp: Erp) -> None:
    code, _ = erp.fault(_message().replace(ENVELOPE, "http://www.w3.org/2003/05/soap-envelope"))
    assert code in ("Client", "VersionMismatch")


def test_an_unknown_operation_is_named(erp: Erp) -> None:
    assert erp.fault(erp.envelope("vouchers_Update", {})) == ("Client", "Unknown operation: vouchers_Update")
    assert erp.fault(erp.envelope("events_GetResponse", {}))[0] == "Client"


@pytest.mark.parametrize(
    ("user", "password"),
    [("nobody", SOAP_PASSWORD), (SOAP_USERNAME, "no"), (SOAP_USERNAME.upper(), SOAP_PASSWORD), ("", "")],
)
def test_a_wrong_login_is_a_fault_that_tells_nothing(erp: Erp, user: str, password: str) -> None:
    body = erp.envelope("events_Get", {"type": "no such type"}, user, password)
    assert erp.fault(body) == ("Client", "Authentication failed")


def test_without_a_login_nothing_is_stored(erp: Erp, warehouse: Warehouse) -> None:
    erp.ok("sizes_Update", sizes())
    body = re.sub("<login>.*?</login>", "", erp.envelope("products_Update", products(product("P1"))))
    assert erp.fault(body) == ("Client", "Authentication failed")
    assert warehouse.get("products", sku="P1") == []


ATTACKS = {
    "laughs": '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>",
    "file": '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "remote": '<!DOCTYPE f SYSTEM "http://127.0.0.1:9/evil.dtd">',
    "parameter": '<!DOCTYPE f [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    "after a comment": "<!-- <!x> --><?x y?>\n<!DOCTYPE f>",
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused_at_once(erp: Erp, warehouse: Warehouse, attack: str, encoding: str) -> None:
    erp.ok("sizes_Update", sizes())
    content = products(product("P1", description="&x;"))
    body = f'<?xml version="1.0" encoding="{encoding}"?>{ATTACKS[attack]}{erp.envelope("products_Update", content)}'
    started = time.monotonic()
    code, text = erp.fault(body.replace("&amp;x;", "&x;").encode(encoding), "text/xml")
    assert time.monotonic() - started < 2
    assert (code, text) == ("Client", "A document type declaration is not allowed")
    assert warehouse.get("products", sku="P1") == []


def test_an_encoding_cannot_hide_a_document_type(erp: Erp) -> None:
    hidden = '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE f+AD4' + _message()
    assert erp.fault(hidden, "text/xml")[0] == "Client"


def test_a_document_type_in_a_text_is_a_text(erp: Erp) -> None:
    body = erp.envelope("events_Get", {"type": "{x}"}).replace("{x}", "<![CDATA[<!DOCTYPE html>]]>")
    assert erp.fault(body) == ("Client", "Unknown event type: <!DOCTYPE html>")


@pytest.mark.parametrize("levels", [300, 20_000])
def test_absurd_depth_is_a_fault(erp: Erp, levels: int) -> None:
    deep = "<a>" * levels + "</a>" * levels
    assert erp.fault(_message(content=deep))[0] == "Client"


def test_a_text_of_control_characters_does_no_harm(erp: Erp) -> None:
    assert erp.fault(_message(content="<type>a&#0;</type>"))[0] == "Client"
    assert erp.fault(_message(content="<type>a&unknown;</type>"))[0] == "Client"


# ------------------------------------------------------------------ HTTP


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_verbs_are_not_allowed(client: httpx.Client, method: str) -> None:
    response = client.request(method, PATH)
    assert response.status_code == 405
    assert response.headers["content-type"].startswith("text/xml")


def test_an_address_below_is_a_fault_too(client: httpx.Client) -> None:
    response = client.post(f"{PATH}/more")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/xml")


def test_every_answer_has_its_ids(erp: Erp) -> None:
    answers = [erp.post(_message()), erp.post(""), erp.client.get(f"{PATH}?wsdl")]
    ids = [answer.headers["x-centra-request-id"] for answer in answers]
    assert len(set(ids)) == 3
    for answer, request_id in zip(answers, ids, strict=True):
        assert re.fullmatch("[0-9a-f]{32}", request_id)
        assert answer.headers["x-correlation-id"] == f"centra_{request_id}"
    assert erp.post(_message(), **{"X-Correlation-ID": "my-id"}).headers["x-correlation-id"] == "my-id"


def test_prefixes_of_answers_are_those_that_clients_know(erp: Erp) -> None:
    text = erp.post(_message()).text
    assert "<SOAP-ENV:Envelope" in text
    assert "<ns1:events_Get>" in text


def test_spaces_have_a_queue_each(client: httpx.Client) -> None:
    here, there = Erp(client), Erp(client, f"/_space/other{PATH}")
    here.drain()
    assert there.events()


# ------------------------------------------------------------------ WSDL


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl=1"])
def test_the_wsdl_names_the_address_that_was_asked(client: httpx.Client, query: str) -> None:
    for base in ("", "/_space/mine"):
        response = client.get(f"{base}{PATH}?{query}", headers={"Host": "centra.local:8080"})
        assert response.headers["content-type"] == "text/xml; charset=utf-8"
        (address,) = etree.fromstring(response.content).iter(f"{WSDL_SOAP}address")
        assert address.get("location") == f"http://centra.local:8080{base}{PATH}"


def test_the_wsdl_declares_every_operation(client: httpx.Client) -> None:
    root = etree.fromstring(client.get(f"{PATH}?wsdl").content)
    assert root.get("targetNamespace") == NAMESPACE
    actions = {
        operation.get("name"): operation.find(f"{WSDL_SOAP}operation").get("soapAction")
        for operation in root.find(f"{WSDL}binding").iter(f"{WSDL}operation")
    }
    assert actions == {operation.name: operation.action for operation in OPERATIONS}
    assert root.find(f"{WSDL}service").get("name") == "Centra"


def test_the_application_starts_without_spyne() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from mockcentra.app import routed_app; from mockcentra.settings import Settings;"
        "routed_app(Settings()); print([name for name in ('spyne', 'lxml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_failure_inside_is_a_server_fault(erp: Erp, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("mockcentra.commerce.soap_queue.take_in", broken)
    response = erp.post(_message())
    code, text = fault_in(response)
    assert code == "Server"
    assert re.fullmatch("internal error [0-9a-f]{8}", text)
    assert "secret" not in response.text
