//! Whether Kerberos is used at all, and can be read: the question before every check of it.

use super::Undecided;
use crate::facts::{Fact, Facts, NOT_ASKED, State};
use crate::krb5::{Configuration, Value};
use crate::parse::klist::Cache;
use crate::target::Kind;

/// The realm of Red Hat's file, whose server is the one below.
const EXAMPLE: &str = "EXAMPLE.COM";

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

/// Every realm that the configuration names as one of the guest's own: the default one, those with
/// servers, and those of domains.
pub fn realms(facts: &Facts) -> Vec<String> {
    let Some(configuration) = facts.krb5.configuration.known() else {
        return Vec::new();
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let default = configuration.first(&["libdefaults", "default_realm"]);
    let defined = configuration.subsections(&["realms"]);
    let defined = defined.iter().map(|(part, node)| text(part.name(*node)));
    let profiles = configuration.parts.iter().map(|part| &part.reading.profile);
    let of_domains = profiles.flat_map(|profile| {
        let section = profile.section(&[b"domain_realm"]);
        let children = section.map_or(&[][..], |section| profile.children(section));
        children
            .iter()
            .filter_map(|child| Some(text(&profile.value(*child)?)))
    });
    let default = default.map(|value| value.shown().into_owned());
    default
        .into_iter()
        .chain(defined)
        .chain(of_domains)
        .collect()
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
    let servers = configuration.all(&["realms", EXAMPLE, "kdc"]);
    let fault = configuration.fault();
    default.is_some_and(|value| !STOCK.contains(&&*value.text))
        || defined.any(|realm| !STOCK.contains(&realm))
        || servers.iter().any(|server| !is_stock_server(&server.text))
        || fault.is_some_and(|(_, fault)| fault.code.is_improper_format())
}

/// Many boxes have a realm of this name with a server of their own.
fn is_stock_server(server: &[u8]) -> bool {
    let host = server.strip_suffix(b":88").unwrap_or(server);
    host == b"kerberos.example.com"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Examination, Observation, Side::Guest};
    use crate::target::Target;

    const CENTOS_6: &str = "[logging]\n default = FILE:/var/log/krb5libs.log\n[libdefaults]\n default_realm = EXAMPLE.COM\n dns_lookup_realm = false\n dns_lookup_kdc = false\n[realms]\n EXAMPLE.COM = {\n  kdc = kerberos.example.com\n  admin_server = kerberos.example.com\n }\n[domain_realm]\n .example.com = EXAMPLE.COM\n example.com = EXAMPLE.COM\n";
    const CENTOS_7: &str = "[libdefaults]\n dns_lookup_realm = false\n# default_realm = EXAMPLE.COM\n default_ccache_name = KEYRING:persistent:%{uid}\n[realms]\n# EXAMPLE.COM = {\n# }\n[domain_realm]\n# .example.com = EXAMPLE.COM\n";
    const DEBIAN_12: &str = "[libdefaults]\n\tdefault_realm = ATHENA.MIT.EDU\n\tkdc_timesync = 1\n[realms]\n\tATHENA.MIT.EDU = {\n\t\tkdc = kerberos.mit.edu\n\t}\n\tstanford.edu = {\n\t\tkdc = krb5auth1.stanford.edu\n\t}\n";

    fn is_in_use(kind: Kind, answers: &[(&str, &str)]) -> bool {
        let mut examination = Examination::begin(Target::running("default", kind));
        let answer = |(id, said): &(&str, &str)| {
            let command = "cat /etc/krb5.conf".to_owned();
            Observation::answered(id, Guest, command, said.as_bytes().to_vec())
        };
        examination.observations = answers.iter().map(answer).collect();
        match in_use(&Facts::read(&examination)) {
            Ok(_) => true,
            Err(Undecided::Skipped { .. }) => false,
            Err(unknown) => panic!("{unknown:?}"),
        }
    }

    #[test]
    fn what_comes_with_a_package_shows_no_use() {
        for stock in [CENTOS_6, CENTOS_7, DEBIAN_12, ""] {
            let conf = ("krb5-conf", stock);
            let used = |also| is_in_use(Kind::Vagrant, &[conf, also]);
            assert!(!is_in_use(Kind::Vagrant, &[conf]), "{stock}");
            assert!(!used(("krb5-files", "set 0 9\n\n/dev/null\n")), "{stock}");
            let nothing = "status 1\n\nklist: No credentials cache found\n";
            assert!(!used(("krb5-tickets", nothing)), "{stock}");
            // Something else does.
            assert!(used(("krb5-files", "set 0 7\n\n/x.conf\n")), "{stock}");
            assert!(used(("krb5-keytab", "")), "{stock}");
            let expired = "status 1\n\nTicket cache: FILE:/x\nDefault principal: a@B\n";
            assert!(used(("krb5-tickets", expired)), "{stock}");
            assert!(is_in_use(Kind::File, &[conf]), "{stock}");
        }
    }

    #[test]
    fn a_realm_of_ones_own_shows_use_and_so_does_a_file_edited_until_it_broke() {
        for used in [
            "[libdefaults]\n default_realm = CORP.LOCAL\n",
            "[realms]\n CORP.LOCAL = {\n }\n",
            "[libdefaults]\n nonsense\n",
            "[realms]\n EXAMPLE.COM = {\n  kdc = 192.168.33.10:88 # ours\n }\n",
        ] {
            assert!(is_in_use(Kind::Vagrant, &[("krb5-conf", used)]), "{used}");
        }
    }
}
