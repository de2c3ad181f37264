//! What a person types to mend a guest's Kerberos.

use super::list::quoted;
use crate::facts::Facts;
use crate::parse::klist::Cache;
use crate::parse::os_release::Family;

/// Whatever keeps the time from now on: chrony on Red Hat's, systemd's own on Debian's.
pub fn set_clock(facts: &Facts) -> Vec<String> {
    let distribution = facts.guest.distribution.known();
    let step = match distribution.map(|distribution| (distribution.family, distribution.major)) {
        Some((Family::RedHat, Some(..=6))) => "sudo service ntpdate start",
        Some((Family::RedHat, _)) => "sudo chronyc makestep",
        _ => "sudo systemctl restart systemd-timesyncd",
    };
    let by_hand = "or by hand: sudo date -s @SECONDS, with what date +%s says on the host";
    vec![step.to_owned(), by_hand.to_owned()]
}

pub fn get_ticket(facts: &Facts) -> Vec<String> {
    let tickets = facts.krb5.client.tickets.known();
    vec![match tickets.map(|tickets| &tickets.cache) {
        Some(Cache::Of { principal, .. }) => format!("kinit {}", quoted(principal)),
        _ => "kinit".to_owned(),
    }]
}
