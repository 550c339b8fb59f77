"""What gunicorn loads, in each worker after the fork: `gunicorn -c gateway/gunicorn.conf.py gateway.wsgi:app`."""

from __future__ import annotations

from gateway.app import create_app
from gateway.settings import Settings
from services.chassis.logs import start_logging
from services.chassis.tracing import start_tracing

settings = Settings()
start_logging("gateway", settings.log_level)
start_tracing("gateway", settings.otlp_endpoint)
app = create_app(settings)
