//! Who may read and write a file, as far as that can be told without opening it.

use std::ffi::CString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Permission of a group to read and write.
const GROUP_MAY: u32 = 0o060;

/// A group that may read and write a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, or its number where that is all there is.
    pub name: String,
    /// Whether this user has been made a member. Then he only has to log in again.
    pub has_user: bool,
}

/// Whether this user may read and write a file. That of a device is not opened for it.
pub fn may_open(path: &Path) -> bool {
    let Ok(name) = CString::new(path.as_os_str().as_bytes()) else { return false };
    let mode = libc::R_OK | libc::W_OK;
    // SAFETY: a NUL-terminated name.
    unsafe { libc::faccessat(libc::AT_FDCWD, name.as_ptr(), mode, libc::AT_EACCESS) == 0 }
}

/// The group whose members may read and write a file. `None` where that is none, or root's.
pub fn group_of(path: &Path) -> Option<Group> {
    let about = fs::metadata(path).ok()?;
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    // SAFETY: no pointers.
    let user = user_of(&users, unsafe { libc::geteuid() });
    let is_permitted = about.mode() & GROUP_MAY == GROUP_MAY && about.gid() != 0;
    is_permitted.then(|| group_in(&groups, about.gid(), user))
}

/// The name of a user, from the text of /etc/passwd (passwd(5)).
fn user_of(users: &str, number: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then_some(name)
    })
}

/// A group, from the text of /etc/group (group(5)).
fn group_in(groups: &str, number: u32, user: Option<&str>) -> Group {
    let found = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let is_it = fields.nth(1)?.parse() == Ok(number);
        is_it.then(|| (name, fields.next().unwrap_or_default()))
    });
    match found {
        Some((name, members)) => Group {
            name: name.to_owned(),
            has_user: user.is_some_and(|user| {
                !user.is_empty() && members.split(',').any(|member| member == user)
            }),
        },
        None => Group { name: number.to_string(), has_user: false },
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::fs::chown;

    use super::*;

    const GROUPS: &str = "root:x:0:\ndialout:x:20:ada,bob\nplugdev:x:46:\n";

    #[test]
    fn a_group_has_a_name_and_knows_its_members() {
        let group = |number, user| group_in(GROUPS, number, user);
        let is = |name: &str, has_user| Group { name: name.into(), has_user };
        assert_eq!(group(20, Some("bob")), is("dialout", true));
        assert_eq!(group(20, Some("bo")), is("dialout", false), "not a part of a name");
        assert_eq!(group(46, Some("ada")), is("plugdev", false));
        assert_eq!(group(46, Some("")), is("plugdev", false), "nobody is no member");
        assert_eq!(group(99, None), is("99", false));
    }

    #[test]
    fn a_user_is_found_by_his_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(user_of(users, 1000), Some("ada"));
        assert_eq!(user_of(users, 100), None);
        assert_eq!(user_of("", 0), None);
    }

    #[test]
    fn only_a_group_that_may_write_helps() {
        let path = std::env::temp_dir().join(format!("visa-group-{}", std::process::id()));
        fs::write(&path, "").unwrap();
        // Only root may give files away; and where he may not either, there is nothing to see.
        let is_given = chown(&path, None, Some(20)).is_ok();
        let with = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            group_of(&path)
        };
        assert_eq!(with(0o640), None, "it may only read");
        if is_given {
            assert!(with(0o660).is_some());
            chown(&path, None, Some(0)).unwrap();
            assert_eq!(with(0o660), None, "root's group is nobody's to join");
        }
        assert!(may_open(&path));
        fs::remove_file(&path).unwrap();
        assert!(!may_open(&path));
        assert_eq!(group_of(&path), None);
    }
}
