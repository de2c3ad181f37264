//! The installer of the Guest Additions, as root runs it in a guest.

/// Where the ISO is mounted.
const MEDIUM: &str = "/var/lib/boxdoctor/medium";

/// Where the installer unpacks itself: not below a name in /tmp that others can guess.
const UNPACKED: &str = "/var/lib/boxdoctor/unpacked";

/// Runs the installer: the archive of this name on the ISO at `path`, or the archive at `path`.
///
/// Whatever it asks is answered with yes: what lies in the way of an installation is removed by the
/// consent that was given to it. An end of its input it would take for a no.
pub fn command(path: &str, on_iso: Option<&str>) -> String {
    // Both are boxdoctor's own names, made of letters that no shell reads anything into.
    let prepare = format!("mkdir -p {UNPACKED} || exit 1\nTMPDIR={UNPACKED}; export TMPDIR\n");
    match on_iso {
        None => format!("{prepare}echo yes | sh {path} --nox11"),
        Some(archive) => format!(
            "{prepare}umount {MEDIUM} 2>/dev/null\n\
             mkdir -p {MEDIUM} || exit 1\n\
             mount -t iso9660 -o loop,ro,nosuid,nodev {path} {MEDIUM} || exit 1\n\
             echo yes | sh {MEDIUM}/{archive} --nox11\n\
             status=$?\n\
             umount {MEDIUM}\n\
             rmdir {MEDIUM}\n\
             exit $status"
        ),
    }
}
