//! From what the user types at `hook install` to what `hook run` will be given.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Parser;

use crate::cli::{HookBlock, HookManner};
use crate::escape;
use crate::hook::Block;
use crate::medium::download::PUBLISHED_AT;

/// How long Vagrant waits for a look, and for a repair, in seconds. A look may wait for the guest, and
/// be done twice.
const LOOK: u32 = 360;
const REPAIR: u32 = 3600;

/// The block for these options.
pub fn block(arguments: &HookBlock) -> Result<Block> {
    let HookManner { fix, strict, .. } = arguments.manner;
    let manner = words(&arguments.manner)?;
    let limit = arguments.limit.map(|limit| format!("--limit={limit}"));
    Ok(Block {
        options: manner.iter().cloned().chain(limit).collect(),
        arguments: manner,
        strict,
        seconds: arguments.limit.unwrap_or(if fix { REPAIR } else { LOOK }),
    })
}

/// The block for these options, or, where there are none, for those of the block that is there.
pub fn renewed(arguments: &HookBlock, before: Option<Option<Vec<String>>>) -> Result<Block> {
    let block_of_these = block(arguments)?;
    let Some(before) = before.filter(|_| !arguments.check && block_of_these.options.is_empty())
    else {
        return Ok(block_of_these);
    };
    let again = "name the options that you want, or --check";
    let before = before.with_context(|| {
        format!("nobody can tell what the block that is there was written with; {again}")
    })?;
    let words = ["boxdoctor".to_owned()].into_iter().chain(before);
    match Renewed::try_parse_from(words) {
        Ok(renewed) => block(&renewed.block),
        Err(_) => bail!("the options of the block that is there are not understood; {again}"),
    }
}

#[derive(Parser)]
struct Renewed {
    #[command(flatten)]
    block: HookBlock,
}

/// The options that say the same to `hook run`.
fn words(manner: &HookManner) -> Result<Vec<String>> {
    let repair = &manner.repair;
    let switch = |on: bool, word: &str| on.then(|| word.to_owned());
    let from = repair.download_from.to_string();
    let of_repair: Vec<String> = [
        repair.iso.as_ref().map(iso).transpose()?,
        switch(repair.download, "--download"),
        (from != PUBLISHED_AT).then(|| format!("--download-from={from}")),
        repair
            .archive_from
            .as_ref()
            .map(|from| format!("--archive-from={from}")),
        switch(repair.allow_reboot, "--allow-reboot"),
        switch(repair.allow_kernel_change, "--allow-kernel-change"),
        switch(repair.snapshot, "--snapshot"),
        switch(repair.repin, "--repin"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let (false, Some(word)) = (manner.fix, of_repair.first()) {
        let word = word.split('=').next().unwrap_or(word);
        bail!("{word} goes with --fix, without which nothing is repaired; add --fix");
    }
    let fix = switch(manner.fix, "--fix").into_iter();
    let strict = switch(manner.strict, "--strict");
    Ok(fix.chain(of_repair).chain(strict).collect())
}

/// Vagrant is called from anywhere in the project.
fn iso(path: &PathBuf) -> Result<String> {
    let path =
        std::path::absolute(path).context("there is no current folder; go to one that is there")?;
    let text = path.to_str().with_context(|| {
        let shown = escape::line(&path.to_string_lossy(), 300);
        format!("{shown} cannot be written into a Vagrantfile: it is no text; rename it")
    })?;
    Ok(format!("--iso={text}"))
}
