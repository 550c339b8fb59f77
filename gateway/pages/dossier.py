"""A citizen's dossiers: the list, starting a dossier, its page, its papers, withdrawing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import acts, rpcs
from gateway.files import shown_file
from gateway.limits import limited
from gateway.pages import asking, identity
from gateway.pages.form_pages import Form, Page, Values, read_values, value_at
from gateway.pages.plain import TROUBLE, error_list, posted_texts, shown_fields
from gateway.pages.refusals import errors_from
from gateway.questions import DECLARATION, Field, question, whole
from gateway.spread import spread
from gateway.texts import PAPERS, is_draft
from gateway.wards import WardClient, wards
from services.chassis.district import Ward
from services.chassis.refusal import Refusal

pages = Blueprint("dossier", __name__)
pages.before_request(identity.require_signed_in)

DOSSIERS_ASKED = 100  # for a page
WITHDRAWAL = (question("reason", "Vì sao ông/bà rút hồ sơ?", widget="textarea", optional=True),)


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier with all that its pages need: its ward, procedure version, form, and answers."""

    ward: Ward
    dossier: dossiers_v1.Dossier
    procedure: dossiers_v1.Procedure
    form: Form
    values: Values

    @property
    def is_draft(self) -> bool:
        return is_draft(self.dossier)

    @property
    def at_desk(self) -> bool:
        """Whether the ward's desk enters the dossier for somebody who came in or wrote."""
        return self.dossier.channel in ("counter", "post")

    @property
    def services(self) -> WardClient:
        """The services of its ward."""
        return asking.services_of(self.ward)

    @property
    def pages(self) -> list[Page]:
        """The pages that are asked with the present answers; the service says which questions are asked."""
        return [page for page in self.form.pages if self.asked_of(page)]

    def asked_of(self, page: Page) -> list[Field]:
        """The questions of a page that are asked with the present answers. Declarations are made on the check page."""
        asked = self.dossier.asked
        return [one for one in page.fields if one.pointer in asked and one.widget != DECLARATION]

    def in_section(self, pointer: str) -> str:
        """The title of a question behind that of its section, since several persons are asked the same; the pointer
        stands for a question that the form does not have.
        """
        section = self.form.sections.get(pointer.strip("/").partition("/")[0], "")
        title = title_of(self, pointer) or pointer
        return f"{section} – {title}" if section else title

    def with_choices(self, one: Field) -> Field:
        """A question with the choices that can be taken: a person who comes to the desk or writes has no account. An
        earlier choice stays visible, with the service's finding about it.
        """
        if not one.with_account or not self.at_desk:
            return one
        gone = {*one.with_account} - {value_at(self.values, one.pointer)}
        return replace(one, choices=tuple(choice for choice in one.choices if choice[0] not in gone))

    @property
    def declared(self) -> list[Field]:
        """What the applicant declares, with one tick for all, before the code is sent."""
        return [one for one in self.form.fields.values() if one.widget == DECLARATION]

    @property
    def where(self) -> dict[str, Any]:
        """The parameters of an address that name the dossier."""
        return {"slug": self.ward.slug, "id": self.dossier.id}


def open_dossier(slug: str, id: UUID) -> Opened:
    """Reads a dossier and its procedure version. Raises a Refusal."""
    ward = asking.ward_of(slug)
    return with_procedure(ward, asking.services_of(ward).call(rpcs.GET_DOSSIER, dossier_id=str(id)))


def with_procedure(ward: Ward, dossier: dossiers_v1.Dossier) -> Opened:
    """A dossier that was read already, with its procedure version. Raises a Refusal."""
    procedure, form = asking.procedure_version(ward, dossier.procedure, dossier.procedure_version)
    return Opened(ward, dossier, procedure, form, read_values(dossier.form_json))


def title_of(opened: Opened, field: str) -> str:
    """The title of a field or document; empty if the procedure does not have it."""
    if field.startswith("documents/"):
        kind = field.partition("/")[2]
        return next((one.title for one in opened.procedure.documents if one.kind == kind), "")
    one = opened.form.fields.get(field)
    return one.title if one else opened.form.sections.get(field.strip("/"), "")


