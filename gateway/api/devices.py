"""Computers and scanners of stations: how the administrator enrols them, and what their own programs call."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import station_answers as answers
from gateway.api.operations import api
from gateway.api.station_requests import BegunScan, DeviceCredential, Enrolment, NewDevice, NewScan
from gateway.models import Nothing

api.relay(
    "GET",
    "/wards/<ward>/devices",
    rpcs.LIST_DEVICES,
    id="listDevices",
    tag="devices",
    summary="The computers and scanners of the ward's stations",
    answer=answers.Devices,
)
api.relay(
    "POST",
    "/wards/<ward>/devices",
    rpcs.ADD_DEVICE,
    id="addDevice",
    tag="devices",
    summary="Add a computer or scanner; the code in the answer enrols it",
    description="Not at a closed station.",
    body=NewDevice,
    answer=answers.EnrolmentCode,
    status=201,
    creates=True,
)
api.relay(
    "POST",
    "/wards/<ward>/devices/<uuid:device>/enrolment-code",
    rpcs.RENEW_ENROLMENT_CODE,
    id="renewEnrolmentCode",
    tag="devices",
    summary="Make a new enrolment code; the device's credential becomes void",
    body=Nothing,
    answer=answers.EnrolmentCode,
    creates=True,
)
api.relay(
    "DELETE",
    "/wards/<ward>/devices/<uuid:device>",
    rpcs.REVOKE_DEVICE,
    id="revokeDevice",
    tag="devices",
    summary="Revoke a device for good",
    description="The scanners beside a revoked computer stay enrolled: revoke each of them too.",
    answer=answers.Device,
    unversioned="the device is named by its id, and repeating the call changes nothing.",
)
api.relay(
    "POST",
    "/wards/<ward>/enrolments",
    rpcs.ENROL_DEVICE,
    id="enrolDevice",
    tag="devices",
    summary="Exchange an enrolment code, once, for a credential",
    description="Only this answer has the credential. If it is lost, the administrator renews the code.",
    signed_in=False,
    body=Enrolment,
    answer=answers.EnrolledDevice,
    status=201,
    limit="enrolments",
)
api.relay(
    "POST",
    "/wards/<ward>/device-sessions",
    rpcs.OPEN_DEVICE_SESSION,
    id="openDeviceSession",
    tag="devices",
    summary="Exchange a device's credential for a token",
    description="The token of a computer goes into `X-Caunoi-Kiosk` beside the person's own; that of a scanner into "
    "`Authorization: Bearer …`.",
    signed_in=False,
    body=DeviceCredential,
    answer=answers.DeviceSession,
    status=201,
    limit="device_sessions",
)
api.relay(
    "POST",
    "/wards/<ward>/kiosk-clearings",
    rpcs.CLEAR_KIOSK,
    id="clearKiosk",
    tag="devices",
    summary="Report that somebody has signed out at the computer or has left it; with the computer's token as bearer",
    description="Waiting scans are dropped, and a guided session at the computer ends (`signed-out`).",
    body=Nothing,
    status=204,
)
api.relay(
    "GET",
    "/wards/<ward>/scanners",
    rpcs.LIST_SCANNERS,
    id="listScanners",
    tag="devices",
    summary="The scanners beside this computer, and whether they can be reached",
    at_kiosk=True,
    answer=answers.Scanners,
)
api.relay(
    "POST",
    "/wards/<ward>/scans",
    rpcs.REQUEST_SCAN,
    id="requestScan",
    tag="devices",
    summary="Ask a scanner beside this computer to scan for a capture",
    description="It replaces a scan that waits for a scanner beside this computer. A ticket that is not good is "
    "refused at its first page (`addCapturePage`).",
    at_kiosk=True,
    body=NewScan,
    status=204,
    creates=True,
    limit="documents",
)
api.relay(
    "POST",
    "/wards/<ward>/scans/next",
    rpcs.TAKE_SCAN,
    id="takeScan",
    tag="devices",
    summary="The scan that a scanner has to make now; with the scanner's token",
    description="The scanner's agent asks each second, also while it scans. The same scan is returned until `begun` "
    "names it.",
    body=BegunScan,
    answer=answers.NextScan,
)
