//! What a guest is asked. One entry is one question; checks never see it, only its answer's facts.

/// A question to the guest, as data.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Names the answer in bundles and facts.
    pub id: &'static str,
    /// What a person would type to ask the same; shown as the evidence's source.
    pub command: &'a str,
    /// What the probe runs; `None` where that is the command itself.
    pub script: Option<&'a str>,
    /// The file (with its whole path) or tool without which there is nothing to ask: one word of
    /// the probe's shell.
    pub needs: Option<&'static str>,
    /// Answered in full only by root.
    pub root: bool,
    /// The longest answer that is kept, in bytes.
    pub bytes: u32,
    /// How long the answer may take.
    pub seconds: u32,
}

/// How long most answers may take, in seconds.
pub const SECONDS: u32 = 5;

/// The longest standard error of an answer that is kept, in bytes.
pub const STDERR_BYTES: usize = 4096;

/// A shell variable of the probe: the place of krb5.conf, or where `KRB5_CONFIG` is set, a folder
/// that is always there.
const KRB5_CONF: &str = "$krb5_conf";

/// Who holds the locks of the package managers, told by the function `held`.
pub const HOLDERS: &str = include_str!("package_locks.sh");

const PACKAGE_LOCKS: &str = concat!(include_str!("package_locks.sh"), "held");

pub(super) const fn question<'a>(id: &'static str, command: &'a str) -> Question<'a> {
    Question {
        id,
        command,
        script: None,
        needs: None,
        root: false,
        bytes: 64 * 1024,
        seconds: SECONDS,
    }
}

impl<'a> Question<'a> {
    pub(super) const fn run(mut self, script: &'a str) -> Self {
        self.script = Some(script);
        self
    }

    const fn needs(mut self, file_or_tool: &'static str) -> Self {
        self.needs = Some(file_or_tool);
        self
    }

    pub(super) const fn by_root(mut self) -> Self {
        self.root = true;
        self
    }

    pub(super) const fn within(mut self, seconds: u32) -> Self {
        self.seconds = seconds;
        self
    }

    const fn at_most(mut self, bytes: u32) -> Self {
        self.bytes = bytes;
        self
    }
}

/// What a file holds.
macro_rules! file {
    ($id:literal, $path:literal) => {
        question($id, concat!("cat ", $path))
            .run(concat!("see ", $path))
            .needs($path)
    };
}

