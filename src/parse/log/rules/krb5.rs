//! What Kerberos and its clients say.

use crate::parse::log::rule::{Effect, Rule, fails};

pub(super) const RULES: &[Rule] = &[
    fails(
        "krb5-syntax",
        "krb5-syntax",
        "Kerberos cannot read its configuration",
        &["edit-krb5-conf"],
        &[
            "Improper format of Kerberos configuration file",
            // Java.
            r"krb5\.conf loading failed",
            "KrbException: Illegal config content",
        ],
    ),
    fails(
        "krb5-include",
        "krb5-include",
        "what the Kerberos configuration includes cannot be read",
        &["make-included-folder", "edit-krb5-conf"],
        &[
            r"Included profile (directory|file) could not be read",
            r"Permission denied while initializing (Kerberos|krb5)",
        ],
    ),
    fails(
        "krb5-default-realm",
        "krb5-default-realm",
        "the Kerberos configuration names no default realm",
        &["edit-krb5-conf"],
        &[
            "Configuration file does not specify default realm",
            "KrbException: Cannot locate default realm",
        ],
    ),
    fails(
        "krb5-realm-kdc",
        "krb5-realm-kdc",
        "no KDC of the realm is known",
        &["edit-krb5-conf"],
        &[
            "Cannot find KDC for (requested )?realm",
            "KrbException: Cannot locate KDC",
            // Active Directory answers a realm in the wrong case so.
            "KDC reply did not match expectations",
        ],
    ),
    fails(
        "krb5-enctypes",
        "krb5-enctypes",
        "client and KDC have no encryption type in common",
        &["edit-krb5-conf"],
        &[
            "KDC has no support for encryption type",
            "No supported encryption types",
            r"Encryption type .*not (supported|permitted)",
        ],
    ),
    fails(
        "krb5-lifetime",
        "krb5-lifetime",
        "a lifetime in the Kerberos configuration is not understood",
        &["edit-krb5-conf"],
        &["Invalid format of Kerberos lifetime or clock skew string"],
    ),
    fails(
        "krb5-kdc",
        "krb5-kdc-unreachable",
        "no KDC of the realm answers",
        &["reach-kdc"],
        &[
            "Cannot contact any KDC for (requested )?realm",
            r"Cannot resolve (network address|servers) for KDC",
            // Heimdal and Java.
            "unable to reach any KDC in realm",
            "KrbKdcReq send: error trying",
        ],
    ),
    fails(
        "krb5-clock",
        "krb5-clock-skew",
        "the clocks of client and KDC differ by too much",
        &["set-clock"],
        &["Clock skew too great"],
    ),
    fails(
        "krb5-ccache",
        "krb5-ccache",
        "the cache for tickets cannot be used",
        &["choose-ccache"],
        &[
            "Invalid UID in persistent keyring name",
            "No KCM server found",
            "Credentials cache permissions incorrect",
            r"Credential cache directory \S+ does not exist",
        ],
    ),
    fails(
        "krb5-ticket",
        "krb5-ticket",
        "there is no ticket that is still good",
        &["get-ticket"],
        &[
            r"(Ticket|credentials) (has |have |is )?expired",
            r"Credentials cache .*expired",
        ],
    ),
    fails(
        "no-ticket",
        "krb5-ticket",
        "there is no ticket",
        &["get-ticket"],
        &[
            "No Kerberos credentials available",
            "No credentials cache (file )?found",
            r"Credentials cache (file|keyring) '[^']*' not found",
            "Failed to find any Kerberos (tgt|credentials)",
            // Behind a number and a slash in what KRB5_TRACE writes, where all is well.
            r"(^|[^/])Matching credential not found",
        ],
    ),
    Rule {
        id: "ticket",
        patterns: &[
            r"^\d\d/\d\d/\d{2,4} \d\d:\d\d:\d\d +\d\d/\d\d/\d{2,4} \d\d:\d\d:\d\d +krbtgt/",
        ],
        effect: Effect::Ends(&["no-ticket", "krb5-keytab"]),
    },
    fails(
        "krb5-keytab",
        "krb5-keytab",
        "the keytab is missing, or its key is not the KDC's any more",
        &["renew-keytab"],
        &[
            r"Key table file '[^']*' not found",
            r"Key table entry not found",
            r"Keytab contains no suitable keys",
            r"kinit: (Preauthentication failed|Password incorrect) while getting initial credentials",
            "Pre-authentication information was invalid",
            "LoginException: Unable to obtain password from user",
        ],
    ),
    fails(
        "sasl",
        "sasl-gssapi-missing",
        "SASL lacks its plug-in for Kerberos",
        &["install-sasl-gssapi"],
        &["No worthy mechs found", "Couldn't find mech GSSAPI"],
    ),
];
