"""What the stand-in knows, from one call to the next: a JSON file, one reader or writer at a time."""
import fcntl
import json
import os
import re
import sys


class Failure(Exception):
    """What VBoxManage says on standard error, and its exit status."""

    def __init__(self, *lines, status=1):
        super().__init__(lines)
        self.lines = lines
        self.status = status


def not_found(name):
    return Failure(
        f"Could not find a registered machine named '{name}'",
        "Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001), component VirtualBoxWrap,"
        " interface IVirtualBox, callee nsISupports",
    )


class State:
    def __init__(self):
        path = os.environ.get("LAB_VBOX_STATE")
        if not path:
            sys.exit("LAB_VBOX_STATE does not name the file of the lab's VirtualBox")
        self.path = path

    def __enter__(self):
        self.lock = open(self.path + ".lock", "w", encoding="utf-8")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        with open(self.path, encoding="utf-8") as file:
            self.kept = json.load(file)
        return self

    def __exit__(self, *_):
        self.lock.close()

    def release(self):
        """Lets others go on, for a call that takes its time."""
        fcntl.flock(self.lock, fcntl.LOCK_UN)

    def save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.kept, file, indent=1)
        os.replace(self.path + ".new", self.path)

    @property
    def version(self):
        """The version's numbers: "7.1.4r165100" is (7, 1, 4)."""
        return tuple(int(part) for part in re.match(r"(\d+)\.(\d+)\.(\d+)", self.kept["version"]).groups())

    @property
    def machines(self):
        return self.kept["machines"]

    def machine(self, name):
        for machine in self.machines:
            if name in (machine["name"], machine["uuid"], "{%s}" % machine["uuid"]):
                return machine
        raise not_found(name)
