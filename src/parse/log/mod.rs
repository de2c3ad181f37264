//! Logs of all kinds: what their lines say, as far as a rule knows.

mod lines;
mod rules;

pub use lines::{Line, Lines};
pub use rules::{Effect, Rule, means};
