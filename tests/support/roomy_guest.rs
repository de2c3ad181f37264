//! A guest whose /var/lib is a small file system of its own, and the user `vagrant`, who has a home
//! there and becomes root by a sudo that asks nothing. Needs root, and the packages openssh-server
//! and sudo.
#![allow(dead_code)] // each test binary uses its own part of this

use std::path::PathBuf;

use boxdoctor::observe::way::{Route, Way};
use boxdoctor::transport::ssh::{Address, HostKeys, Login};

use crate::sshd::Sshd;

pub const USER_ID: u32 = 12345;
pub const WITH_SFTP: &str = "Subsystem sftp /usr/lib/openssh/sftp-server\n";

/// Furnishes the namespace. `$1`: the size of /var/lib; then the programs that it lacks, `--`, and what
/// is to be run.
const FURNISH: &str = "set -e
mount -t tmpfs -o mode=755,size=$1 none /var/lib; shift
mkdir /var/lib/etc
for name in passwd shadow sudoers; do cp -a /etc/$name /var/lib/etc; done
cd /var/lib/etc
echo 'vagrant:x:12345:12345::/var/lib/vagrant:/bin/sh' >>passwd
echo 'vagrant:*:19000:0:99999:7:::' >>shadow
chmod 600 sudoers; echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >sudoers; chmod 440 sudoers
for name in passwd shadow sudoers; do mount --bind $name /etc/$name; done
cd /
mkdir /var/lib/vagrant; chown 12345:12345 /var/lib/vagrant
while [ \"$1\" != -- ]; do [ ! -e \"$1\" ] || mount --bind /dev/null \"$1\"; shift; done
shift
exec \"$@\"";

pub struct Guest {
    pub sshd: Sshd,
}

impl Guest {
    /// One with so much room, in the words of `mount`, and these settings of its SSH server.
    pub fn new(user: &str, room: &str, settings: &str) -> Self {
        Self::without(&[], user, room, settings)
    }

    /// One that lacks these programs.
    pub fn without(programs: &[&str], user: &str, room: &str, settings: &str) -> Self {
        let mut before = vec!["unshare", "--mount", "sh", "-c", FURNISH, "sh", room];
        before.extend(programs);
        before.push("--");
        Guest {
            sshd: Sshd::start_with(&before, user, settings),
        }
    }

    /// The way to it, through this port.
    pub fn way(&self, port: u16) -> Way {
        Way::new(Route::Address {
            options: Vec::new(),
            address: Address {
                host: "127.0.0.1".to_owned(),
                port,
                user: self.sshd.user.clone(),
            },
            login: Login {
                identities: vec![self.sshd.key()],
                agent: false,
                host_keys: HostKeys::Ignore,
            },
        })
    }

    /// The number of the user who logs in.
    pub fn user(&self) -> u32 {
        if self.sshd.user == "root" { 0 } else { USER_ID }
    }

    /// A file of the guest's.
    pub fn file(&self, path: &str) -> PathBuf {
        self.sshd.file(path)
    }
}
