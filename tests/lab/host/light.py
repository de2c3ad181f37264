"""A light guest, which light/machine runs."""
import os
import signal

from guest import Guest
from state import Failure


class LightGuest(Guest):
    program, began = "light/machine", "init"

    def additions(self):
        """What its vboxguest told when it was loaded, such as ("7.0.4", "154605"), or None."""
        version, _, revision = self.read("kernel/sys/module/vboxguest/version").strip().partition(" r")
        return (version, revision) if version else None

    def start(self, forwarding, shares):
        """As it is defined now. Whether it has begun."""
        self.write("shares", "".join(f"{share['name']}\t{share['path']}\n" for share in shares))
        return self.run(forwarding)

    def stop(self):
        """Takes its power away; its disk stays."""
        self.end(signal.SIGUSR1)

    def press(self):
        """The button with which it is switched off; what busybox's init takes for one."""
        first = self.read("init").strip()
        for child in self.read(f"/proc/{first}/task/{first}/children").split():
            os.kill(int(child), signal.SIGUSR2)

    def reset(self):
        raise Failure("A light guest has no button for a reset")

    def forward(self, *_rule):
        raise Failure("A light guest has no more ports than when it started")

    def keep(self, _folder):
        raise Failure("A light guest has no disk to keep")
