"""Shared folders of a machine. QEMU knows those with which the machine was started: one that is
added while it runs is there after the next start."""
from state import Failure


def run(state, fault, words):
    verb, machine = words[0], fault.machine(words[1])
    given = options(words[2:])
    name, transient = given.get("name", ""), "transient" in given
    same = [share for share in machine["shares"] if share["name"] == name and share["transient"] == transient]
    if verb == "add":
        if same:
            raise Failure(
                f"Shared folder named '{name}' already exists",
                "Details: code VBOX_E_OBJECT_IN_USE (0x80bb000c), component SessionMachine, interface IMachine",
            )
        machine["shares"].append({"name": name, "path": given.get("hostpath", ""), "transient": transient})
    elif verb == "remove":
        if not same:
            raise Failure(
                f"Could not find a shared folder named '{name}'",
                "Details: code VBOX_E_FILE_ERROR (0x80bb0004), component SessionMachine, interface IMachine",
            )
        machine["shares"].remove(same[0])
    else:
        raise Failure(f"Syntax error: Unknown sharedfolder subcommand '{verb}'", status=2)
    state.save()


def options(words):
    found, words = {}, iter(words)
    for word in words:
        option = word.lstrip("-")
        found[option] = "" if option in ("transient", "automount", "readonly") else next(words, "")
    return found


def forget_transient(machine):
    machine["shares"] = [share for share in machine["shares"] if not share["transient"]]
