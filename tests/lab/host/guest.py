"""The lab's guest behind a machine of VirtualBox: a folder in which a program named `machine` runs it."""
import os
import signal
import subprocess
import time

LAB = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Guest:
    # The program that runs it, below the lab's folder, and the file that is there once it has begun.
    program = began = ""

    def __init__(self, folder):
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    @property
    def process(self):
        """The number of the process that runs it, or None."""
        number = self.read("pid").strip()
        try:
            with open(f"/proc/{int(number)}/cmdline", "rb") as file:
                return int(number) if b"/machine\0" in file.read() else None
        except (ValueError, OSError):
            return None

    def run(self, forwarding):
        """Whether its machine has begun, with an sshd that is reached as these rules say."""
        for _, protocol, _, port, _, guest_port in forwarding:
            if protocol == "tcp" and guest_port == "22":
                self.write("port", port)
        with open(self.path("machine.log"), "ab") as log:
            subprocess.Popen(
                [os.path.join(LAB, self.program), self.folder],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(100):
            if self.process and os.path.exists(self.path(self.began)):
                return True
            time.sleep(0.1)
        return False

    def end(self, how):
        process = self.process
        if process:
            os.kill(process, how)
            while os.path.exists(f"/proc/{process}"):
                time.sleep(0.1)
