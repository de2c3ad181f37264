"""What VBoxManage prints of machines, in the formats of versions 5.1 to 7.2."""
import datetime
import os
import xml.sax.saxutils

from guests import guest_of

# What a machine is whose process does not run, by what it was last known to be.
OFF = {"saved": "saved", "aborted": "aborted"}


def vm_state(machine):
    if guest_of(machine).process:
        return "running"
    return OFF.get(machine["state"], "poweroff")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def listing(state, fault, words):
    what = words[0] if words else ""
    if what in ("vms", "runningvms"):
        for machine in state.machines:
            if what == "vms" or vm_state(machine) == "running":
                name = "<inaccessible>" if fault.name == "inaccessible" else machine["name"]
                # Not escaped by the real one either.
                print(f'"{name}" {{{machine["uuid"]}}}')
    elif what == "systemproperties":
        numbers = state.version
        print(f"API version:                     {numbers[0]}_{numbers[1]}")
        print("Minimum guest RAM size:          4 Megabytes")
        print("Maximum guest RAM size:          2097152 Megabytes")
        print(f"Default machine folder:          {state.kept['folder']}")
        print("Default hard disk format:        VDI")
        print(f"Default Guest Additions ISO:     {state.kept['iso']}")
    elif what == "dvds" and state.kept["iso"]:
        print("UUID:           6e0d4b2d-2b0e-4a26-9cf7-2f5b4c8d1d10")
        print("State:          created")
        print("Type:           readonly")
        print(f"Location:       {state.kept['iso']}")
        print("Storage format: RAW")
        print("Capacity:       1 MBytes")
        print("Encryption:     disabled\n")
    # There are no host-only networks, bridges, DHCP servers or disks to tell of.


def rules(state, machine):
    # 7.0.0 forgets them all once there are two; Vagrant then reads the machine's own file.
    if state.version == (7, 0, 0) and len(machine["forwarding"]) > 1:
        return []
    return [",".join(rule) for rule in machine["forwarding"]]


def machine_readable(state, machine):
    numbers = state.version
    print(f"name={quoted(machine['name'])}")
    if numbers >= (7, 0, 0):
        print("Encryption:     disabled")
    print('groups="/"\nostype="Red Hat (64-bit)"')
    print(f"UUID=\"{machine['uuid']}\"")
    print(f"CfgFile={quoted(settings_file(machine))}")
    for key, name in (("SnapFldr", "Snapshots"), ("LogFldr", "Logs")):
        print(f"{key}={quoted(os.path.join(machine['folder'], name))}")
    print(f"hardwareuuid=\"{machine['uuid']}\"\nmemory=1024")
    print('pagefusion="off"\nvram=16\ncpus=1\nfirmware="BIOS"\nchipset="piix3"')
    if numbers >= (6, 1, 0):
        print('graphicscontroller="vmsvga"')
    if numbers >= (7, 0, 0):
        print('iommu="none"')
    current = vm_state(machine)
    print(f'VMState="{current}"')
    print('VMStateChangeTime="2026-01-02T03:04:05.000000000"')
    print('storagecontrollername0="SATA Controller"\nstoragecontrollertype0="IntelAhci"')
    print(f"\"SATA Controller-0-0\"={quoted(os.path.join(machine['folder'], 'disk.qcow2'))}")
    print('natnet1="nat"')
    print(f"macaddress1=\"{machine['mac']}\"")
    print('cableconnected1="on"\nnic1="nat"\nnictype1="82540EM"\nnicspeed1="0"')
    for number, rule in enumerate(rules(state, machine)):
        # The one value that is not escaped.
        print(f'Forwarding({number})="{rule}"')
    for number in range(2, 9):
        print(f'nic{number}="none"')
    if current == "running":
        print('SessionName="headless"' if numbers >= (6, 0, 0) else 'SessionType="headless"')
    for kind, wanted in (("Machine", False), ("Transient", True)):
        shares = [share for share in machine["shares"] if share["transient"] == wanted]
        for number, share in enumerate(shares, 1):
            print(f"SharedFolderName{kind}Mapping{number}={quoted(share['name'])}")
            print(f"SharedFolderPath{kind}Mapping{number}={quoted(share['path'])}")
    if current == "running":
        additions = guest_of(machine).additions()
        print("GuestMemoryBalloon=0")
        if additions:
            print('GuestOSType="Linux26_64"')
        print(f"GuestAdditionsRunLevel={2 if additions else 0}")
        if additions:
            print(f'GuestAdditionsVersion="{additions[0]} r{additions[1]}"')
    snapshots(machine)


