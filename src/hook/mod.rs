//! The block in a Vagrantfile that calls boxdoctor before Vagrant mounts the shared folders.

mod block;
mod outlook;
mod vagrantfile;

pub use block::Block;
pub use outlook::{Outlook, outlook};
pub use vagrantfile::{Unreadable, install, options, uninstall};
