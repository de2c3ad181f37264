# What all boxes have in common. Sourced; needs `lab`, `cache` and `root`, the folder of the box.
# shellcheck shell=bash disable=SC2154

# The user land, made to boot.
box_begin() {
    rm -rf "$root"
    cp -a "$cache/root" "$root"
    # What boots instead of systemd: busybox's init, which is up three times as fast under emulation.
    install -m 755 "$lab/guest/start" "$root/usr/sbin/lab-start"
    install -m 755 "$lab/guest/stop" "$root/usr/sbin/lab-stop"
    install -m 644 "$lab/guest/inittab" "$root/etc/inittab"
    install -m 755 "$lab/guest/kernel-install" "$root/usr/sbin/kernel-install"
    install -m 755 "$lab/guest/grubby" "$root/usr/sbin/grubby"
    for tool in init reboot poweroff halt; do
        ln -sf /bin/busybox "$root/sbin/$tool"
    done
    install -m 755 "$lab/guest/shutdown" "$root/sbin/shutdown"
    # What busybox's acpid does when the power button is pressed.
    mkdir -p "$root/etc/acpi/PWRF"
    printf '#!/bin/sh\nexec poweroff\n' >"$root/etc/acpi/PWRF/00000080"
    chmod 755 "$root/etc/acpi/PWRF/00000080"
    ln -sf grub-set-default "$root/usr/sbin/grub2-set-default"
    ln -sf grub-editenv "$root/usr/bin/grub2-editenv"
    mkdir -p "$root/boot/grub2"
    ln -sfn grub2 "$root/boot/grub"
}

# Runs a command in the box, in a mount namespace that takes its mount away with it.
inside() {
    # shellcheck disable=SC2016 # meant for the inner shell
    unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$root" "$@"
}

# Guest Additions, built for a kernel whose headers are there. At full speed here; in the guest it
# would be emulated.
box_additions() { # VERSION KERNEL
    local installer
    installer=$(mktemp -p "$root/root")
    osirrox -report_about FATAL -indev "$cache/VBoxGuestAdditions_$1.iso" \
        -extract /VBoxLinuxAdditions.run "$installer"
    inside sh "/root/${installer##*/}" --nox11 -- --no-setup
    rm "$installer"
    inside /sbin/rcvboxadd quicksetup "$2"
    [ -e "$root/lib/modules/$2/misc/vboxsf.ko" ]
}
