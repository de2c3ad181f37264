//! The version lock of dnf 5, which is TOML.

use serde::Deserialize;

use super::{Comparator, Lock, Rule};

#[derive(Deserialize)]
struct TomlList {
    #[serde(default)]
    packages: Vec<TomlPackage>,
}

#[derive(Deserialize)]
struct TomlPackage {
    name: toml::Spanned<String>,
    #[serde(default)]
    conditions: Vec<TomlCondition>,
}

#[derive(Deserialize)]
struct TomlCondition {
    key: String,
    comparator: Comparator,
    value: toml::Spanned<String>,
}

/// dnf 5's list. `None` where it is not TOML of that form; dnf 5 then refuses it too.
pub fn toml_list(file: &str, text: &str) -> Option<Vec<Lock>> {
    let list: TomlList = toml::from_str(text).ok()?;
    let locks = list.packages.into_iter().map(|package| {
        let before = &text[..package.name.span().start];
        let name = package.name.into_inner();
        let conditions: Vec<_> = package
            .conditions
            .into_iter()
            .filter(|condition| condition.key == "evr")
            .map(|condition| (condition.comparator, condition.value.into_inner()))
            .collect();
        let shown: Vec<_> = conditions
            .iter()
            .map(|(comparator, value)| format!("{} {value}", comparator.symbol()))
            .collect();
        Lock {
            file: file.to_owned(),
            line: before.matches('\n').count() as u32 + 1,
            entry: format!("{name} {}", shown.join(", ")).trim_end().to_owned(),
            rule: Rule::Conditions { name, conditions },
        }
    });
    Some(locks.collect())
}

/// Where dnf 5's list says of a package that only this very version may be had: its name, and the
/// place of the version with its quotes.
pub fn exact_values(text: &str) -> Option<Vec<(String, std::ops::Range<usize>)>> {
    let list: TomlList = toml::from_str(text).ok()?;
    let values = list.packages.into_iter().flat_map(|package| {
        let name = package.name.into_inner();
        let exact = package.conditions.into_iter().filter(|condition| {
            condition.key == "evr" && condition.comparator == Comparator::Equal
        });
        exact
            .map(move |condition| (name.clone(), condition.value.span()))
            .collect::<Vec<_>>()
    });
    Some(values.collect())
}