def snapshots(machine):
    last = None
    for depth, snapshot in enumerate(machine["snapshots"]):
        key = "".join(f"-{1}" for _ in range(depth))
        print(f"SnapshotName{key}={quoted(snapshot['name'])}")
        print(f"SnapshotUUID{key}=\"{snapshot['uuid']}\"")
        if snapshot["uuid"] == machine.get("current"):
            last = (snapshot, key)
    if last:
        print(f"CurrentSnapshotName={quoted(last[0]['name'])}")
        print(f"CurrentSnapshotUUID=\"{last[0]['uuid']}\"")
        print(f'CurrentSnapshotNode="SnapshotName{last[1]}"')


def in_words(state, machine):
    print(f"Name:                        {machine['name']}")
    print("Guest OS:                    Red Hat (64-bit)")
    print(f"UUID:                        {machine['uuid']}")
    print(f"Config file:                 {settings_file(machine)}")
    print(f"State:                       {vm_state(machine)} (since 2026-01-02T03:04:05.000000000)")
    for number, rule in enumerate(machine["forwarding"]):
        name, protocol, host, port, guest, guest_port = rule
        print(
            f"NIC 1 Rule({number}):   name = {name}, protocol = {protocol}, host ip = {host}, host port = {port},"
            f" guest ip = {guest}, guest port = {guest_port}"
        )


def properties(state, machine):
    """What the host set, and what a guest with running Guest Additions tells of itself."""
    known = {"/VirtualBox/HostInfo/VBoxVer": ".".join(map(str, state.version)), **machine["properties"]}
    additions = guest_of(machine).additions()
    if vm_state(machine) == "running" and additions:
        known["/VirtualBox/GuestAdd/Version"] = known["/VirtualBox/GuestAdd/VersionExt"] = additions[0]
        known["/VirtualBox/GuestAdd/Revision"] = additions[1]
        known["/VirtualBox/GuestInfo/OS/Product"] = "Linux"
    return known


def enumerated(state, known):
    longest = max(map(len, known), default=0)
    now = datetime.datetime(2026, 1, 2, 3, 4, 5)
    for name, value in sorted(known.items()):
        if state.version >= (7, 0, 0):
            shown = f"'{value}'"
            print(f"{name:<{longest}} = {shown:<12} @ {now.isoformat()}.000Z TRANSIENT, RDONLYGUEST")
        else:
            stamp = int(now.timestamp()) * 10**9
            print(f"Name: {name}, value: {value}, timestamp: {stamp}, flags: TRANSIENT, RDONLYGUEST")


def settings_file(machine):
    """The machine's own file, as far as Vagrant reads it: the forwarded ports."""
    attribute = xml.sax.saxutils.quoteattr
    path = os.path.join(machine["folder"], "machine.vbox")
    with open(path, "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0"?>\n<VirtualBox><Machine><Hardware><Network>')
        file.write('<Adapter slot="0" enabled="true"><NAT>')
        for name, protocol, host, port, guest, guest_port in machine["forwarding"]:
            number = "1" if protocol == "tcp" else "0"
            file.write(
                f"<Forwarding name={attribute(name)} proto=\"{number}\" hostip={attribute(host)}"
                f" hostport={attribute(port)} guestip={attribute(guest)} guestport={attribute(guest_port)}/>"
            )
        file.write("</NAT></Adapter></Network></Hardware></Machine></VirtualBox>\n")
    return path
