//! The block in a Vagrantfile that calls boxdoctor before Vagrant mounts the shared folders.

mod block;
mod vagrantfile;

pub use block::{Block, Unwritable};
pub use vagrantfile::{Unreadable, install, uninstall};
