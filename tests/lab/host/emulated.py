"""A guest in QEMU, which support/machine runs."""
import os
import re
import shutil
import signal
import time

from guest import Guest


class EmulatedGuest(Guest):
    program, began = "support/machine", "monitor.in"

    def additions(self):
        """What its vboxguest told when it was loaded, such as ("7.0.4", "154605"), or None."""
        told = re.findall(r"vboxguest: (?:([\d.]+\S*) r(\d+)|gone)", self.read("console"))
        return told[-1] if told and told[-1][0] else None

    def start(self, forwarding, shares):
        """As it is defined now. Whether it has begun."""
        rules = "".join(
            f",hostfwd={protocol}:{host}:{port}-{guest}:{guest_port}"
            for _, protocol, host, port, guest, guest_port in forwarding
        )
        devices = ["-netdev", f"user,id=net,restrict=on{rules}"]
        for number, share in enumerate(shares):
            place = share["path"].replace(",", ",,")
            tag = share["name"].replace(",", ",,")
            devices += ["-virtfs", f"local,id=share{number},path={place},mount_tag={tag},security_model=passthrough"]
        self.write("devices", "\n".join(devices))
        return self.run(forwarding)

    def stop(self):
        """Takes its power away."""
        self.end(signal.SIGTERM)

    def press(self):
        """The button with which it is switched off."""
        self.monitor("system_powerdown")

    def reset(self):
        # QEMU ends on a reset, and support/machine starts it again.
        self.monitor("system_reset")

    def forward(self, protocol, host, port, guest, guest_port):
        self.monitor(f"hostfwd_add net {protocol}:{host}:{port}-{guest}:{guest_port}")

    def monitor(self, *commands):
        """Tells QEMU something; its answer stands in the guest's file monitor.log."""
        self.write("monitor.in", "".join(f"{command}\n" for command in commands))

    def keep(self, folder):
        """Copies the disk there, and the memory of a guest that runs, which goes on. A guest that
        has a folder of the host mounted keeps its disk only: QEMU does not save such a memory."""
        os.makedirs(folder)
        memory = os.path.join(folder, "memory")
        running = self.process is not None
        if running:
            refused = self.read("monitor.log").count("VirtFS")
            # Not stopped before, or it would not run when it comes back; it stops by itself.
            self.monitor(f'migrate "exec:cat >{memory}.new && mv {memory}.new {memory}"')
            while not os.path.exists(memory) and self.read("monitor.log").count("VirtFS") == refused:
                time.sleep(0.1)
            self.monitor("stop", "info status")
            while "paused" not in self.read("monitor.log").rpartition("info status")[2]:
                time.sleep(0.1)
        shutil.copy(self.path("disk.qcow2"), folder)
        if os.path.exists(self.path("console")):
            shutil.copy(self.path("console"), folder)
        if running:
            self.monitor("cont")
        return os.path.exists(memory)

    def bring_back(self, folder):
        """Puts back what `keep` has kept; the guest must not run. Whether it has a memory."""
        for name in ("disk.qcow2", "console"):
            if os.path.exists(os.path.join(folder, name)):
                shutil.copy(os.path.join(folder, name), self.folder)
        memory = os.path.join(folder, "memory")
        if not os.path.exists(memory):
            self.forget_memory()
            return False
        self.write("memory", memory)
        return True

    def forget_memory(self):
        if os.path.exists(self.path("memory")):
            os.remove(self.path("memory"))
