"""The agent of a station's scanner: asks the gateway for scans, makes them with SANE, and sends the pages.

It needs Python 3.11 or newer, SANE's `scanimage`, and nothing else: to install it, copy this folder.

    python3 -m agent pair --gateway https://caunoi.vn --ward 20248     asks for the enrolment code
    python3 -m agent check                                             finds the scanner, makes a trial scan
    python3 -m agent run                                               until it is stopped
"""
