"""A gRPC server on the chassis that answers some RPCs of contracts, under the real service's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from services.chassis.grpc.rules import Rule
from services.chassis.grpc.server import CallInterceptor, Server
from services.chassis.tokens import load_verifier
from tests.district import DISTRICT

Answer = Callable[[Any], Any]  # request → response
Heard = Callable[[str, Mapping[str, str]], None]  # RPC, metadata


def serve(
    contracts: Sequence[ServiceDescriptor],
    rules: Mapping[str, Rule],
    answers: Mapping[str, Answer],
    wards: Iterable[str],
    keys: Path,
    heard: Heard = lambda _, __: None,
) -> Server:
    """A running server; RPCs without an answer are UNIMPLEMENTED. `heard` gets the metadata of each request."""
    server = Server(
        service_names=[contract.full_name for contract in contracts],
        interceptor=CallInterceptor(rules, frozenset(wards), load_verifier(keys / "trusted.json"), DISTRICT),
        listen="127.0.0.1:0",
        threads=16,
        reflected=False,
    )
    for contract in contracts:
        methods = contract.methods_by_name
        handlers = {name: _handler(methods[name], answer, heard) for name, answer in answers.items() if name in methods}
        server.grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(contract.full_name, handlers),))
    server.start()
    return server


def _handler(method: MethodDescriptor, answer: Answer, heard: Heard) -> Any:
    def serve(request: Any, context: Any) -> Any:
        heard(method.name, {one.key: one.value for one in context.invocation_metadata()})
        return answer(request)

    return grpc.unary_unary_rpc_method_handler(
        serve,
        request_deserializer=GetMessageClass(method.input_type).FromString,
        response_serializer=GetMessageClass(method.output_type).SerializeToString,
    )
