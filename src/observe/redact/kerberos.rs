//! What a bundle shows of Kerberos: its own words, and made-up ones for all others.
//!
//! Names can stand anywhere in such a file, also in comments and behind a stray byte. So the words that
//! belong to everybody are known here, and not the places where names are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::names::{SHORTEST, is_public, is_stock, pseudonym};

/// The observations in which Kerberos' own words are told from names.
pub fn is_about_kerberos(id: &str) -> bool {
    const IDS: [&str; 6] = [
        "krb5-conf",
        "krb5-files",
        "krb5-tickets",
        "krb5-keytab",
        "krb5-kdcs",
        "krb5-keytab-login",
    ];
    IDS.contains(&id)
}

/// Sections, keys and values of krb5.conf; the words of our own records, of `klist` and of `kinit`;
/// and what paths are made of.
const WORDS: &str = "libdefaults realms domain_realm capaths appdefaults plugins login logging dbmodules \
    dbdefaults kdcdefaults kdc admin_server master_kdc primary_kdc kpasswd_server krb524_server \
    default_domain default_realm default_ccache_name default_keytab_name default_client_keytab_name \
    default_tkt_enctypes default_tgs_enctypes permitted_enctypes allow_weak_crypto allow_des3 allow_rc4 \
    dns_lookup_kdc dns_lookup_realm dns_fallback dns_uri_lookup dns_canonicalize_hostname rdns \
    qualify_shortname udp_preference_limit clockskew kdc_timesync ticket_lifetime renew_lifetime \
    forwardable proxiable noaddresses no_addresses extra_addresses canonicalize verify_ap_req_nofail \
    ignore_acceptor_hostname realm_try_domains safe_checksum_type ap_req_checksum_type ccache_type \
    kdc_default_options kdc_req_checksum_type krb4_config krb4_realms k5login_authoritative \
    k5login_directory err_fmt request_timeout spake_preauth_groups preferred_preauth_types \
    disable_encrypted_timestamp http_anchors pkinit_anchors pkinit_identities pkinit_eku_checking \
    pkinit_kdc_hostname pkinit_pool pkinit_revoke auth_to_local auth_to_local_names rule default v4_name_convert \
    v4_instance_convert v4_realm max_life max_renewable_life supported_enctypes master_key_type key_stash_file \
    acl_file dict_file kadmind_port kdc_ports kdc_tcp_ports database_name db_library include includedir module \
    aes aes128 aes256 camellia camellia128 camellia256 des des3 rc4 arcfour cts hmac sha1 sha256 sha384 md5 crc cbc \
    cmac exp raw deprecated mode with key true false yes no on off t y n nil http https file keyring kcm dir memory \
    api session persistent user process thread uid euid username null libdir bindir sbindir \
    syslog notice info daemon authpriv console stderr device log logs etc var lib lib64 usr run tmp opt srv dev proc self \
    home conf krb5 krb5kdc krb5libs kadmin kadmind kadm5 keytab sssd pubconf crypto policies ssl pki cert certs ca \
    bundle crt pem freeipa ipa rpmnew rpmsave rpmorig dpkg dist old new orig bak save sample local localhost \
    pam password minutes minute seconds second hours hour days day kerberos realm server domain servers \
    set folder missing denied large odd kept status setting closed foreign \
    tcp udp dns name ok timeout refused unknown failed unasked untried \
    ticket cache principal valid starting expires service for client renew until flags etype skey tkt kvno timestamp \
    klist kinit credentials not found filename while initializing resolving ccache getting initial retrieving \
    reading bad format in unsupported version number end of credential reached permissions incorrect permission \
    invalid malformed type exists but is directory does exist contains primary table scan \
    input output operation error improper configuration available preauthentication decrypt integrity \
    check suitable keys contains cannot contact any request host search cve memory boxdoctor srv getent hosts nc cat ls \
    krbtgt krb5cc mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec \
    cifs ldap nfs imap smtp postgres zookeeper hdfs hive impala yarn hue spark hbase kafka http";

static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let words = WORDS.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect()
});

/// Whether it is one of Kerberos' own words, as it is written.
pub fn is_word(word: &str) -> bool {
    KNOWN.contains(word)
}

/// The names of a host, each letter perhaps with the NUL of UTF-16 beside it.
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)[A-Za-z0-9](?:\x00?[A-Za-z0-9.-])*").expect("a constant expression")
});

/// The same text with other names, of the same length.
pub fn hide(bytes: &[u8]) -> Vec<u8> {
    let mut hidden = bytes.to_vec();
    let mut seen = BTreeMap::new();
    for host in HOST.find_iter(bytes) {
        let at: Vec<usize> = host.range().filter(|at| bytes[*at] != 0).collect();
        let name: Vec<u8> = at.iter().map(|at| bytes[*at]).collect();
        let Ok(text) = std::str::from_utf8(&name) else {
            continue;
        };
        if is_stock(text.trim_end_matches(['.', '-'])) {
            continue;
        }
        let mut start = 0;
        for label in text.split('.') {
            let other = seen
                .entry(label.to_owned())
                .or_insert_with(|| stands_for(label));
            for (place, letter) in at[start..].iter().zip(other.iter()) {
                hidden[*place] = *letter;
            }
            start += label.len() + 1;
        }
    }
    hidden
}

