"""Faults of a host, by name. The state's `fault`, or LAB_VBOX_FAULT, says which one there is."""
import os
import sys
import time

from state import Failure, not_found

# Printed to standard output, above the version, by the script that VBoxManage is on Linux.
WARNINGS = {
    "driver-not-loaded": """\
WARNING: The vboxdrv kernel module is not loaded. Either there is no module
         available for the current kernel (6.1.0-18-amd64) or it failed to
         load. Please recompile the kernel module and install it by

           sudo /sbin/vboxconfig

         You will not be able to start VMs until this problem is fixed.
""",
    "no-device": """\
WARNING: The character device /dev/vboxdrv does not exist.
         Please install the virtualbox-dkms package and the appropriate
         headers, most likely linux-headers-amd64.

         You will not be able to start VMs until this problem is fixed.
""",
    "driver-not-built": """\
WARNING: The compilation of the vboxdrv.ko kernel module failed during the
         installation for some reason. Starting a VM will not be possible.
         Please consult the User Manual for build instructions.
""",
    "other-user": """\
WARNING: Environment variable LOGNAME or USER does not correspond to effective user id.
""",
}
WITHOUT_DRIVER = ("driver-not-loaded", "no-device", "driver-not-built")
OTHERS = ("hangs", "not-found", "inaccessible", "not-installed", "broken", "quiet-failure", "snapshot-fails", "start-fails")


class Fault:
    def __init__(self, state):
        self.name = os.environ.get("LAB_VBOX_FAULT") or state.kept.get("fault", "")
        self.status = 0
        if self.name and self.name not in WARNINGS and self.name not in OTHERS:
            sys.exit(f"the lab's VirtualBox knows no fault {self.name}; it knows: {' '.join([*WARNINGS, *OTHERS])}")
        self.state = state

    @property
    def has_driver(self):
        return self.name not in WITHOUT_DRIVER

    def before(self, arguments):
        """What a call says or does before it does what it was asked for."""
        if self.name == "hangs":
            self.state.release()
            time.sleep(3600)
        elif self.name == "broken":
            sys.exit(126)
        elif self.name == "not-installed":
            print("Could not find VirtualBox installation. Please reinstall.")
            sys.exit(1)
        elif self.name == "quiet-failure" and arguments[:1] != ["--version"]:
            # The status stays 0.
            print("VBoxManage: error: Failed to create the VirtualBox object!", file=sys.stderr)
            print(
                "VBoxManage: error: Code NS_ERROR_ABORT (0x80004004) - Operation aborted (extended info not available)",
                file=sys.stderr,
            )
            sys.exit(0)
        if self.name in WARNINGS:
            print(WARNINGS[self.name], end="")

    def machine(self, name):
        """The machine of that name, if the fault lets it be seen."""
        machine = self.state.machine(name)
        if self.name == "not-found":
            raise not_found(name)
        if self.name == "inaccessible":
            raise Failure(
                "The object functionality is limited",
                "Details: code E_ACCESSDENIED (0x80070005), component MachineWrap,"
                " interface IMachine, callee nsISupports",
            )
        return machine

    def before_start(self, machine):
        if not self.has_driver:
            raise Failure(
                "Kernel driver not installed (rc=-1908)",
                "Details: code NS_ERROR_FAILURE (0x80004005), component ConsoleWrap, interface IConsole",
            )
        if self.name == "start-fails":
            raise Failure(
                f"The virtual machine '{machine['name']}' has terminated unexpectedly during startup with exit code 1 (0x1)",
                "Details: code NS_ERROR_FAILURE (0x80004005), component MachineWrap, interface IMachine",
            )
