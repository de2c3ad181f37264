//! The checks: each a pure function from facts to a verdict.
//!
//! A new check is one file with its rule, one page beside it, and one line in the list below. The
//! line also names what can cause it; nothing else in the house knows which check explains which.

mod kerberos;
mod krb5_blocks;
mod krb5_problem;
pub mod krb5_reading;
mod needs;
mod of_log;
mod verdict;

pub use of_log::{decide_with, noise, of_log};
pub use verdict::{
    Evidence, Failure, Location, Outcome, Severity, Undecided, Verdict, asked, failure,
};

use crate::facts::Facts;

/// Which part of a machine a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Host,
    Additions,
    Kernel,
    Packages,
    Shares,
    Guest,
    Krb5,
}

/// One check of the catalogue.
pub struct Check {
    /// Its name for users; never changes its meaning.
    pub slug: &'static str,
    pub group: Group,
    /// The severity with which it fails when nothing softens it.
    pub level: Severity,
    /// The checks that explain this one when they fail too, in the order of the catalogue.
    pub causes: &'static [&'static str],
    /// Its page for `explain`, in Markdown.
    pub page: &'static str,
    pub examine: fn(&Facts) -> Verdict,
}

impl Check {
    /// The first sentence of its page.
    pub fn title(&self) -> String {
        let lines = self.page.lines().skip(1);
        let lines = lines.skip_while(|line| line.is_empty());
        let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
        let mut paragraph = paragraph.join(" ");
        if let Some(end) = paragraph.find(". ") {
            paragraph.truncate(end + 1);
        }
        paragraph
    }
}

/// The name of a module as a slug, made when the program is built.
macro_rules! slug {
    ($module:ident) => {{
        const NAME: &str = stringify!($module);
        const BYTES: [u8; NAME.len()] = dashed(NAME);
        match std::str::from_utf8(&BYTES) {
            Ok(slug) => slug,
            Err(_) => NAME,
        }
    }};
}

const fn dashed<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let name = name.as_bytes();
    let mut bytes = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        bytes[at] = if name[at] == b'_' { b'-' } else { name[at] };
        at += 1;
    }
    bytes
}

macro_rules! catalogue {
    ($($folder:ident as $group:ident { $($module:ident <- [$($cause:ident)*];)* })*) => {
        $(mod $folder { $(pub mod $module;)* })*

        /// Every check. Where nothing else decides, findings are shown in this order.
        pub const CATALOGUE: &[Check] = &[$($(Check {
            slug: slug!($module),
            group: Group::$group,
            level: $folder::$module::LEVEL,
            causes: &[$(slug!($cause)),*],
            page: include_str!(concat!(stringify!($folder), "/", stringify!($module), ".md")),
            examine: $folder::$module::examine,
        },)*)*];
    };
}

catalogue! {
    host as Host {
        virtualbox_not_found <- [];
        virtualbox_driver_not_loaded <- [virtualbox_not_found];
        vagrant_virtualbox_unsupported <- [];
        hyperv_conflict <- [];
        powershell_too_old <- [];
        box_download_slow <- [];
        additions_iso_missing <- [virtualbox_not_found];
        vbguest_plugin_broken <- [];
    }
    guest as Guest {
        guest_unreachable <- [virtualbox_not_found virtualbox_driver_not_loaded hyperv_conflict];
        disk_full <- [];
    }
    packages as Packages {
        kernel_versionlock <- [];
        kernel_excluded <- [];
        package_manager_locked <- [];
        repositories_end_of_life <- [];
        repositories_unreachable <- [repositories_end_of_life];
    }
    kernel as Kernel {
        kernel_headers_missing <- [
            kernel_versionlock kernel_excluded package_manager_locked repositories_end_of_life
            repositories_unreachable disk_full
        ];
        kernel_headers_mismatch <- [
            kernel_versionlock kernel_excluded package_manager_locked repositories_end_of_life
            repositories_unreachable disk_full
        ];
        build_tools_missing <- [
            kernel_versionlock kernel_excluded package_manager_locked repositories_end_of_life
            repositories_unreachable disk_full
        ];
        kernel_reboot_pending <- [];
    }
    additions as Additions {
        module_signature_rejected <- [];
        additions_build_failed <- [
            kernel_versionlock kernel_excluded package_manager_locked repositories_end_of_life
            repositories_unreachable kernel_headers_missing kernel_headers_mismatch
            build_tools_missing disk_full module_signature_rejected
        ];
        additions_mixed_providers <- [additions_build_failed];
        additions_missing <- [vbguest_plugin_broken additions_build_failed];
        additions_stale_module <- [
            kernel_headers_missing kernel_headers_mismatch build_tools_missing additions_build_failed
        ];
        additions_not_running <- [
            kernel_headers_missing kernel_headers_mismatch build_tools_missing
            module_signature_rejected additions_build_failed additions_mixed_providers
            additions_stale_module
        ];
        additions_version_mismatch <- [
            vbguest_plugin_broken kernel_headers_missing kernel_headers_mismatch
            build_tools_missing module_signature_rejected additions_build_failed
            additions_mixed_providers additions_stale_module
        ];
        mount_helper_broken <- [additions_build_failed];
    }
    shares as Shares {
        share_not_defined <- [];
        share_owner_missing <- [];
        share_not_mounted <- [
            vbguest_plugin_broken additions_missing module_signature_rejected
            additions_mixed_providers additions_not_running additions_version_mismatch
            additions_stale_module mount_helper_broken additions_build_failed share_not_defined
            share_owner_missing
        ];
    }
    krb5 as Krb5 {
        krb5_stray_bytes <- [];
        krb5_include <- [krb5_stray_bytes];
        krb5_syntax <- [krb5_stray_bytes];
        krb5_default_realm <- [krb5_stray_bytes];
        krb5_realm_kdc <- [krb5_stray_bytes krb5_default_realm];
        krb5_enctypes <- [krb5_stray_bytes];
        krb5_lifetime <- [krb5_stray_bytes];
        krb5_kdc_unreachable <- [krb5_stray_bytes krb5_default_realm krb5_realm_kdc];
        krb5_clock_skew <- [];
        krb5_ccache <- [];
        krb5_ticket <- [
            krb5_stray_bytes krb5_include krb5_syntax krb5_default_realm krb5_realm_kdc
            krb5_enctypes krb5_lifetime krb5_kdc_unreachable krb5_clock_skew krb5_ccache
        ];
        krb5_keytab <- [];
        sasl_gssapi_missing <- [];
    }
}

/// The check of this slug.
pub fn find(slug: &str) -> Option<&'static Check> {
    CATALOGUE.iter().find(|check| check.slug == slug)
}
