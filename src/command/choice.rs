//! Which checks the user has chosen with `--only` and `--skip`.

use anyhow::{Result, bail};

use crate::check::{self, Check, Group};
use crate::cli;
use crate::escape;

pub struct Choice {
    only: Vec<String>,
    skip: Vec<String>,
    without: Option<Group>,
}

impl Choice {
    /// # Errors
    /// Where a name is no check's.
    pub fn new(view: &cli::View) -> Result<Self> {
        for slug in view.only.iter().chain(&view.skip) {
            if check::find(slug).is_none() {
                bail!(
                    "there is no check '{}'; `boxdoctor explain` lists them all",
                    escape::line(slug, 60)
                );
            }
        }
        Ok(Choice {
            only: view.only.clone(),
            skip: view.skip.clone(),
            without: None,
        })
    }

    /// The same without the checks of a group.
    pub fn without(self, group: Group) -> Self {
        Choice {
            without: Some(group),
            ..self
        }
    }

    pub fn includes(&self, check: &Check) -> bool {
        let named = |list: &[String]| list.iter().any(|slug| slug == check.slug);
        (self.only.is_empty() || named(&self.only))
            && !named(&self.skip)
            && self.without != Some(check.group)
    }
}
