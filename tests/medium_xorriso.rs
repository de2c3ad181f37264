//! ISOs as xorriso writes them, in every way in which it writes names.
#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out files and start programs themselves"
)]

use std::path::Path;
use std::process::Command;

use boxdoctor::medium::{Medium, Processor};

/// Enough files beside the installers that the root folder has several blocks.
const OTHERS: usize = 120;

fn iso(tree: &Path, to: &Path, options: &[&str]) {
    let made = Command::new("xorriso")
        .args(["-as", "mkisofs", "-quiet", "-V", "VBox_GAs_7.1.4"])
        .args(options)
        .arg("-o")
        .args([to, tree])
        .output()
        .expect("xorriso is installed");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

#[test]
fn installers_are_found_whatever_the_names_are_written_in() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tree = folder.path().join("tree");
    std::fs::create_dir(&tree).expect("a folder");
    let x86: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let arm: Vec<u8> = x86.iter().map(|byte| !byte).collect();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(tree.join(name), bytes).expect("it is written");
    };
    for number in 0..OTHERS {
        write(&format!("AnotherFile-{number:03}.txt"), b"something else\n");
    }
    write("VBoxLinuxAdditions.run", &x86);
    write("VBoxLinuxAdditions-arm64.run", &arm);
    std::fs::create_dir(tree.join("cert")).expect("a folder");
    write("cert/VBoxLinuxAdditions.run", b"not in the root folder\n");

    let path = folder.path().join("VBoxGuestAdditions.iso");
    let ways: [&[&str]; 6] = [
        &["-R", "-J"],
        &["-R"],
        &["-J"],
        &["-r", "-J", "-iso-level", "1"],
        &["-R", "-iso-level", "3", "-no-pad"],
        &["-iso-level", "3", "--norock"],
    ];
    for options in ways {
        iso(&tree, &path, options);
        let bytes = std::fs::read(&path).expect("it is there");
        let medium = Medium::open(&path).unwrap_or_else(|why| panic!("{options:?}: {why}"));
        assert_eq!(medium.version.to_string(), "7.1.4");
        for (processor, content) in [(Processor::X86, &x86), (Processor::Arm64, &arm)] {
            let archive = medium
                .installer(processor)
                .unwrap_or_else(|why| panic!("{options:?}: {why}"));
            let from = usize::try_from(archive.offset).expect("a small image");
            let found = &bytes[from..from + usize::try_from(archive.length).expect("small")];
            assert!(found == content.as_slice(), "{options:?}: {processor:?}");
        }
    }
}
