"""The commands of VBoxManage that the lab's VirtualBox knows."""
import re
import sys

import describe
import machines
import shares
import snapshots
from guests import guest_of
from state import Failure


def run(state, fault, arguments):
    verb = arguments[0] if arguments else ""
    if verb in ("--version", "-v"):
        print(state.kept["version"])
    elif verb == "list":
        describe.listing(state, fault, [word for word in arguments[1:] if not word.startswith("-")])
    elif verb in BY_VERB and len(arguments) > 1:
        BY_VERB[verb](state, fault, arguments[1:])
    else:
        refuse(state, f"Invalid command '{verb}'")


def refuse(state, why):
    """A syntax error: newer versions say it on standard error, and older ones print their usage."""
    if state.version < (7, 0, 0):
        print("Usage:\n")
    print(f"VBoxManage: error: Syntax error: {why}", file=sys.stderr)
    sys.exit(2)


def showvminfo(state, fault, words):
    names = [word for word in words if word not in ("--machinereadable", "--details")]
    machine = fault.machine(names[0])
    if "--machinereadable" in words:
        describe.machine_readable(state, machine)
    else:
        describe.in_words(state, machine)


def guestproperty(state, fault, words):
    machine = fault.machine(words[1])
    properties = describe.properties(state, machine)
    if words[0] == "enumerate":
        describe.enumerated(state, properties)
    elif words[0] == "get":
        found = properties.get(words[2])
        print("No value set!" if found is None else f"Value: {found}")
    elif words[0] in ("set", "delete", "unset"):
        machine["properties"].pop(words[2], None)
        if words[0] == "set" and len(words) > 3:
            machine["properties"][words[2]] = words[3]
        state.save()
    else:
        refuse(state, f"Unknown guestproperty subcommand '{words[0]}'")


def startvm(state, fault, words):
    machine = fault.machine(words[0])
    # What runs already is locked by its own process.
    if describe.vm_state(machine) != describe.OFF.get(machine["state"], "poweroff"):
        raise Failure(
            f"The machine '{machine['name']}' is already locked by a session (or being locked or unlocked)",
            "Details: code VBOX_E_INVALID_OBJECT_STATE (0x80bb0007), component MachineWrap, interface IMachine,"
            " callee nsISupports",
        )
    fault.before_start(machine)
    print(f"Waiting for VM \"{machine['name']}\" to power on...", flush=True)
    shares.forget_transient(machine)
    if not guest_of(machine).start(machine["forwarding"], machine["shares"]):
        raise Failure(f"The virtual machine '{machine['name']}' has terminated unexpectedly during startup")
    machine["state"] = "running"
    state.save()
    print(f"VM \"{machine['name']}\" has been successfully started.")


def controlvm(state, fault, words):
    machine, verb = fault.machine(words[0]), words[1]
    guest = guest_of(machine)
    if describe.vm_state(machine) != "running":
        raise Failure(f"Machine '{machine['name']}' is not currently running.")
    if verb == "poweroff":
        guest.stop()
        machine["state"] = "poweroff"
        state.save()
        print("0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%", file=sys.stderr)
    elif verb == "acpipowerbutton":
        guest.press()
    elif verb == "reset":
        guest.reset()
    elif re.fullmatch(r"natpf\d+", verb):
        rule = forward(machine, words[2:])
        if rule:
            guest.forward(*rule[1:])
        state.save()
    else:
        refuse(state, f"Invalid parameter '{verb}'")


def modifyvm(state, fault, words):
    machine, at = fault.machine(words[0]), 1
    while at < len(words):
        option = words[at].lstrip("-")
        at += 1
        # An option of 7.0 has its words apart: --nat-pf1, --mac-address1.
        plain = re.sub("-", "", option)
        if re.fullmatch(r"natpf\d+", plain):
            used = 2 if words[at] == "delete" else 1
            forward(machine, words[at : at + used])
            at += used
        else:
            if re.fullmatch(r"macaddress1", plain):
                machine["mac"] = words[at]
            elif plain == "name":
                machine["name"] = words[at]
            at += 1
    state.save()


def forward(machine, words):
    """Adds a rule for a port, or takes one away."""
    rules = machine["forwarding"]
    if words[0] == "delete":
        left = [rule for rule in rules if rule[0] != words[1]]
        if len(left) == len(rules):
            raise Failure(f"Code E_INVALIDARG (0x80070057): a rule with the name '{words[1]}' does not exist")
        machine["forwarding"] = left
        return None
    rule = words[0].split(",")
    if any(rule[0] == other[0] for other in rules):
        raise Failure("A NAT rule of this name already exists")
    rules.append(rule)
    return rule


def setextradata(state, fault, words):
    machine = fault.machine(words[0])
    machine["extradata"].pop(words[1], None)
    if len(words) > 2:
        machine["extradata"][words[1]] = words[2]
    state.save()


BY_VERB = {
    "controlvm": controlvm,
    "guestproperty": guestproperty,
    "import": machines.bring_in,
    "modifyvm": modifyvm,
    "setextradata": setextradata,
    "sharedfolder": shares.run,
    "showvminfo": showvminfo,
    "snapshot": snapshots.run,
    "startvm": startvm,
    "unregistervm": machines.remove,
}
