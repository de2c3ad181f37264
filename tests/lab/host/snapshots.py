"""Snapshots, which are real: the guest's disk, and its memory where it ran."""
import copy
import os
import shutil
import sys
import uuid

import describe
from guests import guest_of
from state import Failure

PROGRESS = "0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%"
# What a snapshot keeps of the machine's settings.
SETTINGS = ("forwarding", "shares")


def run(state, fault, words):
    machine, verb = fault.machine(words[0]), words[1]
    {"take": take, "list": show, "restore": restore, "restorecurrent": restore, "delete": delete}[verb](
        state, fault, machine, words[2:]
    )


def folder(machine, snapshot):
    return os.path.join(machine["folder"], "snapshots", snapshot["uuid"])


def take(state, fault, machine, words):
    if fault.name == "snapshot-fails":
        raise Failure(
            "Could not create the medium storage unit. VERR_DISK_FULL",
            "Details: code VBOX_E_FILE_ERROR (0x80bb0004), component SessionMachine, interface IMachine",
        )
    snapshot = {"name": words[0], "uuid": str(uuid.uuid4())}
    snapshot["was_running"] = guest_of(machine).keep(folder(machine, snapshot))
    for setting in SETTINGS:
        snapshot[setting] = copy.deepcopy(machine[setting])
    machine["snapshots"].append(snapshot)
    machine["current"] = snapshot["uuid"]
    state.save()
    print(PROGRESS, file=sys.stderr)
    print(f"Snapshot taken. UUID: {snapshot['uuid']}")


def find(machine, words):
    name = words[0] if words else machine.get("current")
    for snapshot in reversed(machine["snapshots"]):
        if name in (snapshot["name"], snapshot["uuid"]):
            return snapshot
    raise Failure(
        f"Could not find a snapshot named '{name}'",
        "Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001), component SessionMachine, interface IMachine",
    )


def restore(state, _fault, machine, words):
    snapshot = find(machine, words)
    if describe.vm_state(machine) == "running":
        raise Failure(
            "The machine is running; power it off before a snapshot is restored",
            "Details: code VBOX_E_INVALID_VM_STATE (0x80bb0002), component SessionMachine, interface IMachine",
        )
    print(f"Restoring snapshot '{snapshot['name']}' ({snapshot['uuid']})")
    has_memory = guest_of(machine).bring_back(folder(machine, snapshot))
    for setting in SETTINGS:
        machine[setting] = copy.deepcopy(snapshot[setting])
    machine["state"] = "saved" if has_memory else "poweroff"
    machine["current"] = snapshot["uuid"]
    state.save()
    print(PROGRESS, file=sys.stderr)


def delete(state, _fault, machine, words):
    snapshot = find(machine, words)
    print(f"Deleting snapshot '{snapshot['name']}' ({snapshot['uuid']})")
    machine["snapshots"].remove(snapshot)
    shutil.rmtree(folder(machine, snapshot), ignore_errors=True)
    if machine.get("current") == snapshot["uuid"]:
        machine["current"] = machine["snapshots"][-1]["uuid"] if machine["snapshots"] else None
    state.save()
    print(PROGRESS, file=sys.stderr)


def show(_state, _fault, machine, words):
    if not machine["snapshots"]:
        print("This machine does not have any snapshots")
        raise SystemExit(1)
    if "--machinereadable" in words:
        describe.snapshots(machine)
        return
    for depth, snapshot in enumerate(machine["snapshots"]):
        star = " *" if snapshot["uuid"] == machine.get("current") else ""
        print(f"{'   ' * (depth + 1)}Name: {snapshot['name']} (UUID: {snapshot['uuid']}){star}")
