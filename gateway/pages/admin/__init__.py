"""The pages of the ward's administrator: stations, opening sessions, volunteers, computers and scanners, phrases,
and its report.
"""

from gateway.pages.admin import devices, openings, phrases, report, staff, start, stations, volunteers

VIEWS = (start, staff, stations, openings, volunteers, devices, phrases, report)
