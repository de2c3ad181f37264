//! The folder of Vagrant that all projects of a user share.

use std::path::{Path, PathBuf};

use super::environment::Environment;

/// Where Vagrant keeps what belongs to the user, as Vagrant finds it. In WSL it is on the side of
/// Windows, where the user has said that Vagrant may manage the machines of Windows; then Windows is
/// asked who the user is there, unless that is told.
pub fn of(environment: &Environment) -> Option<PathBuf> {
    const NAME: &str = ".vagrant.d";
    if let Some(home) = environment.folder("VAGRANT_HOME") {
        // Ruby reads `~`, which no shell has where it stands in quotes.
        return match (home.strip_prefix("~"), &environment.home) {
            (Ok(rest), Some(user)) => Some(user.join(rest)),
            _ => Some(home),
        };
    }
    let is_there = |name| (environment.variable)(name).is_some();
    let of_windows = environment.system.is_wsl()
        && is_there("VAGRANT_WSL_ENABLE_WINDOWS_ACCESS")
        && !is_there("VAGRANT_WSL_DISABLE_VAGRANT_HOME");
    let user = if of_windows {
        let told = environment.folder("VAGRANT_WSL_WINDOWS_ACCESS_USER_HOME_PATH");
        told.or_else(|| {
            let asked = (environment.windows_variable)("USERPROFILE")?;
            Some(environment.system.path(Path::new(&asked)))
        })
    } else {
        environment.folder("USERPROFILE")
    };
    let user = user.or_else(|| environment.home.clone());
    user.map(|user| user.join(NAME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::environment::tests::environment;
    use crate::target::environment::{Generation, System};

    #[test]
    fn vagrants_home_is_where_vagrant_has_it() {
        let found = |system, user: &str, variables: &[(&str, &str)]| {
            let home = of(&environment(system, user, variables)).unwrap();
            home.display().to_string().replace('\\', "/")
        };
        let wsl = System::Wsl(Generation::Second);
        let access = ("VAGRANT_WSL_ENABLE_WINDOWS_ACCESS", "");
        let told = (
            "VAGRANT_WSL_WINDOWS_ACCESS_USER_HOME_PATH",
            "/mnt/d/Users/me/",
        );
        let (me, here) = ("/home/me", "/home/me/.vagrant.d");
        let profile = ("USERPROFILE", r"C:\Users\me");
        for (system, variables, expected) in [
            (System::Linux, vec![], here),
            (System::MacOs, vec![], here),
            (System::Linux, vec![("VAGRANT_HOME", "/v")], "/v"),
            (System::Linux, vec![("VAGRANT_HOME", "~/v")], "/home/me/v"),
            (System::Linux, vec![access, told], here),
            (System::Windows, vec![profile], "C:/Users/me/.vagrant.d"),
            (
                System::Windows,
                vec![profile, ("VAGRANT_HOME", r"D:\v")],
                "D:/v",
            ),
            (wsl, vec![], here),
            (wsl, vec![access, told], "/mnt/d/Users/me/.vagrant.d"),
            // Nobody has told: Windows itself is asked.
            (wsl, vec![access], "/mnt/c/Users/Some One/.vagrant.d"),
            (
                wsl,
                vec![access, ("VAGRANT_WSL_DISABLE_VAGRANT_HOME", "1")],
                here,
            ),
            (
                wsl,
                vec![access, told, ("VAGRANT_HOME", r"C:\v")],
                "/mnt/c/v",
            ),
        ] {
            assert_eq!(found(system, me, &variables), expected, "{variables:?}");
        }
    }
}
