//! The report for programs, and the schema that it keeps to.

use super::Report;

/// The schema as it is committed beside this file.
pub const COMMITTED_SCHEMA: &str = include_str!("report.schema.json");

pub fn write(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

/// The schema of [`Report`] as the code has it now.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Report);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_that_of_the_code() {
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            let path = std::path::Path::new("src/report/report.schema.json");
            crate::files::write(path, schema().as_bytes()).unwrap();
            return;
        }
        assert_eq!(
            schema(),
            COMMITTED_SCHEMA,
            "bring it up to date with: UPDATE_SCHEMA=1 cargo test --lib schema"
        );
    }
}
