"""One ward behind the pages: real procedure, real findings on forms, everything else in memory."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import learning_pb2 as learning_v1
from caunoi.accounts.v1 import recovery_pb2 as recovery_v1
from caunoi.accounts.v1 import staff_pb2
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from caunoi.notifications.v1 import notifications_pb2 as notifications_v1
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.opening import Details, doubts_of, faults_of
from services.accounts.use_cases.opening import Verified
from services.accounts.views.people import verified
from services.chassis.grpc.rpc import decoder
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found, stale
from services.dossiers import forms as filled
from services.dossiers.domain.fields import leaves
from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.noted_changes import CHANGEABLE, stands_at
from services.dossiers.domain.notes import kinds_in
from services.dossiers.domain.register import REGISTERS
from services.dossiers.forms import findings, merge
from services.dossiers.views.dossiers import status_names
from services.dossiers.views.procedures import procedure as procedure_message
from services.dossiers.views.procedures import procedures
from tests.conftest import NAM_DUONG
from tests.district import PRACTICE
from tests.unit.dossiers.worlds import CATALOGUE
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.stations import INITIAL_PASSWORD, Stations

TODAY = date(2020, 10, 6)
OTP = "271828"
PASSWORD = "con thuyền trên sông Hàn"  # of a person that does not exist
CODE = "009.01.01.H17-201006-0001"
KEY = "ABCD-EFGH-JKMN"
#: Logins of people in the ward: an officer who is also the one-stop desk, and a signer.
OFFICER, SIGNER = "motcua.nam-duong", "chutich.nam-duong"
#: The addresses of the registers' search and of the register books.
SEARCH, BOOKS = "/can-bo/so-ho-tich", "/can-bo/cac-quyen-so"
_KINDS = {
    FindingKind.STOPS: dossiers_v1.FINDING_KIND_STOPS,
    FindingKind.WARNS: dossiers_v1.FINDING_KIND_WARNS,
    FindingKind.INFORMS: dossiers_v1.FINDING_KIND_INFORMS,
    FindingKind.ASKS_OFFICER: dossiers_v1.FINDING_KIND_ASKS_OFFICER,
}

#: Calls that also go to other wards, which know nobody.
ELSEWHERE = ("ListOwnDossiersRequest", "ListOwnAccessLogRequest", "FindHomeWardRequest", "RequestRecoveryRequest")
_procedure = cache(procedure_message)  # with its whole form, which every page of a draft asks for
_application = decoder(Details, accounts_v1.VerifyApplicationRequest.DESCRIPTOR)


def at(hour: int, minute: int = 0) -> Timestamp:
    """A moment of the day of the tests, in Đà Nẵng."""
    made = Timestamp()
    made.FromDatetime(datetime(2020, 10, 6, hour - 7, minute, tzinfo=UTC))
    return made


class Ward(Stations):
    """Answers what the pages ask of phường Nam Dương; `people` by login, `dossiers` by id."""

    def __init__(self, wards: FakeWards) -> None:
        super().__init__()
        self.catalogue = CATALOGUE
        self.dossiers: dict[str, dossiers_v1.Dossier] = {}
        self.contents: dict[str, bytes] = {}
        self.entries: dict[str, dossiers_v1.FoundEntry] = {}
        self.queues: list[tuple[str, str, str, int]] = []  # additional queues beside those of every desk
        self.searches: dict[str, dossiers_v1.StartSearchRequest] = {}
        self.certificate = dossiers_v1.CertificateStatus(status="valid", paper="Giấy khai sinh", number="1/2020")
        self.blanks = [
            dossiers_v1.Blank(name=name, title=title, version=1)
            for name, title in (
                ("birth-certificate", "Giấy khai sinh (bản chính)"),
                ("marriage-certificate", "Giấy chứng nhận kết hôn"),
            )
        ]
        self.books = [
            dossiers_v1.Book(
                register="birth",
                title="đăng ký khai sinh",
                year=2020,
                label="01-TP/HT-2020-KS",
                first_number=1,
                opened_at=at(8),
            )
        ]
        self.people = {
            "0905123456": self.person("Trần Thị Bông", "citizen"),
            OFFICER: self.person("Lê Thị Hoa", "receptionist", "civil_status_officer"),
            SIGNER: self.person("Huỳnh Thị Mai", "signer"),
            "quantri.nam-duong": self.person("Ngô Văn Bảo", "ward_admin"),
            "tinhnguyen.nam-duong": self.person("Phan Thị Chín", "volunteer"),
        }
        self.signed_in: accounts_v1.Account | None = None
        self.papers: list[recovery_v1.SeenPaper] = []
        self.learning = learning_v1.OwnLearning(able_alone=True, able_since=at(8))
        self.refresh_answer: accounts_v1.Session | Refusal | None = None
        self.expires_in = 600
        for name in (method for method in dir(self) if method.startswith("rpc_")):
            wards.answers("".join(part.title() for part in name[4:].split("_")), self._only_here(getattr(self, name)))

    @staticmethod
    def _only_here(method: Any) -> Any:
        def script(ward: str, request: Any) -> Any:
            answer = method(request)
            if ward in (NAM_DUONG, PRACTICE):  # one memory: the tests look at who asked which of them
                return answer
            if type(request).__name__ in ELSEWHERE:
                return type(answer)()
            raise AssertionError(f"{ward} is not to be asked for {type(request).__name__}")

        return script

    def person(self, name: str, *roles: str) -> accounts_v1.Account:
        return accounts_v1.Account(
            id=str(uuid4()),
            ward=NAM_DUONG,
            full_name=name,
            roles=roles,
            status=accounts_v1.ACCOUNT_STATUS_ACTIVE,
            phone_masked="•••••••456",
            identity_number_masked="•••••••••123",
            identity_kind="cccd",
            identity_level=1 if "citizen" in roles else 0,
            date_of_birth="1956-03-27",
            address="12 Lê Đình Dương, tổ 5",
        )

    # accounts

    def rpc_verify_application(self, request: Any) -> Any:
        faults = faults_of(_application(request), TODAY, read_mobile)
        return verified(Verified(faults, doubts_of(_application(request))))

    def rpc_open_account(self, request: Any) -> Any:
        if "x" in request.identity_number:
            raise invalid("invalid-account", "Còn chỗ chưa đúng.", FieldFault("identity_number", "Số gồm 12 chữ số."))
        return accounts_v1.OpenAccountResponse(account_id=str(uuid4()), phone_masked="•••••••456")

    rpc_resend_activation_code = rpc_open_account

    def rpc_activate_account(self, request: Any) -> Any:
        self._right_code(request.otp)
        return accounts_v1.Account(id=request.account_id, ward=NAM_DUONG)

    def rpc_find_home_ward(self, request: Any) -> Any:
        return accounts_v1.FindHomeWardResponse(ward=NAM_DUONG if request.login in self.people else "")

    def rpc_create_session(self, request: Any) -> Any:
        account = self.people.get(request.login)
        if account is None or request.password not in (PASSWORD, INITIAL_PASSWORD):
            raise Refusal(Kind.UNAUTHENTICATED, "wrong-credentials", "Số hoặc mật khẩu chưa đúng. Xin nhập lại.")
        if request.password == INITIAL_PASSWORD and not request.new_password:
            raise conflict("password-to-change", "Mật khẩu này do phường cấp.")
        self._good_password(request.new_password or PASSWORD)
        self.signed_in = account
        return self.session(account)

    def rpc_open_practice(self, _: Any) -> Any:
        account = self.person("Nguyễn Thị Tập Mai", "citizen")
        account.ward = PRACTICE
        answer = self.session(account)
        answer.access_token = f"practice-{answer.access_token}"
        return answer

    def rpc_list_practice_messages(self, _: Any) -> Any:
        text = f"TAP THU: Ma xac nhan nop ho so: {OTP}. Het han luc 9h40."
        message = notifications_v1.PracticeMessage(id=str(uuid4()), at=at(9), text=text)
        return notifications_v1.ListPracticeMessagesResponse(messages=[message])

    def rpc_change_password(self, request: Any) -> Any:
        if request.password != PASSWORD:
            raise invalid("wrong-password", "Chưa đúng.", FieldFault("password", "Mật khẩu đang dùng không đúng."))
        self._good_password(request.new_password)
        assert self.signed_in is not None
        return self.session(self.signed_in)

    # recovery and changes

    def rpc_request_recovery(self, request: Any) -> Any:
        return recovery_v1.RequestRecoveryResponse(recovery_id=str(uuid4()), expires_at=at(9, 10))

    def rpc_recover_account(self, request: Any) -> Any:
        self._right_code(request.otp)
        self._good_password(request.new_password)
        return Empty()

    def _own_password(self, request: Any) -> None:
        if request.password != PASSWORD:
            raise invalid("wrong-password", "Chưa đúng.", FieldFault("password", "Mật khẩu đang dùng không đúng."))

    def rpc_request_phone_change(self, request: Any) -> Any:
        self._own_password(request)
        if read_mobile(request.phone) is None:
            raise invalid("invalid-phone", "Sai.", FieldFault("phone", "Số di động gồm 10 chữ số."))
        return recovery_v1.PhoneChange(
            change_id=str(uuid4()), old_phone_masked="•••••••456", new_phone_masked="•••••••888"
        )

    def rpc_change_phone(self, request: Any) -> Any:
        for name in ("old_otp", "new_otp"):
            if getattr(request, name) != OTP:
                raise invalid("wrong-code", "Mã không đúng.", FieldFault(name, "Mã không đúng."))
        account = self.rpc_get_own_account(request)
        account.filing_from.CopyFrom(at(9))
        return account

    def rpc_change_email(self, request: Any) -> Any:
        self._own_password(request)
        account = self.rpc_get_own_account(request)
        account.email = request.email
        return account

    def rpc_change_address(self, request: Any) -> Any:
        self._own_password(request)
        account = self.rpc_get_own_account(request)
        account.address = request.address
        return account

    # the desk and accounts

    def _at_desk(self) -> Any:
        account = self.people["0905123456"]
        return recovery_v1.AccountAtDesk(account=account, papers=self.papers, email_masked="b•••@example.com")

    def rpc_find_account(self, request: Any) -> Any:
        if request.identity_number != "048156000123":
            raise not_found("unknown-account", "Không có tài khoản nào mang số giấy tờ này.")
        return self._at_desk()

    def rpc_get_account(self, _: Any) -> Any:
        return self._at_desk()

    def _seen(self, request: Any, purpose: str, ground: str = "") -> None:
        assert request.original_seen
        if request.identity_number != "048156000123":
            raise invalid("identity-differs", "Khác.", FieldFault("identity_number", "Số trên bản chính không khớp."))
        about = {"identity_kind": request.identity_kind, "purpose": purpose, "ground": ground}
        self.papers.append(recovery_v1.SeenPaper(at=at(9), who="Lê Thị Hoa", **about))

    def rpc_confirm_identity(self, request: Any) -> Any:
        self._seen(request, "confirm-identity")
        self.people["0905123456"].identity_level = 2
        self.people["0905123456"].identity_seen_at.CopyFrom(at(9))
        return self._at_desk()

    def rpc_request_phone_replacement(self, request: Any) -> Any:
        self._seen(request, "replace-phone")
        return recovery_v1.PhoneChange(change_id=str(uuid4()), new_phone_masked="•••••••888")

    def rpc_replace_phone(self, request: Any) -> Any:
        self._right_code(request.otp)
        self.people["0905123456"].phone_masked = "•••••••888"
        return self._at_desk()

    def rpc_replace_identity_paper(self, request: Any) -> Any:
        assert request.original_seen
        if request.identity_number != "201123456":
            raise invalid("identity-differs", "Khác.", FieldFault("identity_number", "Số giấy tờ cũ không khớp."))
        if request.new_identity_number == "048156000999":
            fault = FieldFault("new_identity_number", "Số giấy tờ mới đã có tài khoản khác ở phường này.")
            raise Refusal(Kind.EXISTS, "account-exists", fault.text, fields=(fault,))
        account = self.people["0905123456"]
        account.identity_kind, account.identity_number_masked = request.new_identity_kind, "•••••••••007"
        account.identity_level = 2
        paper = {"identity_kind": request.new_identity_kind, "replaced_kind": request.identity_kind}
        about = {"purpose": "replace-identity-paper", "ground": request.ground}
        self.papers.append(recovery_v1.SeenPaper(at=at(9), who="Lê Thị Hoa", **paper, **about))
        return self._at_desk()

    def rpc_close_account(self, request: Any) -> Any:
        self._seen(request, "close-account", request.reason)
        self.people["0905123456"].status = accounts_v1.ACCOUNT_STATUS_CLOSED
        return self._at_desk()

    @staticmethod
    def _good_password(password: str) -> None:
        if len(password) < 8:
            raise invalid("invalid-password", "Ngắn quá.", FieldFault("new_password", "Mật khẩu cần ít nhất 8 ký tự."))

    def session(self, account: accounts_v1.Account) -> accounts_v1.Session:
        return accounts_v1.Session(
            access_token=f"access-{uuid4().hex}",
            expires_in=self.expires_in,
            refresh_token=uuid4().hex,
            account=account,
        )

    def rpc_refresh_session(self, _: Any) -> Any:
        if isinstance(self.refresh_answer, Refusal):
            raise self.refresh_answer
        assert self.refresh_answer is not None, "nobody was to renew a session"
        return self.refresh_answer

    def rpc_end_session(self, _: Any) -> Any:
        return Empty()

    def rpc_get_own_account(self, _: Any) -> Any:
        return self.signed_in or self.people["0905123456"]

    def rpc_get_own_learning(self, _: Any) -> Any:
        return self.learning

    def rpc_list_own_access_log(self, request: Any) -> Any:
        of: Any = sys.modules[type(request).__module__]
        entry = of.AccessLogEntry(at=at(9), who="Lê Thị Hoa, công chức", role="receptionist", action="view-dossier")
        return of.ListOwnAccessLogResponse(entries=[entry])

    # dossiers

    def rpc_get_procedure(self, request: Any) -> Any:
        found = dossiers_v1.Procedure()
        found.CopyFrom(_procedure(self.catalogue.get(request.code, TODAY)))
        return found

    def rpc_create_draft(self, request: Any) -> Any:
        procedure = self.catalogue.get(request.procedure, TODAY)
        dossier = dossiers_v1.Dossier(
            id=str(uuid4()),
            ward=NAM_DUONG,
            procedure=procedure.code,
            procedure_version=procedure.version,
            procedure_name=procedure.name,
            version=1,
            form_json="{}",
            created_at=at(9),
            channel=request.channel or "online",
            handover=dossiers_v1.Handover(register_signed=procedure.handover.register_signed.value),
            comparable=True,
            prefilled_known=True,
        )
        self.moves_to(dossier, procedure.register.name)
        self.dossiers[dossier.id] = dossier
        return self._judged(dossier)

    @staticmethod
    def moves_to(dossier: dossiers_v1.Dossier, register: str) -> None:
        """Makes it a dossier whose result is entered in another register."""
        dossier.register = register
        dossier.approval_asks[:] = (*REGISTERS[register].approval_asks, "note")

    def _judged(self, dossier: dossiers_v1.Dossier) -> dossiers_v1.Dossier:
        del dossier.findings[:]
        procedure = self.catalogue.get(dossier.procedure, TODAY)
        kinds = {one.kind for one in dossier.documents}
        for one in findings(procedure, json.loads(dossier.form_json), kinds, TODAY):
            harmless = procedure.harmless.covers(one.check, one.field)
            dossier.findings.add(
                field=one.field, check=one.check, kind=_KINDS[one.kind], text=one.text, harmless=harmless
            )
        answers = filled.answers(procedure, json.loads(dossier.form_json))
        dossier.asked[:] = answers.by_pointer
        dossier.tellable[:] = filled.tellable(procedure)
        dossier.about_filer[:] = filled.about_filer(procedure, answers)
        return dossier

    def _of(self, request: Any) -> dossiers_v1.Dossier:
        if request.dossier_id not in self.dossiers:
            raise not_found("unknown-dossier", "Không tìm thấy hồ sơ này.")
        dossier = self.dossiers[request.dossier_id]
        if getattr(request, "expected_version", 0) not in (0, dossier.version):
            raise stale()
        return dossier

    def rpc_save_form(self, request: Any) -> Any:
        dossier = self._of(request)
        patch = json.loads(request.form_json)
        form = merge(json.loads(dossier.form_json), patch)
        dossier.prefilled[:] = [one for one in dossier.prefilled if one not in dict(leaves(patch))]
        dossier.form_json = json.dumps(form, ensure_ascii=False)
        dossier.version += 1
        return self._judged(dossier)

    def rpc_get_dossier(self, request: Any) -> Any:
        return self._of(request)

    def rpc_get_history(self, request: Any) -> Any:
        entry = dossiers_v1.HistoryEntry(
            sequence=1, at=at(9), action="submitted", status=1, text="Hồ sơ được gửi đến.", actor="Người nộp hồ sơ"
        )
        return dossiers_v1.GetHistoryResponse(entries=[entry] if self._of(request).status else [])

    def rpc_add_document(self, request: Any) -> Any:
        if request.content.startswith(b"MZ"):
            raise invalid(
                "unknown-file-type", "Chỉ nhận ảnh JPEG, PNG hoặc tệp PDF.", FieldFault("file", "Chỉ nhận ảnh.")
            )
        dossier = self._of(request)
        document = dossier.documents.add(
            id=str(uuid4()),
            kind=request.kind,
            filename=request.filename,
            media_type="image/jpeg",
            size=len(request.content),
            removable=True,
        )
        self.contents[document.id] = request.content
        dossier.version += 1
        self._judged(dossier)
        return document

    def rpc_delete_draft(self, request: Any) -> Any:
        del self.dossiers[self._of(request).id]
        return Empty()

    def rpc_remove_document(self, request: Any) -> Any:
        dossier = self._of(request)
        left = [one for one in dossier.documents if one.id != request.document_id]
        del dossier.documents[:]
        dossier.documents.extend(left)
        return self._judged(dossier)

    def rpc_get_document(self, request: Any) -> Any:
        document = next(one for one in self._of(request).documents if one.id == request.document_id)
        return dossiers_v1.DocumentContent(document=document, content=self.contents[document.id])

    def rpc_request_confirmation(self, request: Any) -> Any:
        self._of(request)
        return dossiers_v1.Confirmation(id=str(uuid4()), phone_masked="•••••••456", expires_at=at(10))

    def rpc_submit_dossier(self, request: Any) -> Any:
        dossier = self._of(request)
        self._right_code(request.otp)
        self.file(dossier)
        return dossiers_v1.SubmitDossierResponse(dossier=dossier, tracking_key=KEY)

    def file(self, dossier: dossiers_v1.Dossier) -> None:
        """Puts a dossier into the state that filing leads to."""
        dossier.MergeFrom(
            dossiers_v1.Dossier(
                code=CODE,
                status=1,
                status_text="Mới đăng ký",
                waits_for="Chờ Bộ phận Một cửa kiểm tra",
                tracking_key=KEY,
                submitted_at=at(9),
                due_at=at(17, 30),
                channel="online",
                assistance="alone",
                applicant_name="Trần Thị Bông",
                actions=["withdrawal"],
            )
        )
        dossier.version += 1

    def rpc_supplement_dossier(self, request: Any) -> Any:
        dossier = self._of(request)
        form = merge(json.loads(dossier.form_json), json.loads(request.form_json or "{}"))
        dossier.form_json = json.dumps(form, ensure_ascii=False)
        dossier.supplement_request.right_as_it_is = request.right_as_it_is or request.remark
        self._judged(dossier)
        del dossier.actions[:]
        dossier.status, dossier.status_text = 2, "Được tiếp nhận"
        return dossier

    def rpc_withdraw_dossier(self, request: Any) -> Any:
        dossier = self._of(request)
        dossier.status, dossier.status_text = 7, "Công dân yêu cầu rút hồ sơ"
        return dossier

    def rpc_list_own_dossiers(self, _: Any) -> Any:
        summaries = [
            dossiers_v1.DossierSummary(
                id=one.id,
                ward=one.ward,
                code=one.code,
                procedure=one.procedure,
                procedure_name=one.procedure_name,
                subject_name=one.subject_name,
                status=one.status,
                status_text=one.status_text,
                due_at=one.due_at,
                overdue=one.overdue,
                result_annulled=one.result_annulled,
            )
            for one in self.dossiers.values()
        ]
        return dossiers_v1.ListDossiersResponse(dossiers=summaries)

    def rpc_list_desk(self, request: Any) -> Any:
        listed: dossiers_v1.ListDossiersResponse = self.rpc_list_own_dossiers(request)
        listed.next_cursor = "" if request.cursor else "onward"
        listed.statuses.extend(status_names())
        listed.overdue = sum(one.overdue for one in self.dossiers.values())
        if request.search:
            listed.query = self._search(request.search).query
        return listed

    def rpc_list_queues(self, _: Any) -> Any:
        overdue = sum(one.overdue for one in self.dossiers.values())
        waiting = [("overdue", "Đã quá hạn", "", overdue), ("to-accept", "Chờ tiếp nhận", "receptionist", 100)]
        waiting += self.queues
        queues = [dossiers_v1.Queue(name=name, text=text, role=role, count=n) for name, text, role, n in waiting]
        return dossiers_v1.ListQueuesResponse(queues=queues)

    def rpc_start_search(self, request: Any) -> Any:
        if request.register and not request.reason:
            raise invalid("missing-field", "Xin ghi lý do.", FieldFault("reason", "Xin ghi lý do tra cứu."))
        id = f"sealed-{len(self.searches)}"
        self.searches[id] = request
        return dossiers_v1.StartSearchResponse(id=id, expires_at=at(11))

    def _search(self, id: str) -> Any:
        if id not in self.searches:
            raise invalid("search-expired", "Xin tìm lại.", FieldFault("search", "Xin tìm lại."))
        return self.searches[id]

    def rpc_track_dossier(self, request: Any) -> Any:
        if (request.code, request.key) != (CODE, KEY):
            raise not_found("unknown-dossier", "Không tìm thấy hồ sơ với hai mã này.")
        return dossiers_v1.TrackedDossier(
            code=CODE,
            procedure_name="Đăng ký khai sinh",
            status=5,
            status_text="Yêu cầu bổ sung giấy tờ",
            paused_at=at(9),
        )

    def rpc_verify_certificate(self, request: Any) -> Any:
        if request.certificate_id != f"{NAM_DUONG}-genuine":
            raise not_found("unknown-certificate", "Không có giấy tờ này.")
        return self.certificate

    # registers

    def entry(self, register: str, content: dict[str, Any]) -> dossiers_v1.FoundEntry:
        """Puts an entry into a register."""
        made = dossiers_v1.FoundEntry(
            id=str(uuid4()),
            register=register,
            year=2020,
            number=len(self.entries) + 1,
            registered_at=at(10),
            names=["NGUYỄN MINH AN · 12/09/2020"],
            certificate_id=f"{NAM_DUONG}-genuine",
            content_json=json.dumps(content, ensure_ascii=False),
            note_kinds=kinds_in(register),
            changeable=[
                dossiers_v1.Changeable(at=at, title=one.title, value_kind=one.value, value=stands_at(content, at))
                for at, one in CHANGEABLE.get(register, {}).items()
                if at.partition("/")[0] in content
            ],
        )
        self.entries[made.id] = made
        return made

    def rpc_search_register(self, request: Any) -> Any:
        asked = self._search(request.search)
        found = [entry for entry in self.entries.values() if entry.register == asked.register]
        onward = "" if request.cursor else "onward"
        return dossiers_v1.SearchRegisterResponse(entries=found, next_cursor=onward, asked=asked)

    def rpc_get_entry(self, request: Any) -> Any:
        if request.entry_id not in self.entries:
            raise not_found("unknown-entry", "Không tìm thấy mục này.")
        return self.entries[request.entry_id]

    def rpc_set_ministry_number(self, request: Any) -> Any:
        entry = self.entries[request.entry_id]
        if entry.ministry_number and not request.reason:
            raise invalid("missing-field", "Xin ghi vì sao.", FieldFault("reason", "Xin ghi vì sao sửa số."))
        entry.ministry_number = request.number
        entry.ministry_numbers.add(number=request.number, reason=request.reason, at=at(11), by="Phạm Thị Dung")
        return entry

    def rpc_note_entry(self, request: Any) -> Any:
        if not request.basis and not request.death_entry:
            raise invalid("missing-field", "Xin ghi căn cứ.", FieldFault("basis", "Xin ghi văn bản làm căn cứ."))
        entry = self.entries[request.entry_id]
        for each in [each for each in entry.proposed_notes if each.id == request.instead_of]:
            entry.proposed_notes.remove(each)
        entry.proposed_notes.add(
            id=str(uuid4()),
            kind=request.kind,
            text=request.text,
            basis=request.basis,
            at=at(11),
            prepared_by="Phạm Thị Dung",
            spouse_elsewhere=request.spouse_elsewhere,
            spouse_elsewhere_text=request.spouse_elsewhere_text,
            died_on=request.died_on,
            who_died=request.who_died,
            death_entry=request.death_entry,
            ended_marriages=[
                dossiers_v1.EndedMarriage(entry_id=each.entry_id, label="số 02/2020", by_this_death=each.by_this_death)
                for each in request.ended_marriages
            ],
            remarriages=[
                dossiers_v1.Remarriage(entry_id=each.entry_id, label="số 05/2020", of_spouse=each.of_spouse)
                for each in request.remarriages
            ],
            not_this_person=request.not_this_person,
        )
        return entry

    def rpc_decide_note(self, request: Any) -> Any:
        entry = self.entries[request.entry_id]
        [note] = [each for each in entry.proposed_notes if each.id == request.proposed_note_id]
        if request.confirmed:
            alike = set(dossiers_v1.EntryNote.DESCRIPTOR.fields_by_name) & {one.name for one, _ in note.ListFields()}
            signed = {"sequence": len(entry.notes) + 1, "at": at(12), "signer_name": "Võ Văn Nam", "counts": True}
            entry.notes.add(**{name: getattr(note, name) for name in alike} | signed)
            entry.proposed_notes.remove(note)
        elif not request.reason:
            raise invalid("missing-field", "Xin ghi lý do.", FieldFault("reason", "Xin ghi vì sao trả lại ghi chú."))
        else:
            note.returned_because = request.reason
        return entry

    def rpc_drop_note(self, request: Any) -> Any:
        entry = self.entries[request.entry_id]
        [note] = [each for each in entry.proposed_notes if each.id == request.proposed_note_id]
        entry.proposed_notes.remove(note)
        return entry

    def rpc_list_proposed_notes(self, request: Any) -> Any:
        waiting = [
            entry
            for entry in self.entries.values()
            if any(bool(each.returned_because) is request.returned for each in entry.proposed_notes)
        ]
        return dossiers_v1.ListProposedNotesResponse(entries=waiting)

    def rpc_list_books(self, request: Any) -> Any:
        return dossiers_v1.ListBooksResponse(books=self.books if request.year in (0, 2020) else [])

    def rpc_begin_book(self, request: Any) -> Any:
        self.books[0].first_number, self.books[0].last_number = request.paper_number + 1, request.paper_number
        return self.books[0]

    def rpc_close_book(self, request: Any) -> Any:
        if not request.full:
            raise conflict("year-not-over", "Sổ năm chỉ khóa vào ngày 31/12 hoặc sau đó.")
        return self.books[0]

    def rpc_list_administered_staff(self, _: Any) -> Any:
        return staff_pb2.ListAdministeredStaffResponse()

    def rpc_list_blanks(self, _: Any) -> Any:
        return dossiers_v1.ListBlanksResponse(blanks=self.blanks)

    def rpc_set_blank_offset(self, request: Any) -> Any:
        (own,) = [one for one in self.blanks if one.name == request.blank]
        if request.expected_version not in (0, own.version):
            raise stale()
        own.version += 1
        own.dx, own.dy, own.changed_by = request.dx, request.dy, "Đỗ Tiến Dũng"
        own.changed_at.GetCurrentTime()
        return own

    def rpc_get_calibration_page(self, _: Any) -> Any:
        return dossiers_v1.Paper(filename="chinh-may-in.pdf", content=b"%PDF-1.7 ...")

    def rpc_get_closing_statement(self, _: Any) -> Any:
        return dossiers_v1.Paper(filename="khoa-so.pdf", content=b"%PDF-1.7 ...")

    def rpc_get_paper(self, request: Any) -> Any:
        self._of(request)
        return dossiers_v1.Paper(filename=f"{request.kind}.pdf", content=b"%PDF-1.7 ...")

    def rpc_get_signing(self, request: Any) -> Any:
        dossier = self._of(request)
        lines = [
            dossiers_v1.SigningLine(title="Họ tên", declared="An", entered="AN", difference="capitals"),
            dossiers_v1.SigningLine(
                title="Ghi chú", entered="Đã xem sổ.", difference="office", reason="Công chức ghi."
            ),
            dossiers_v1.SigningLine(title="Giới tính", declared="Nam", entered="Nam"),
        ]
        return dossiers_v1.Signing(version=dossier.version, seen="5" * 64, lines=lines, pages=1)

    def rpc_get_paper_preview(self, request: Any) -> Any:
        self._of(request)
        return dossiers_v1.Paper(filename="xem-truoc.pdf", content=b"%PDF-1.7 ...")

    def rpc_find_next_dossier(self, request: Any) -> Any:
        others = [id for id in self.dossiers if id != request.after_dossier_id]
        found = dossiers_v1.DossierSummary(id=others[0], subject_name="Lê Minh Khôi", code="X-1") if others else None
        return dossiers_v1.FindNextDossierResponse(dossier=found, act=request.act)

    def _act(self, request: Any) -> Any:
        dossier = self._of(request)
        dossier.version += 1
        return dossier

    def rpc_list_procedures(self, _: Any) -> Any:
        return procedures([(version, True) for version in self.catalogue.in_force(TODAY)])

    def rpc_list_staff(self, _: Any) -> Any:
        return accounts_v1.ListStaffResponse(
            staff=[accounts_v1.StaffMember(id="dung", full_name="Đỗ Tiến Dũng", title="Công chức hộ tịch")]
        )

    def rpc_submit_at_counter(self, request: Any) -> Any:
        dossier = self._of(request)
        self.file(dossier)
        return dossiers_v1.SubmitDossierResponse(dossier=dossier, tracking_key=dossier.tracking_key)

    rpc_assign_dossier = rpc_compare_document = rpc_return_dossier = rpc_stop_dossier = _act
    rpc_record_residence = rpc_change_delivery = _act
    rpc_accept_dossier = rpc_approve_dossier = rpc_sign_dossier = rpc_request_supplement = _act
    rpc_extend_dossier = rpc_request_verification = rpc_record_verification_reply = _act

    def rpc_refuse_dossier(self, request: Any) -> Any:
        if not request.article:
            raise invalid("missing-field", "Xin ghi điều luật.", FieldFault("article", "Xin ghi điều, khoản."))
        return self._act(request)

    rpc_propose_stop = rpc_refuse_dossier

    def ask_for_fee(self, dossier: dossiers_v1.Dossier) -> None:
        """Puts a dossier into the state in which its payment is waited for."""
        dossier.status, dossier.status_text = 6, "Yêu cầu thực hiện nghĩa vụ tài chính"
        dossier.fees.append(
            dossiers_v1.Fee(
                lines=[
                    dossiers_v1.FeeLine(item="birth-registration", text="Lệ phí", count=1, price=8000, amount=8000),
                    dossiers_v1.FeeLine(item="copy", text="Phí bản sao", count=2, price=8000, amount=16_000),
                ],
                total=24_000,
                reference="HT20248K7M2P9QX",
                asked_at=at(9),
                online=True,
                transfer=dossiers_v1.Transfer(
                    bank="Ngân hàng chạy thử",
                    account="000020248",
                    holder="UBND phường Nam Dương",
                    message="HT20248K7M2P9QX",
                    vietqr="00020101021238 …",
                ),
            )
        )

    def rpc_start_payment(self, request: Any) -> Any:
        return dossiers_v1.StartedPayment(url=f"https://pay.example/{self._of(request).fees[-1].reference}")

    def rpc_record_payment(self, request: Any) -> Any:
        if not request.receipt and not request.exemption:
            raise invalid("missing-field", "Xin ghi số biên lai.", FieldFault("receipt", "Xin ghi số biên lai."))
        return self._act(request)

    def rpc_request_fee(self, request: Any) -> Any:
        if not request.items:
            text = "Xin chọn ít nhất một khoản phải nộp."
            raise invalid("unknown-charge", text, FieldFault("items", text))
        return self._act(request)

    def rpc_hand_over_dossier(self, request: Any) -> Any:
        if not request.register_signed:
            text = "Người yêu cầu phải ký vào sổ trước."
            raise invalid("not-complete", "Chưa trả được.", FieldFault("register_signed", text))
        return self._act(request)

    @staticmethod
    def _right_code(otp: str) -> None:
        if otp != OTP:
            raise invalid(
                "wrong-code", "Mã chưa đúng. Còn 4 lần thử.", FieldFault("otp", "Mã chưa đúng. Còn 4 lần thử.")
            )