@pages.get("/ho-so")
def own() -> ResponseReturnValue:
    """The person's dossiers in every ward that answers, with the wards that do not."""
    token = identity.access_token()
    after, everywhere = request.args.get("sau", ""), wards().of(token)
    page = spread(
        rpcs.LIST_OWN_DOSSIERS, lambda answer: answer.dossiers, "updated_at", everywhere, after, DOSSIERS_ASKED, token
    )
    found = [one for _, one in page.items]
    return render_template(
        "dossier/own.html",
        drafts=[one for one in found if is_draft(one)],
        filed=[one for one in found if not is_draft(one)],
        wards=asking.district().wards,
        home=identity.own_ward(),
        next_cursor=page.next_cursor,
        silent=page.silent,
    )


@pages.post("/phuong/<slug>/thu-tuc/<code>")
@limited("drafts")
def begin(slug: str, code: str) -> ResponseReturnValue:
    """Begins a draft. If the ward no longer takes the procedure online, the page says where it is done."""
    ward = asking.ward_of(slug)
    try:
        draft = asking.services_of(ward).call(rpcs.CREATE_DRAFT, procedure=code)
    except Refusal as refusal:
        if refusal.type != "not-online":
            raise
        flash(refusal.text, TROUBLE)
        return redirect(url_for("pages.public.procedure", slug=slug, code=code), 303)
    return redirect(url_for("pages.drafting.overview", slug=slug, id=draft.id), 303)


@pages.get("/ho-so/<slug>/<uuid:id>")
def show(slug: str, id: UUID) -> ResponseReturnValue:
    opened = open_dossier(slug, id)
    if opened.is_draft:
        return redirect(url_for("pages.drafting.overview", slug=slug, id=id), 303)
    if opened.at_desk:
        return redirect(url_for("pages.desk.dossier", id=id), 303)
    history = opened.services.call(rpcs.GET_HISTORY, dossier_id=str(id))
    return render_template(
        "dossier/show.html",
        opened=opened,
        dossier=opened.dossier,
        asked=[(title_of(opened, item.field), item.text) for item in opened.dossier.supplement_request.items],
        history=history.entries,
    )


@pages.get("/ho-so/<slug>/<uuid:id>/ban-giay/<kind>")
def paper(slug: str, id: UUID, kind: str) -> ResponseReturnValue:
    """A paper of the dossier as PDF."""
    found = asking.services_of(asking.ward_of(slug)).call(rpcs.GET_PAPER, dossier_id=str(id), kind=kind)
    return shown_file(found.content, "application/pdf", found.filename)


@pages.get("/ho-so/<slug>/<uuid:id>/ban-giay/<kind>/xem")
def view_paper(slug: str, id: UUID, kind: str) -> ResponseReturnValue:
    """A paper within a page that has a way back, since a station's browser has no back button."""
    opened = open_dossier(slug, id)
    heading = opened.dossier.result_name if kind == "certificate" else PAPERS.get(kind, kind)
    source, back = url_for(".paper", kind=kind, **opened.where), url_for(".show", **opened.where)
    return render_template("dossier/file.html", heading=heading, source=source, is_picture=False, back=back)


@pages.route("/ho-so/<slug>/<uuid:id>/rut", methods=["GET", "POST"])
def withdraw(slug: str, id: UUID) -> ResponseReturnValue:
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(WITHDRAWAL, request.form)
        own, version = asking.services_of(asking.ward_of(slug)), whole(request.form.get("version", ""))
        try:
            own.call(acts.WITHDRAWAL.rpc, dossier_id=str(id), reason=typed["reason"], expected_version=version)
        except Refusal as refusal:
            errors = errors_from(refusal)
        else:
            flash("Hồ sơ đã được rút. Phường không xử lý hồ sơ này nữa.")
            return redirect(url_for(".show", slug=slug, id=id), 303)
    opened = open_dossier(slug, id)
    content = render_template(
        "dossier/withdraw.html",
        opened=opened,
        dossier=opened.dossier,
        fields=shown_fields(WITHDRAWAL, typed, errors),
        summary=error_list(WITHDRAWAL, errors),
    )
    return content, 422 if errors else 200