fn stands_for(label: &str) -> Vec<u8> {
    let is_everybodys = label.split('-').all(|part| {
        let word = part.to_ascii_lowercase();
        word.len() < SHORTEST
            || is_number(&word)
            || is_word(&word)
            || is_public(&word)
            || is_slip(&word)
    });
    if is_everybodys {
        label.as_bytes().to_vec()
    } else {
        pseudonym(label.as_bytes())
    }
}

/// A number, perhaps with units of time.
fn is_number(word: &str) -> bool {
    let letters = |letter: char| letter.is_ascii_digit() || "dhms".contains(letter);
    word.starts_with(|first: char| first.is_ascii_digit()) && word.chars().all(letters)
}

/// Whether somebody has mistyped a long word, by a letter or by their order: that is what a check may
/// find.
fn is_slip(word: &str) -> bool {
    const LONG: usize = 6;
    let sorted = |word: &str| {
        let mut letters = word.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    let is_like = |known: &&str| {
        known.len() >= LONG
            && known.len().abs_diff(word.len()) <= 1
            && (differences(word.as_bytes(), known.as_bytes()) <= 1
                || sorted(word) == sorted(known))
    };
    word.len() >= LONG && KNOWN.iter().any(is_like)
}

/// How many letters must be put in, taken away or changed.
fn differences(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (count, letter) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = count + 1;
        for (place, wanted) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != wanted);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONF: &str = "[libdefaults]\n default_realm = \"QUOTEDCO.COM\"\n ticket_lifetime = 1d12h\n \
        default_ccache_name = FILE:/tmp/krb5cc_tina\n[realms]\n UNDOTTEDCO = {\n  \
        kdc =\u{a0}nbspkdc.hiddenco.com\n  kdc = https://proxyhost.kkdcpco.com/KdcProxy\n  \
        kdc = under_score.kdcco.com:88\n  admin_server\u{200b}= zwadmin.zwco.com\n  \
        auth_to_local = RULE:[1:$1@$0](.*@RULECO.NET)s/@.*//\n  auth_to_local_names = {\n   \
        bobbysmith = rsmithlocal\n  }\n }\n[domain_realm]\n plainhost = CORPX.NET\n \
        .dom.plainco.org = VALCO.NET\n[capaths]\n AAA.ORGX = {\n  BBB.ORGY = CCC.ORGZ\n }\n\
        # keeper: susanne@mailco.com\n";
    const NAMES: &str = "quotedco tina undottedco nbspkdc hiddenco proxyhost kkdcpco score kdcco \
        zwadmin zwco ruleco bobbysmith rsmithlocal plainhost corpx plainco valco orgx orgy orgz susanne mailco";

    fn has_no_name(hidden: &[u8]) {
        let letters: Vec<u8> = hidden.iter().copied().filter(|byte| *byte != 0).collect();
        let text = String::from_utf8_lossy(&letters).to_lowercase();
        for name in NAMES.split_whitespace() {
            assert!(!text.contains(name), "{name}: {text}");
        }
    }

    #[test]
    fn no_name_stays_wherever_it_stands() {
        let hidden = hide(CONF.as_bytes());
        has_no_name(&hidden);
        let text = String::from_utf8(hidden).unwrap();
        for word in [
            "[libdefaults]\n default_realm = \"",
            "ticket_lifetime = 1d12h\n",
            "kdc =\u{a0}",
            "admin_server\u{200b}= ",
            "https://",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert_eq!(text.len(), CONF.len());
    }

    #[test]
    fn no_name_stays_in_utf_16() {
        let units = || CONF.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            let hidden = hide(&bytes);
            has_no_name(&hidden);
            assert_eq!(hidden.len(), bytes.len());
            let zeros = |bytes: &[u8]| Vec::from_iter(bytes.iter().map(|byte| *byte == 0));
            assert_eq!(zeros(&hidden), zeros(&bytes));
        }
    }

    #[test]
    fn what_checks_find_is_left() {
        for left in [
            "[libdefault]\n defualt_realm = EXAMPLE.COM\n permitted_enctypes = aes256-cts-hmac-sha1-96 des3-cbc-sha1\n",
            " clockskew = 300 # five\u{200b}\n ticket_lifetime = 24H\n",
            "klist: No KCM server found while resolving ccache\n",
            "klist: Credentials cache keyring 'persistent:1000:1000' not found\n",
            "tcp 127.0.0.1 88 timeout\ndns 10.0.0.1 0 untried\n",
            "file 14 33\n/etc/krb5.conf\n",
        ] {
            let hidden = hide(left.replace(" # five", "").as_bytes());
            assert_eq!(
                String::from_utf8_lossy(&hidden),
                left.replace(" # five", "")
            );
        }
    }
}
