//! A full disk breaks builds and installations in ways that never name it.

use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::Facts;
use crate::parse::df::Usage;

pub const LEVEL: Severity = Severity::Error;

/// What a build or a package needs at least, in KiB. /boot takes one kernel and its initramfs.
const ROOM: u64 = 50 * 1024;
const ROOM_IN_BOOT: u64 = 20 * 1024;
/// A header package brings some ten thousand files; a build a few hundred.
const INODES: u64 = 1000;

pub fn examine(facts: &Facts) -> Verdict {
    let disks = facts.guest.disks.need()?.map_or(&[][..], Vec::as_slice);
    let full = disks.iter().filter(|disk| is_full(disk));
    // Some file systems have no fixed number of inodes and say 0.
    let inodes = facts.guest.inodes.known().map_or(&[][..], Vec::as_slice);
    let out_of_inodes = inodes
        .iter()
        .filter(|disk| disk.total > INODES && disk.available < INODES);
    let mut what = Vec::new();
    let mut found = failure(LEVEL, "");
    for disk in full {
        what.push(format!(
            "{} ({} bytes left, {} needed)",
            disk.mount_point,
            disk.available.saturating_mul(1024),
            room(disk) * 1024
        ));
        found = found.evidence(
            &facts.guest.disks.source,
            format!(
                "{}: {} of {} KiB available",
                disk.mount_point, disk.available, disk.total
            ),
        );
    }
    for disk in out_of_inodes {
        what.push(format!(
            "{} ({} inodes left, {INODES} needed)",
            disk.mount_point, disk.available
        ));
        found = found.evidence(
            &facts.guest.inodes.source,
            format!(
                "{}: {} of {} inodes available",
                disk.mount_point, disk.available, disk.total
            ),
        );
    }
    if what.is_empty() {
        return Ok(Outcome::Pass);
    }
    let what = crate::escape::line(&what.join(", "), 200);
    found.summary = format!("the guest's disk is full: {what}");
    found
        .expected("room for packages, a kernel and a build")
        .observed(what)
        .cured_by(&["free-disk"])
        .verdict()
}

fn is_full(disk: &Usage) -> bool {
    disk.available < room(disk)
}

/// How many KiB have to be free.
fn room(disk: &Usage) -> u64 {
    let room = if disk.mount_point == "/boot" {
        ROOM_IN_BOOT
    } else {
        ROOM
    };
    // A small file system is not full because it is small.
    room.min(disk.total / 20)
}
