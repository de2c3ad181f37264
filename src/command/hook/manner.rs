//! From what the user types at `hook install` to what `hook run` will be given.

use anyhow::{Context, Result, bail};

use crate::cli::{HookBlock, HookManner};
use crate::hook::{Block, Unwritable};
use crate::medium::download::PUBLISHED_AT;

/// How long Vagrant waits for a look, and for a repair, in seconds.
const LOOK: u32 = 300;
const REPAIR: u32 = 3600;

pub fn block(arguments: &HookBlock) -> Result<Block> {
    let HookManner { fix, strict, .. } = arguments.manner;
    Ok(Block {
        arguments: words(&arguments.manner)?,
        strict,
        seconds: arguments.limit.unwrap_or(if fix { REPAIR } else { LOOK }),
    })
}

/// The options that say the same to `hook run`.
fn words(manner: &HookManner) -> Result<Vec<String>> {
    let repair = &manner.repair;
    let switch = |on: bool, word: &str| on.then(|| vec![word.to_owned()]);
    let iso = match &repair.iso {
        None => None,
        Some(path) => {
            // Vagrant is called from anywhere in the project.
            let path = std::path::absolute(path).context("there is no current folder")?;
            let text = path
                .to_str()
                .filter(|text| !text.contains(char::is_control));
            let text = text.ok_or_else(|| Unwritable(path.clone()))?;
            Some(vec!["--iso".to_owned(), text.to_owned()])
        }
    };
    let from = repair.download_from.to_string();
    let of_repair: Vec<String> = [
        iso,
        switch(repair.download, "--download"),
        (from != PUBLISHED_AT).then(|| vec!["--download-from".to_owned(), from]),
        switch(repair.allow_reboot, "--allow-reboot"),
        switch(repair.allow_kernel_change, "--allow-kernel-change"),
        switch(repair.snapshot, "--snapshot"),
        switch(repair.repin, "--repin"),
    ]
    .into_iter()
    .flatten()
    .flatten()
    .collect();
    if let (false, Some(word)) = (manner.fix, of_repair.first()) {
        bail!("{word} goes with --fix, without which nothing is repaired");
    }
    let all = [
        switch(manner.fix, "--fix"),
        Some(of_repair),
        switch(manner.strict, "--strict"),
    ];
    Ok(all.into_iter().flatten().flatten().collect())
}
