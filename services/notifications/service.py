"""The notifications service, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import grpc
from caunoi.accounts.v1 import accounts_pb2_grpc
from caunoi.notifications.v1 import notifications_pb2, notifications_pb2_grpc

from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock
from services.chassis.events.envelope import topic_of
from services.chassis.events.inbox import Handler
from services.chassis.grpc.client import Peer
from services.chassis.grpc.rpc import servicer
from services.chassis.practice import wiping
from services.chassis.service import Service
from services.chassis.settings import ServiceSettings
from services.chassis.work import Loop
from services.notifications.access import RULES
from services.notifications.adapters.channels import Channel, HttpSmsChannel, SmtpChannel
from services.notifications.adapters.contacts import Contacts
from services.notifications.adapters.page import PageChannel
from services.notifications.catalogue import SEALED, Catalogue
from services.notifications.domain.delivery import Lane, Schedule
from services.notifications.handlers import handlers_of
from services.notifications.servicer import RPCS
from services.notifications.settings import Settings
from services.notifications.tables import Base
from services.notifications.use_cases.delivery import Courier, LaneSettings, Watch
from services.notifications.use_cases.practice import wipe
from services.notifications.use_cases.unit import Workplace

CONTRACT = notifications_pb2.DESCRIPTOR.services_by_name["NotificationsService"]
#: The delay of messages about dossiers, so that under load one transaction serves many of them; nobody waits for them.
GATHERING_SECONDS = 0.5

ChannelOf = Callable[[Settings, Cell, Clock, Lane], Channel]


def channel_of(settings: Settings, cell: Cell, clock: Clock, lane: Lane) -> Channel:
    """The channel of a lane of a ward; wards can have their own provider and mail server. With any settings, nothing
    leaves the practice ward.
    """
    ward = cell.ward
    if ward.is_practice:
        return PageChannel(cell, clock)
    if lane is Lane.EMAIL:
        sender = settings.for_ward("email_from", ward.code).replace("{slug}", ward.slug)
        url = settings.for_ward("smtp_url", ward.code)
        return SmtpChannel(url, sender, f"UBND {ward.name}", settings.smtp_timeout_seconds, clock)
    url, key = settings.for_ward("sms_url", ward.code), settings.for_ward("sms_key", ward.code)
    return HttpSmsChannel(url, key, settings.sms_timeout_seconds)


def lane_settings(settings: Settings, lane: Lane) -> LaneSettings:
    patience = timedelta(seconds=settings.order_patience_seconds)
    if lane is Lane.CODE:  # somebody waits for it
        schedule = Schedule(settings.code_backoff_seconds, endless=True)
        return LaneSettings(schedule, _lease(settings), patience, batch=1)
    schedule = Schedule(settings.delivery_backoff_seconds)
    return LaneSettings(schedule, _lease(settings), patience, gathering_seconds=GATHERING_SECONDS)


def _lease(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.delivery_lease_seconds)


class Notifications:
    """The parts of the service: servicer, handlers, and for each ward a watch and one courier for each lane."""

    def __init__(self, settings: Settings, cells: Cells, clock: Clock, channel_of: ChannelOf = channel_of) -> None:
        self._settings = settings
        catalogue = Catalogue(settings.public_base_url, settings.district.wards)
        self._place = Workplace(cells, clock, catalogue, lambda ward: int(settings.for_ward("sms_per_day", ward)))
        self._accounts: Peer[accounts_pb2_grpc.AccountsServiceStub] = Peer(
            accounts_pb2_grpc.AccountsServiceStub, partial(settings.for_ward, "accounts_address")
        )
        self._channel_of = channel_of
        self._channels: list[Channel] = []

    def register(self, server: grpc.Server) -> None:
        made = servicer(CONTRACT, notifications_pb2_grpc.NotificationsServiceServicer, self._place, RPCS)
        notifications_pb2_grpc.add_NotificationsServiceServicer_to_server(made, server)

    def handlers(self, ward: str) -> Mapping[str, Handler]:
        return handlers_of(self._place, ward)

    def loops(self, ward: str) -> Sequence[Loop]:
        watch = self.watch(ward)
        cell = self._place.cells[ward]
        forgetting = [wiping(cell, self._place.clock, wipe(cell))] if cell.ward.is_practice else []
        return [watch.run, *(courier.run for courier in self.couriers(ward, watch)), *forgetting]

    def watch(self, ward: str) -> Watch:
        return Watch(self._place.cells[ward], _lease(self._settings), self._place.clock)

    def couriers(self, ward: str, watch: Watch) -> list[Courier]:
        """One for each lane, under the same watch."""
        cell = self._place.cells[ward]
        contacts = Contacts(cell, self._accounts, self._settings.contact_cache_seconds)
        couriers = []
        for lane in Lane:
            channel = self._channel_of(self._settings, cell, self._place.clock, lane)
            self._channels.append(channel)
            couriers.append(
                Courier(
                    self._place,
                    cell,
                    lane,
                    lane_settings(self._settings, lane),
                    channel=channel,
                    find_contact=contacts.find,
                    watch=watch,
                )
            )
        return couriers

    def close(self) -> None:
        for channel in self._channels:
            channel.close()
        self._accounts.close()


def _topics(ward: str, _: ServiceSettings) -> Sequence[str]:
    return [topic_of(ward, "dossiers")]


SERVICE = Service(
    name="notifications",
    contracts=(CONTRACT,),
    settings=Settings,
    rules=RULES,
    streams=["notifications"],
    subscribes_to=_topics,
    metadata=Base.metadata,
    build=Notifications,
    sealed=SEALED,
)
