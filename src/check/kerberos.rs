//! Whether Kerberos is used at all, and can be read: the question before every check of it.

use super::Undecided;
use crate::facts::{Fact, Facts, NOT_ASKED, State};
use crate::krb5::{Configuration, Value};
use crate::parse::klist::Cache;
use crate::target::Kind;

/// The realms in the files that come with the packages of Red Hat and Debian: they show nothing.
const STOCK: [&[u8]; 11] = [
    b"EXAMPLE.COM",
    b"ATHENA.MIT.EDU",
    b"ZONE.MIT.EDU",
    b"CSAIL.MIT.EDU",
    b"IHTFP.ORG",
    b"1TS.ORG",
    b"ANDREW.CMU.EDU",
    b"CS.CMU.EDU",
    b"DEMENTIA.ORG",
    b"stanford.edu",
    b"UTORONTO.CA",
];

/// The configuration of a target that uses Kerberos.
///
/// # Errors
/// Skipped where nothing shows that Kerberos is used, unknown where it could not be read.
pub fn in_use(facts: &Facts) -> Result<&Configuration, Undecided> {
    let Some(configuration) = facts.krb5.configuration.need()? else {
        return Err(Undecided::skipped(
            "there is no krb5.conf: Kerberos is not used",
        ));
    };
    // Whoever names a file wants to know about it.
    if facts.target.kind == Kind::File || names_a_realm(configuration) || is_at_work(facts) {
        return Ok(configuration);
    }
    Err(Undecided::skipped(
        "nobody has set up a realm: Kerberos is not used",
    ))
}

/// What a guest's programs said, where the guest uses Kerberos.
///
/// # Errors
/// As [`in_use`]; and skipped where there is no guest, or where it was not asked this.
pub fn said<'a, T>(facts: &'a Facts, fact: &'a Fact<T>) -> Result<Option<&'a T>, Undecided> {
    if facts.target.kind == Kind::File {
        return Err(Undecided::skipped("a file has no guest"));
    }
    in_use(facts)?;
    if matches!(&fact.state, State::Unknown(why) if why == NOT_ASKED) {
        return Err(Undecided::skipped("it was not asked"));
    }
    fact.need()
}

/// A value of the section in which programs find what holds for all of them.
pub fn setting<'a>(facts: &'a Facts, name: &str) -> Option<Value<'a>> {
    let configuration = facts.krb5.configuration.known()?;
    configuration.first(&["libdefaults", name])
}

/// Whether something uses Kerberos, whatever stands in krb5.conf.
fn is_at_work(facts: &Facts) -> bool {
    let krb5 = &facts.krb5;
    let tickets = krb5.client.tickets.known();
    let setting = krb5.setting.as_deref();
    krb5.client.has_keytab
        || tickets.is_some_and(|tickets| matches!(tickets.cache, Cache::Of { .. }))
        || setting.is_some_and(|path| !path.is_empty() && path != b"/dev/null")
}

/// Whether somebody has set up a realm, or has at least edited the file until it broke.
fn names_a_realm(configuration: &Configuration) -> bool {
    let default = configuration.first(&["libdefaults", "default_realm"]);
    let defined = configuration.subsections(&["realms"]);
    let mut defined = defined.iter().map(|(part, node)| part.name(*node));
    let fault = configuration.fault();
    default.is_some_and(|value| !STOCK.contains(&&*value.text))
        || defined.any(|realm| !STOCK.contains(&realm))
        || fault.is_some_and(|(_, fault)| fault.code.is_improper_format())
}
