"""Machines that come and go. A box of the lab is a file that names a guest's folder."""
import sys
import uuid

import describe
from state import Failure


def bring_in(state, _fault, words):
    """`import -n FILE` says what would come; `import FILE --vsys 0 --vmname NAME` makes a machine."""
    if words[0] in ("-n", "--dry-run"):
        print('Virtual system 0:\n 1: Suggested VM name "lab"\n    (change with "--vsys 0 --vmname <name>")')
        return
    with open(words[0], encoding="utf-8") as box:
        folder = box.read().strip()
    state.machines.append(
        {
            "name": words[words.index("--vmname") + 1],
            "uuid": str(uuid.uuid4()),
            "folder": folder,
            "state": "poweroff",
            "mac": "080027123456",
            "forwarding": [],
            "shares": [],
            "properties": {},
            "extradata": {},
            "snapshots": [],
        }
    )
    state.save()
    print("0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%", file=sys.stderr)
    print("Successfully imported the appliance.")


def remove(state, fault, words):
    machine = fault.machine(next(word for word in words if not word.startswith("-")))
    if describe.vm_state(machine) == "running":
        raise Failure(f"Cannot unregister the machine '{machine['name']}' while it is locked")
    state.machines.remove(machine)
    state.save()
