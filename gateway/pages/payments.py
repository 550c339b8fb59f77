"""Paying a dossier's fee: the amount, by transfer with a VietQR code, or online at the payment provider's."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import acts, rpcs
from gateway.pages import asking, identity
from gateway.pages.dossier import open_dossier
from gateway.pages.qr import qr_code
from gateway.pages.refusals import SHOWN, raise_unless
from services.chassis.refusal import Refusal

pages = Blueprint("payments", __name__)
pages.before_request(identity.require_signed_in)


@pages.route("/ho-so/<slug>/<uuid:id>/nop-phi", methods=["GET", "POST"])
def pay(slug: str, id: UUID) -> ResponseReturnValue:
    """The amount due and how to pay it. A POST leads to the provider's page, and payers come back here."""
    url = trouble = ""
    if request.method == "POST":
        ward = asking.ward_of(slug)
        try:
            url = asking.services_of(ward).call(rpcs.START_PAYMENT, dossier_id=str(id)).url
        except Refusal as refusal:
            raise_unless(SHOWN, refusal)
            trouble = refusal.text
        else:
            if ward.is_practice:  # counts as paid, without money or the provider's page
                flash("Đã trả tiền (tập thử). Không ai mất tiền thật.")
                return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
            if not url:  # it was paid already, but the callback had not arrived
                flash("Phường đã nhận được khoản tiền này. Ông/bà không phải nộp nữa.")
                return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
    opened = open_dossier(slug, id)
    if not opened.dossier.fees:
        return redirect(url_for("pages.dossier.show", slug=slug, id=id), 303)
    fee = opened.dossier.fees[-1]
    content = render_template(
        "dossier/pay.html",
        opened=opened,
        dossier=opened.dossier,
        fee=fee,
        is_owed=acts.PAYMENT.offered(opened.dossier) and not fee.HasField("settled_at"),
        code=qr_code(fee.transfer.vietqr) if fee.transfer.vietqr else "",
        url=url,
        summary=[{"text": trouble}] if trouble else [],
    )
    return content, 422 if trouble else 200
