"""The pages of the ward's administrator: stations, opening sessions, volunteers, computers and scanners, phrases."""

from gateway.pages.admin import devices, openings, phrases, start, stations, volunteers

VIEWS = (start, stations, openings, volunteers, devices, phrases)
