"""Which kind of guest a machine is, which its folder tells."""
import os

from emulated import EmulatedGuest
from light import LightGuest


def guest_of(machine):
    folder = machine["folder"]
    # A disk that is made of folders.
    light = os.path.exists(os.path.join(folder, "layers"))
    return LightGuest(folder) if light else EmulatedGuest(folder)
