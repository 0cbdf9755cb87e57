"""What we write is valid by the schemas of OASIS (ebMS 3.0 header) and the W3C (SOAP 1.2), where these are at hand."""

import msgspec
import pytest
from lxml import etree

from gateway.as4 import Error, Fault, error_for, receipt_for
from tests.as4.wires import AT, LIST, MESSAGE, one, soap_of, wire

_XS = "http://www.w3.org/2001/XMLSchema"
# What the two import and is not beside them: the few attributes that they use of it.
_MISSING = {
    "envelope.xsd": f'<s:schema xmlns:s="{_XS}" targetNamespace="http://schemas.xmlsoap.org/soap/envelope/">'
    '<s:attribute name="mustUnderstand" type="s:boolean"/></s:schema>',
    "xml.xsd": f'<s:schema xmlns:s="{_XS}" targetNamespace="http://www.w3.org/XML/1998/namespace">'
    '<s:attribute name="lang" type="s:language"/></s:schema>',
}


class _Beside(etree.Resolver):
    def resolve(self, url, public_id, context):
        missing = _MISSING.get(url.rpartition("/")[2])
        return self.resolve_string(missing, context) if missing else None


@pytest.fixture(scope="module")
def schema(shared_data) -> etree.XMLSchema:
    parser = etree.XMLParser()
    parser.resolvers.add(_Beside())
    return etree.XMLSchema(etree.parse(shared_data / "emswe" / "oasis-xsd" / "multiple.xsd", parser))


def _valid(schema, root) -> None:
    schema.assertValid(root)
    schema.assertValid(etree.ElementTree(one(root, "Messaging")))


def test_messages_and_answers_are_valid(schema):
    between = wire()
    packed = between.pack(LIST)
    got = between.sent(packed)
    receipt = receipt_for(got, id="r@x", at=AT, profile=between.profile, own=between.window.own)
    fault = Fault(
        (Error(code="EBMS:0101", name="FailedAuthentication", category="Processing", detail="why"),), MESSAGE.id
    )
    error = error_for(fault, id="e@x", at=AT, profile=between.profile, own=between.window.own)
    bare = msgspec.structs.replace(MESSAGE, agreement="", agreement_type="", service_type="", mpc="", pmode="")
    for sent in (packed, between.pack(message=bare), receipt, error):
        _valid(schema, soap_of(sent))


def test_the_schema_would_see_a_mistake(schema):
    root = soap_of(wire().pack(LIST))
    found = one(root, "Action")
    found.getparent().remove(found)
    with pytest.raises(etree.DocumentInvalid):
        _valid(schema, root)
