"""Events, addresses and logs carry ids, codes and dates, never who somebody is (docs/architecture.md, rule 7)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor

from gateway.access_log import look
from gateway.api.operations import api
from gateway.pages.lists import PARAMETERS
from tests.guards.parts import event_types, gateway_rpcs, nodes

#: All fields that events have. A new one is added here once it is sure that it discloses nothing about anybody.
EVENT_FIELDS = {
    *("account_id", "applicant_account_id", "certificate_id", "dossier_id", "message_id", "register_entry_id"),
    *("verification_id", "identity_fingerprint", "former_fingerprint", "phone_fingerprint"),  # keyed
    *("applicant_ward", "ward", "dossier_code", "procedure", "procedure_version", "register", "number", "year"),
    *("channel", "kind", "sequence", "status", "template"),
    "delivery",  # by which way somebody asks to be given the result, or was given it
    "posted_number",  # of the item: capitals and digits, as the post gives it
    "fields",  # pointers and kinds of papers, without those that disclose something restricted
    "renewed",  # whether an approval is told again
    *("assistance", "station_ward", "station_id", "session_id", "minutes", "pages"),  # how a filing came about
    *("changed_at", "closed_at", "departed_at", "signed_out_at"),
    "staff_id",  # who has left the office, for the dossiers that they had taken on
    *(
        "activated_at",
        "delivered_at",
        "due_at",
        "failed_at",
        "happened_at",
        "issued_at",
        "noted_at",
        "opened_at",
        "registered_at",
    ),
}
#: What an address is made of besides ids: names of wards, pages, acts and kinds, the number of a page, a day; and the
#: ids that are `id` in the request of their RPC.
IN_ADDRESSES = {
    "slug",
    "ward",
    "code",
    "day",
    "kind",
    "name",
    "act",
    "register",
    "blank",
    "id",
    "number",
    "phrase",
    "consent",
    "question",
}
#: What pages read after the question mark: a ward, a place in a list, a year, a week, a day, the id of an entry or a
#: station, the number of a question, the id of a note that is written anew.
IN_QUERIES = {"phuong", "sau", "nam", "tuan", "ngay", "muc", "diem", "cau", "vi", "tep", "ban", "viet-lai"}
#: What narrows the office's lists; `tim` is a sealed id, `ve` is all this of the list that a page was opened from.
OF_LISTS = {"viec", "trang-thai", "han", "thu-tuc", "nguoi", "tim", "ho-so", "ve"}
#: Parameters of the API: what was typed to find somebody is `search`, a sealed id.
IN_QUERIES_OF_THE_API = {
    *("act", "after", "assigned", "cursor", "due", "from", "limit", "on", "procedure", "purpose", "queue", "search"),
    *("returned", "seen", "since", "status", "to", "until", "version", "ward", "year"),
}
_PERSONAL = re.compile(
    r"(?<!file)(?<!host)name$|phone|e?mail|address|birth|born|identity|ethnic|cause|form|text|reason|note|otp|password|login|sex"
)


def fields_of(message: Descriptor) -> Iterator[str]:
    for field in message.fields:
        part = field.message_type
        if part is not None and part.full_name.startswith("caunoi."):
            yield from fields_of(part)
        else:
            yield field.name


def test_no_event_has_a_field_that_could_name_somebody() -> None:
    assert {name for message in event_types().values() for name in fields_of(message)} == EVENT_FIELDS


def test_addresses_are_made_of_ids_and_names_of_things() -> None:
    routes = [
        node.value
        for _, node in nodes("gateway")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/")
    ]
    parts = {part for route in routes for part in re.findall(r"<(?:\w+:)?(\w+)>", route)}
    ids = {name.removesuffix("_id") for rpc in gateway_rpcs() for name in rpc.descriptor.fields_by_name}
    ids -= {name for rpc in gateway_rpcs() for name in rpc.descriptor.fields_by_name}
    assert {"dossier", "entry"} <= ids
    assert parts - ids == IN_ADDRESSES


def test_pages_read_nothing_personal_from_an_address() -> None:
    read = {
        node.args[0].value
        for _, node in nodes("gateway/pages")
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func) == "request.args.get"
        and isinstance(node.args[0], ast.Constant)
    }
    assert read | {name for names in PARAMETERS.values() for name in names} == IN_QUERIES | OF_LISTS


def test_the_api_reads_nothing_personal_from_an_address() -> None:
    read = {field.alias or name for each in api.operations for name, field in each.query.model_fields.items()}
    assert read == IN_QUERIES_OF_THE_API


def test_log_lines_have_no_member_for_what_somebody_is_or_wrote() -> None:
    members = {
        keyword.arg
        for _, node in nodes("services", "gateway")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log"
        for keyword in node.keywords
        if keyword.arg
    }
    assert members
    assert sorted(name for name in members if _PERSONAL.search(name)) == []


def test_what_a_person_reads_about_looks_at_their_data_is_in_words() -> None:
    """People read every look at their data that is recorded."""
    recorded = {
        ast.unparse(node.args[1])
        for _, node in nodes("services")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record" and len(node.args) == 4
    }
    actions = {ast.literal_eval(text) for text in recorded if text.startswith("'")}
    assert {"view-dossier", "view-entry", "view-contact"} <= actions
    assert sorted(action for action in actions if look(action) == action) == []


def test_engines_are_made_where_their_faults_are_kept_from_quoting_what_people_wrote() -> None:
    makers = {
        path
        for path, node in nodes("services", "gateway")
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith("create_engine")
    }
    assert makers == {"services/chassis/database/connection.py"}