/// Every question, in the order in which it is asked.
pub const QUESTIONS: &[Question<'static>] = &[
    question("uname", "uname -srm"),
    // Asked only so that a bundle can hide it.
    question("hostname", "uname -n"),
    question("user", "id -un"),
    file!("product", "/sys/class/dmi/id/product_name"),
    file!("os-release", "/etc/os-release"),
    file!("redhat-release", "/etc/redhat-release"),
    file!("debian-version", "/etc/debian_version"),
    question("package-managers", "command -v rpm yum dnf dnf5 dpkg-query apt-get zypper pacman apk").run(
        r#"for tool in rpm yum dnf dnf5 dpkg-query apt-get zypper pacman apk; do
  # A shell with tools of its own names them without a path; they install nothing.
  path=$(command -v "$tool") && case $path in /*) echo "$tool $(readlink -f "$path" || echo "$path")" ;; esac
done
:"#,
    ),
    file!("modules", "/proc/modules"),
    file!("filesystems", "/proc/filesystems"),
    file!("mounts", "/proc/mounts").at_most(256 * 1024),
    question("fstab", "grep vboxsf /etc/fstab")
        .needs("/etc/fstab")
        .run("with grep; grep vboxsf /etc/fstab"),
    question(
        "loaded-versions",
        "grep . /sys/module/vboxguest/version /sys/module/vboxsf/version",
    )
    .run("with grep; grep . /sys/module/vboxguest/version /sys/module/vboxsf/version"),
    question("modinfo-vboxguest", "modinfo vboxguest").needs("modinfo"),
    question("modinfo-vboxsf", "modinfo vboxsf").needs("modinfo"),
    question("module-files", "stat -c '%Y %n' /lib/modules/*/*/vbox*.ko*").run(
        r#"with stat
for folder in misc extra weak-updates updates updates/dkms kernel/drivers/virt/vboxguest kernel/fs/vboxsf; do
  for file in /lib/modules/*/"$folder"/vbox*.ko*; do
    [ -e "$file" ] && stat -c '%Y %n' "$file"
  done
done
:"#,
    ),
    file!("additions-record", "/var/lib/VBoxGuestAdditions/config"),
    question("additions-trees", "ls -d /opt/VBoxGuestAdditions-*"),
    question("additions-service", "VBoxService --version").needs("VBoxService"),
    question("mount-helper", "ls -lL /sbin/mount.vboxsf").run(
        r#"for file in /sbin/mount.vboxsf /usr/sbin/mount.vboxsf; do
  [ -e "$file" ] || [ -h "$file" ] || continue
  if [ ! -e "$file" ]; then echo "dangling $(readlink "$file") $file"
  elif [ ! -x "$file" ]; then echo "not-executable - $file"
  else echo "ok - $file"; fi
  exit 0
done
exit 127"#,
    ),
    question("headers", "ls -d /lib/modules/$(uname -r)/build/Makefile").run(
        r#"build=/lib/modules/$(uname -r)/build
if [ -e "$build/Makefile" ]; then echo "ok $(readlink -f "$build")"
elif [ -h "$build" ] && [ ! -e "$build" ]; then echo "dangling $(readlink "$build")"
elif [ -e "$build" ]; then echo "empty $build"
else echo "missing $build"; fi"#,
    ),
    question("build-tools", "command -v gcc make perl").run(
        r#"for tool in gcc make perl; do
  path=$(command -v "$tool") && case $path in /*) echo "$tool $path" ;; esac
done
:"#,
    ),
    // The release of Kerberos goes along, because a process of its own would cost more.
    question("rpm-kernels", "rpm -qa 'kernel*' 'virtualbox-*' krb5-libs")
        .needs("rpm")
        .run(r"rpm -qa --qf '%{NAME} %{EPOCH} %{VERSION} %{RELEASE} %{ARCH}\n' 'kernel*' 'virtualbox-*' krb5-libs")
        .at_most(256 * 1024),
    question("deb-kernels", "dpkg-query -W 'linux-image*' 'linux-headers*' 'virtualbox-guest*' libkrb5-3")
        .needs("dpkg-query")
        .run(
            r"dpkg-query -W -f '${Package} ${Version} ${Architecture} ${Status}\n' \
  'linux-image*' 'linux-headers*' 'linux-modules-extra*' 'virtualbox-guest*' libkrb5-3",
        )
        .at_most(256 * 1024),
    question("pacman-kernels", "pacman -Q | grep -e '^linux' -e '^virtualbox-guest'")
        .needs("pacman")
        .run("with grep; pacman -Q | grep -e '^linux' -e '^virtualbox-guest'"),
    question("apk-kernels", "apk info -v | grep -e '^linux-' -e '^virtualbox-guest'")
        .needs("apk")
        .run("with grep; apk info -v 2>/dev/null | grep -e '^linux-' -e '^virtualbox-guest'"),
    file!("yum-conf", "/etc/yum.conf"),
    file!("dnf-conf", "/etc/dnf/dnf.conf"),
    question("dnf5-drop-ins", "grep -n '' /etc/dnf/libdnf5.conf.d/*.conf")
        .needs("/etc/dnf/libdnf5.conf.d")
        .run("with grep; grep -n '' /dev/null /etc/dnf/libdnf5.conf.d/*.conf"),
    question("repositories", "grep -n '' /etc/yum.repos.d/*.repo")
        .needs("/etc/yum.repos.d")
        .run("with grep; grep -n '' /dev/null /etc/yum.repos.d/*.repo")
        .at_most(256 * 1024),
    question("apt-sources", "grep -n '' /etc/apt/sources.list /etc/apt/sources.list.d/*")
        .needs("/etc/apt")
        .run(
            r#"with grep
set --
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  [ ! -f "$file" ] || set -- "$@" "$file"
done
[ "$#" != 0 ] || exit 127
grep -n '' /dev/null "$@""#,
        ),
    file!("yum-lock-conf", "/etc/yum/pluginconf.d/versionlock.conf"),
    question("yum-lock-list", "cat /etc/yum/pluginconf.d/versionlock.list").needs("/etc/yum/pluginconf.d").run(
        r#"conf=/etc/yum/pluginconf.d/versionlock.conf
list=$(sed -n 's/^[[:space:]]*locklist[[:space:]]*=[[:space:]]*//p' "$conf" 2>/dev/null | head -n 1)
list=${list:-/etc/yum/pluginconf.d/versionlock.list}
[ -e "$list" ] || exit 127
with grep
grep -n '' /dev/null "$list""#,
    ),
    file!("dnf-lock-conf", "/etc/dnf/plugins/versionlock.conf"),
    question("dnf-lock-list", "cat /etc/dnf/plugins/versionlock.list").needs("/etc/dnf/plugins").run(
        r#"conf=/etc/dnf/plugins/versionlock.conf
list=$(sed -n 's/^[[:space:]]*locklist[[:space:]]*=[[:space:]]*//p' "$conf" 2>/dev/null | head -n 1)
list=${list:-/etc/dnf/plugins/versionlock.list}
[ -e "$list" ] || exit 127
with grep
grep -n '' /dev/null "$list""#,
    ),
    file!("dnf5-lock-list", "/etc/dnf/versionlock.toml"),
    question("zypper-locks", "cat /etc/zypp/locks")
        .needs("/etc/zypp/locks")
        .run("with grep; grep -n '' /dev/null /etc/zypp/locks"),
    file!("pacman-conf", "/etc/pacman.conf"),
    question("apk-world", "cat /etc/apk/world")
        .needs("/etc/apk/world")
        .run("with grep; grep -n '' /dev/null /etc/apk/world"),
    // The same as apt-mark, which takes ten times as long, with the line in the file.
    question("apt-holds", "apt-mark showhold").needs("/var/lib/dpkg/status").run(
        r#"with awk
awk '/^Package: /{name = $2} /^Status: hold /{print FILENAME ":" FNR ":" name}' /var/lib/dpkg/status"#,
    ),
    question("package-locks", "cat /proc/locks /var/run/yum.pid").run(PACKAGE_LOCKS),
    question("disks", "df -P -k / /boot /tmp /var /opt /usr"),
    question("inodes", "df -P -i / /boot /tmp /var /opt /usr"),
    question("krb5-files", "cat ${KRB5_CONFIG:-/etc/krb5.conf}")
        .needs(KRB5_CONF)
        .run(include_str!("krb5_files.sh"))
        .at_most(512 * 1024),
    question("clock", "date +%s").needs(KRB5_CONF),
    question("krb5-tickets", "klist").needs("klist").run(include_str!("krb5_tickets.sh")),
    question("sasl-plugins", "ls /usr/lib*/sasl2").needs(KRB5_CONF).run(
        r#"for file in /usr/lib*/libsasl2.so* /usr/lib/*/libsasl2.so* \
  /usr/lib*/sasl2/libgssapiv2.so* /usr/lib/*/sasl2/libgssapiv2.so*; do
  [ ! -e "$file" ] || echo "$file"
done"#,
    ),
    question("krb5-keytab", "klist -kte /etc/krb5.keytab")
        .by_root()
        .needs("/etc/krb5.keytab")
        .run("with klist; klist -kte /etc/krb5.keytab"),
    // By the user, whose programs read it: a link may lead root to what is none of the user's business.
    question("krb5-conf", "cat /etc/krb5.conf").needs("/etc/krb5.conf").at_most(256 * 1024).run(
        r#"[ "$(id -u)" != 0 ] || [ ! -f /etc/krb5.conf ] || {
  # Root itself is not led there either.
  case $(ls -ldnL /proc/self/fd/0) in ???????r*) cat; exit ;; *) exit 126 ;; esac
} </etc/krb5.conf
see /etc/krb5.conf"#,
    ),
    question("module-signing", "dmesg | grep -e vbox -e 'module loading'").by_root().run(
        // Where a shared folder is mounted, there is nothing to explain.
        r#"with grep
grep -q ' vboxsf ' /proc/mounts && exit 127
for file in /sys/kernel/security/lockdown /sys/module/module/parameters/sig_enforce; do
  [ -r "$file" ] && read -r line <"$file" && echo "$file:$line"
done
for file in /sys/firmware/efi/efivars/SecureBoot-*; do
  [ -r "$file" ] && echo "secure-boot:$(od -An -tu1 -j4 -N1 "$file")"
done
grep -s '^allow_unsupported_modules' /dev/null /etc/modprobe.d/*.conf /lib/modprobe.d/*.conf /usr/lib/modprobe.d/*.conf
echo '==> log'
{ dmesg 2>/dev/null && echo '==> whole'; } |
  grep -e 'vbox' -e 'Loading of ' -e 'module loading is restricted' -e '^==> whole' | tail -n 20
:"#,
    ),
    question("guest-shares", "VBoxControl --nologo sharedfolder list").needs("VBoxControl").by_root(),
    question("build-log", "tail -c 24576 /var/log/vboxadd-setup.log").by_root().at_most(80 * 1024).run(
        // The newest of the three names under which the installers have written: 5.2 and later
        // write vboxadd-setup.log, older ones vboxadd-install.log, both beside the 4.3 log.
        r#"for log in /var/log/vboxadd-setup.log /var/log/vboxadd-install.log /var/log/VBoxGuestAdditions.log; do
  [ -e "$log" ] || continue
  [ -r "$log" ] || exit 126
  seen=yes
  echo "==> $(stat -c %Y "$log" || echo 0) $log"
  tail -c 24576 "$log"
  echo ""
done
[ -n "$seen" ] || exit 127"#,
    ),
];

impl<'a> Question<'a> {
    pub fn script(&self) -> &'a str {
        self.script.unwrap_or(self.command)
    }
}
