//! Logs of all kinds: what their lines say, as far as a rule knows.

mod headers;
mod kernels;
mod lines;
mod plain;
mod repositories;
mod rule;
mod rules;
mod words;

pub use headers::wanted_headers;
pub use kernels::{installed_headers, running_kernel};
pub use lines::{Line, Lines};
pub use rule::{ALL, Effect, Fails, Rule, Shown, Table, place, rule, rules};
pub use words::folded;
