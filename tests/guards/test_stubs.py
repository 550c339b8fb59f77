"""The stubs in use are built from the present contracts in proto/ (`make setup` builds them)."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet

from tests.guards.parts import ROOT

FILES = sorted(str(path.relative_to(ROOT / "proto")) for path in (ROOT / "proto").rglob("*.proto"))


def stubs(file: str) -> FileDescriptorProto:
    module = importlib.import_module(file.removesuffix(".proto").replace("/", ".") + "_pb2")
    return FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileDescriptorProto]:
    """The compiler's present reading of proto/."""
    out = tmp_path_factory.mktemp("contracts") / "set"
    compiler = [sys.executable, "-m", "grpc_tools.protoc"]
    subprocess.run([*compiler, f"-I{ROOT / 'proto'}", f"--descriptor_set_out={out}", *FILES], check=True)
    for file in FILES:
        stubs(file)  # registers the options of fields, which are unknown to the parser otherwise
    return {each.name: each for each in FileDescriptorSet.FromString(Path(out).read_bytes()).file}


def without_json_names(file: FileDescriptorProto) -> FileDescriptorProto:
    """The stubs leave out the names that JSON would have."""
    for message in file.message_type:
        _without_json_names(message)
    for extension in file.extension:
        extension.ClearField("json_name")
    return file


def _without_json_names(message: DescriptorProto) -> None:
    for field in message.field:
        field.ClearField("json_name")
    for nested in message.nested_type:
        _without_json_names(nested)


@pytest.mark.parametrize("file", FILES)
def test_stubs_are_up_to_date(file: str, contracts: dict[str, FileDescriptorProto]) -> None:
    assert stubs(file) == without_json_names(contracts[file]), "run `make setup`"
