//! SASL finds its mechanisms as plug-ins; the one for Kerberos is a package of its own.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure, kerberos};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Info;

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.client.sasl;
    let sasl = kerberos::said(facts, fact)?;
    let Some(sasl) = sasl.filter(|sasl| !sasl.libraries.is_empty()) else {
        return Err(Undecided::skipped("the guest has no SASL library"));
    };
    if !sasl.gssapi.is_empty() {
        return Ok(Outcome::Pass);
    }
    failure(
        LEVEL,
        "SASL has no Kerberos here: a program that uses both, such as Hive's or LDAP's, would say No worthy mechs found",
    )
    .expected("libgssapiv2.so in SASL's folder of plug-ins")
    .observed("SASL's library without that plug-in")
    .evidence(&fact.source, sasl.libraries.join(", "))
    .cured_by(&["install-sasl-gssapi"])
    .verdict()
}
