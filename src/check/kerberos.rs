//! Whether Kerberos is used at all, and can be read: the question before every check of it.

use super::Undecided;
use crate::facts::Facts;
use crate::krb5::Configuration;
use crate::target::Kind;

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
    if facts.target.kind == Kind::File || !realms(configuration).is_empty() {
        return Ok(configuration);
    }
    Err(Undecided::skipped(
        "krb5.conf names no realm: Kerberos is not used",
    ))
}

/// As [`in_use`], where Kerberos can read the configuration.
///
/// # Errors
/// As [`in_use`]; and skipped where Kerberos gives up on the file.
pub fn readable(facts: &Facts) -> Result<&Configuration, Undecided> {
    let configuration = in_use(facts)?;
    match configuration.fault() {
        None => Ok(configuration),
        Some(_) => Err(Undecided::skipped(
            "Kerberos gives up on the configuration before it comes to this",
        )),
    }
}

/// The realms that somebody has set up: what comes with a package does not count.
fn realms(configuration: &Configuration) -> Vec<Vec<u8>> {
    let default = configuration.first(&["libdefaults", "default_realm"]);
    let defined = configuration.subsections(&["realms"]);
    let defined = defined.iter().map(|(part, node)| part.name(*node).to_vec());
    defined
        .chain(default.map(|value| value.text.to_vec()))
        .filter(|realm| realm != b"EXAMPLE.COM")
        .collect()
}
