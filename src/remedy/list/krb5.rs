//! Kerberos.

use crate::facts::PackageManager;
use crate::observe::Side::{Guest, Host};
use crate::remedy::Need::{Network, Sudo};
use crate::remedy::packages::{by_name, manager};
use crate::remedy::{Remedy, Risk, kerberos};
use crate::target::Kind;

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy {
        id: "make-included-folder",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "If the path is right, make the folder; it may be empty",
        how: |facts| Vec::from_iter(kerberos::included_folder(facts)),
    },
    Remedy {
        id: "rename-included-file",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Give the file a name that counts, if it is to be read",
        how: kerberos::overlooked_files,
    },
    Remedy {
        id: "let-users-read-krb5-conf",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Let everybody read the configuration: there are no secrets in it",
        how: kerberos::let_users_read,
    },
    Remedy {
        id: "edit-krb5-conf",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Correct the lines that are named above; keep a copy",
        how: kerberos::edit_krb5_conf,
    },
    Remedy {
        id: "remove-stray-bytes",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Take the stray bytes out, and nothing else: shows every byte, asks, can be undone",
        how: kerberos::remove_stray_bytes,
    },
    Remedy {
        id: "transcode-krb5-conf",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Write the file as UTF-8: shows what it does, asks, can be undone",
        how: kerberos::remove_stray_bytes,
    },
    Remedy {
        id: "edit-stray-bytes",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "The bytes stand inside a word, and only you know what was meant: edit a copy of the file",
        how: kerberos::edit_stray_bytes,
    },
    Remedy {
        id: "set-clock",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Set the guest's clock, once the host's is right",
        how: kerberos::set_clock,
    },
    Remedy {
        id: "reach-kdc",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Network],
        covers: &["get-ticket"],
        title: "See where the way to the KDC ends",
        how: |_| vec!["KRB5_TRACE=/dev/stderr kinit".to_owned()],
    },
    Remedy {
        id: "choose-ccache",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[],
        covers: &[],
        title: "Keep tickets in a file; for good in default_ccache_name of krb5.conf",
        how: |_| vec!["export KRB5CCNAME=FILE:/tmp/krb5cc_$(id -u)".to_owned()],
    },
    Remedy {
        id: "get-ticket",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Network],
        covers: &[],
        title: "Get a new ticket",
        how: kerberos::get_ticket,
    },
    Remedy {
        id: "renew-keytab",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Have the realm's administrators write the guest's keytab anew",
        how: |_| {
            vec![
                "in a realm of MIT's: sudo kadmin -q 'ktadd -k /etc/krb5.keytab PRINCIPAL'"
                    .to_owned(),
                "in Active Directory: sudo adcli update --computer-password-lifetime=0".to_owned(),
            ]
        },
    },
    Remedy {
        id: "install-sasl-gssapi",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install SASL's plug-in for Kerberos",
        how: |facts| {
            let package = match manager(facts) {
                Some(PackageManager::Apt) => "libsasl2-modules-gssapi-mit",
                Some(PackageManager::Pacman) => "libsasl",
                Some(PackageManager::Apk) => "cyrus-sasl-gssapiv2",
                None if facts.target.kind == Kind::Log => {
                    "cyrus-sasl-gssapi (Debian, Ubuntu: libsasl2-modules-gssapi-mit)"
                }
                _ => "cyrus-sasl-gssapi",
            };
            by_name(facts, package)
        },
    },
];
