use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use super::file::{SLOTS, path_of};
use super::*;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::alone;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_SYSTEM_ERROR, VI_ERROR_TMO};

/// A directory of its own for each test.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("visa-ipc-{}-{test}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn open(&self) -> Result<Shared> {
        Shared::open_in(&self.0, "A::THING", false)
    }

    fn file(&self) -> PathBuf {
        path_of(&self.0, "A::THING")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn exclusive() -> Claim {
    Claim { exclusive: true, shared: None }
}

fn sharing(key: &str) -> Claim {
    Claim { exclusive: false, shared: Some(key.into()) }
}

/// Claims where nobody else does.
fn take(claims: &Claims, owner: u64, claim: Claim) -> bool {
    claims.claim(owner, claim, <[Holder]>::is_empty).unwrap().is_ok()
}

/// Another process with the file open: runs `act` in a forked child, which then lives until this
/// is dropped. `act` may only make system calls: other threads of the parent are missing there.
struct Other {
    pid: i32,
    _alive: UnixStream,
}

impl Other {
    fn new(act: impl FnOnce()) -> Self {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        // SAFETY: the child makes system calls only, and ends without unwinding.
        let pid = unsafe { libc::fork() };
        assert!(pid >= 0);
        if pid == 0 {
            act();
            let _ = there.write_all(b"r");
            // SAFETY: nothing of ours; waits to be killed.
            unsafe {
                libc::pause();
                libc::_exit(0);
            }
        }
        here.read_exact(&mut [0]).unwrap();
        Self { pid, _alive: here }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // SAFETY: our own child.
        unsafe {
            libc::kill(self.pid, libc::SIGKILL);
            libc::waitpid(self.pid, std::ptr::null_mut(), 0);
        }
    }
}

fn lock_bytes(file: &File, start: i64, length: i64) {
    lock_as(libc::F_WRLCK, file, start, length);
}

fn lock_as(kind: i32, file: &File, start: i64, length: i64) {
    // SAFETY: a plain C structure of numbers.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as i16;
    (lock.l_start, lock.l_len) = (start, length);
    // SAFETY: a valid flock.
    assert_eq!(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &lock) }, 0);
}

const FIRST_SLOT: i64 = (1 << 30) + 16;

#[test]
fn one_file_for_all_users_and_one_opening_for_all_sessions() {
    let place = Place::new("one");
    let (one, two) = (place.open().unwrap(), place.open().unwrap());
    assert!(std::ptr::eq::<Claims>(&*one, &*two));
    assert_eq!(fs::metadata(place.file()).unwrap().permissions().mode() & 0o777, 0o666);
    assert!(take(&one, 1, exclusive()));
    assert!(!take(&two, 2, exclusive()));
    drop(one);
    assert!(!take(&two, 2, exclusive()), "another session's closing frees nothing");
    two.reduce(1, None);
    assert!(take(&two, 2, exclusive()));
}

#[test]
fn the_version_moves_with_claims_and_only_with_them() {
    let place = Place::new("version");
    let claims = place.open().unwrap();
    let start = claims.version();
    claims.look(1).unwrap();
    assert!(take(&claims, 1, sharing("k")));
    let taken = claims.version();
    assert_ne!(start, taken);
    assert!(!take(&claims, 2, exclusive()));
    assert_eq!(claims.version(), taken, "a refusal changes nothing");
    claims.reduce(1, None);
    assert_ne!(claims.version(), taken);
    claims.reduce(1, None);
    let look = claims.look(1).unwrap();
    assert!(look.mine.is_none() && look.others.is_empty());
    assert_eq!(look.version, claims.version());
}

#[test]
fn others_see_who_claims_what() {
    let place = Place::new("who");
    let claims = place.open().unwrap();
    assert!(take(&claims, 1, sharing("the key")));
    let look = claims.look(2).unwrap();
    let [holder] = &look.others[..] else { panic!("{look:?}") };
    assert_eq!(holder.claim, sharing("the key"));
    assert_eq!(holder.pid, std::process::id() as i32);
    assert!(!holder.program.is_empty());
    assert_eq!(claims.look(1).unwrap().mine, Some(sharing("the key")));
}

#[test]
fn content_without_a_kernel_lock_is_nothing() {
    let place = Place::new("noise");
    let claims = place.open().unwrap();
    let file = OpenOptions::new().write(true).open(place.file()).unwrap();
    // Never closed: closing would free this process's record locks on the file.
    let file = std::mem::ManuallyDrop::new(file);
    file.write_all_at(&[0xFF; 139_264], 0).unwrap();
    assert!(claims.look(1).unwrap().others.is_empty());
    assert!(take(&claims, 1, exclusive()));
    file.set_len(0).unwrap();
    assert!(!take(&claims, 2, exclusive()), "our own claims do not depend on the file");
    claims.reduce(1, None);
    assert!(take(&claims, 2, exclusive()));
}

#[test]
fn noise_in_a_living_slot_is_an_exclusive_claim_of_its_process() {
    let place = Place::new("living");
    let claims = place.open().unwrap();
    let file = OpenOptions::new().write(true).open(place.file()).unwrap();
    let file = std::mem::ManuallyDrop::new(file);
    let other = Other::new(|| {
        lock_bytes(&file, FIRST_SLOT, SLOTS as i64);
        let _ = file.write_all_at(&[0xF8; 4096], 4096);
        let _ = file.write_all_at(&[0x80; 131_072], 8192);
    });
    let look = claims.look(1).unwrap();
    assert_eq!(look.others.len(), SLOTS);
    assert!(look.others.iter().all(|holder| holder.claim.exclusive && holder.pid == other.pid));
    assert!(look.others.iter().all(|holder| holder.program.bytes().all(|c| c == b'?')));
    // No slot is free, whoever would be allowed.
    let error = claims.claim(1, exclusive(), |_| true).unwrap_err();
    assert_eq!(error.code, VI_ERROR_ALLOC);
    drop(other);
    assert!(take(&claims, 1, exclusive()), "the dead claim nothing");
}

#[test]
fn a_spoilt_file_begins_anew_unless_others_use_it() {
    let place = Place::new("spoilt");
    for noise in [&b""[..], &[0xFF; 400][..], b"FVISA\0\0\x01"] {
        fs::write(place.file(), noise).unwrap();
        let claims = place.open().unwrap();
        assert!(take(&claims, 1, exclusive()), "{noise:?}");
    }
    let file = File::create(place.file()).unwrap();
    file.write_all_at(&[0xFF; 400], 0).unwrap();
    let _user = Other::new(|| lock_bytes(&file, 1 << 30, 1));
    assert_eq!(place.open().err().unwrap().code, VI_ERROR_SYSTEM_ERROR);
}

#[test]
fn what_is_no_file_of_ours_is_refused() {
    let place = Place::new("planted");
    symlink("/etc/passwd", place.file()).unwrap();
    assert_eq!(place.open().err().unwrap().code, VI_ERROR_SYSTEM_ERROR);
    fs::remove_file(place.file()).unwrap();
    fs::create_dir(place.file()).unwrap();
    assert_eq!(place.open().err().unwrap().code, VI_ERROR_SYSTEM_ERROR);
    fs::remove_dir(place.file()).unwrap();
    let path = std::ffi::CString::new(place.file().to_str().unwrap()).unwrap();
    // SAFETY: a NUL-terminated path.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o666) }, 0);
    assert_eq!(place.open().err().unwrap().code, VI_ERROR_SYSTEM_ERROR);
    let nowhere = Shared::open_in(&place.0.join("missing"), "A::THING", false);
    assert_eq!(nowhere.err().unwrap().code, VI_ERROR_SYSTEM_ERROR);
}

#[test]
fn a_change_that_never_ends_is_not_waited_for() {
    let place = Place::new("stuck");
    let claims = place.open().unwrap();
    assert!(take(&claims, 1, exclusive()));
    let file =
        std::mem::ManuallyDrop::new(OpenOptions::new().write(true).open(place.file()).unwrap());
    let stuck = Other::new(|| lock_bytes(&file, (1 << 30) + 1, 1));
    let error = claims.claim(2, exclusive(), |_| true).unwrap_err();
    assert_eq!(error.code, VI_ERROR_SYSTEM_ERROR);
    claims.reduce(1, None);
    assert!(claims.look(2).unwrap().others.is_empty(), "giving back needs nobody");
    drop(stuck);
    assert!(take(&claims, 2, exclusive()));
}

#[test]
fn waiting_ends_by_release_by_death_at_the_deadline_and_on_cancel() {
    let place = Place::new("waiting");
    let claims = place.open().unwrap();
    let file =
        std::mem::ManuallyDrop::new(OpenOptions::new().write(true).open(place.file()).unwrap());
    let cancel = Cancel::new();
    let until = |deadline| Wait { deadline, ticket: cancel.ticket() };
    let long = || until(Deadline::after(Duration::from_secs(60)));

    let wait = long();
    let queue = claims.queue(&wait).unwrap();
    let soon = until(Deadline::after(Duration::from_millis(10)));
    // Events of before may wake it first.
    let end = std::iter::repeat_with(|| queue.sleep(&[], &soon)).find_map(Result::err);
    assert_eq!(end.unwrap().code, VI_ERROR_TMO);

    let other = Other::new(|| {
        lock_bytes(&file, FIRST_SLOT, 1);
        let _ = file.write_all_at(&[1], 4096);
    });
    let killer = {
        let pid = other.pid;
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            // SAFETY: our own child, not yet waited for.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        })
    };
    loop {
        let others = claims.look(1).unwrap().others;
        if others.is_empty() {
            break;
        }
        queue.sleep(&others, &wait).unwrap();
    }
    killer.join().unwrap();
    assert!(take(&claims, 1, exclusive()));

    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            claims.reduce(1, None);
        });
        while !take(&claims, 2, exclusive()) {
            queue.sleep(&claims.look(2).unwrap().others, &wait).unwrap();
        }
    });

    cancel.terminate();
    assert_eq!(queue.sleep(&[], &wait).unwrap_err().code, VI_ERROR_ABORT);
    drop(queue);
    assert!(claims.local.lock().waiters.is_empty() && claims.local.lock().watch.is_none());
}

#[test]
fn the_last_session_closes_the_file_and_the_next_begins_anew() {
    let place = Place::new("last");
    let claims = place.open().unwrap();
    assert!(take(&claims, 1, exclusive()));
    drop(claims);
    let open = registry().open.lock();
    assert!(!open.used.keys().any(|path| path.contains("-last")), "nothing stays open");
    drop(open);
    let claims = place.open().unwrap();
    assert!(take(&claims, 2, exclusive()), "a claim does not outlive its file's users");
}

#[test]
fn the_last_user_removes_the_file() {
    let place = Place::new("removed");
    let claims = place.open().unwrap();
    let file = OpenOptions::new().read(true).open(place.file()).unwrap();
    let file = std::mem::ManuallyDrop::new(file);
    let user = Other::new(|| lock_as(libc::F_RDLCK, &file, 1 << 30, 1));
    assert!(claims.claim(1, exclusive(), |_| true).is_ok());
    drop(claims);
    assert!(place.file().exists(), "another process uses it");
    drop(user);
    drop(place.open().unwrap());
    assert!(!place.file().exists());
}

/// What is kept is the same file, without its claims, as long as the file stands where others look for
/// it; then it is made anew. Another one that is kept, and forgetting, remove it.
/// Alone, for whoever closes a manager forgets what is kept.
#[test]
fn what_is_kept_is_used_again_while_its_file_is_in_place() {
    alone::run(module_path!(), "kept");
}

#[test]
#[ignore = "run by the one above"]
fn kept() {
    let place = Place::new("kept");
    keep();
    let open = || Shared::open_in(&place.0, "A::THING", true).unwrap();
    let claims = open();
    let first = Arc::downgrade(&claims.claims);
    assert!(take(&claims, 1, exclusive()));
    claims.reduce(1, None);
    drop(claims);
    assert!(place.file().exists() && first.strong_count() == 1);
    let again = open();
    assert!(std::ptr::eq(first.as_ptr(), &**again.claims));
    let look = again.look(2).unwrap();
    assert!(look.others.is_empty() && look.mine.is_none());
    drop(again);
    fs::remove_file(place.file()).unwrap();
    let anew = open();
    assert!(!std::ptr::eq(first.as_ptr(), &**anew.claims) && place.file().exists());
    drop(anew);
    drop(Shared::open_in(&place.0, "ANOTHER::THING", true).unwrap());
    assert!(!place.file().exists(), "one is kept, not all");
    assert!(path_of(&place.0, "ANOTHER::THING").exists());
    forget_kept();
    assert!(!path_of(&place.0, "ANOTHER::THING").exists());
    // Who comes late, when nobody opens anything any more.
    drop(open());
    assert!(!place.file().exists());
}

/// Nobody's claim is remembered as such, without asking the system again, until a claim changes.
#[test]
fn that_nobody_claims_anything_is_believed_until_the_version_moves() {
    let place = Place::new("clear");
    let claims = place.open().unwrap();
    assert!(claims.look(1).unwrap().others.is_empty());
    // A head alone is no change of claims: not even looked at.
    claims.table.set_head(3, 1).unwrap();
    assert!(claims.look(1).unwrap().others.is_empty());
    assert!(take(&claims, 2, exclusive()));
    assert_eq!(claims.look(1).unwrap().others.len(), 1);
    assert!(claims.look(2).unwrap().mine.is_some());
    claims.reduce(2, None);
    assert!(claims.look(1).unwrap().others.is_empty());
}

#[test]
fn random_numbers_differ() {
    assert_ne!(random(), random());
}

#[test]
fn notes_are_read_in_their_order_and_each_once() {
    let place = Place::new("notes");
    let claims = place.open().unwrap();
    let note = |number: u8| [number; NOTE];
    let seen = claims.note_count();
    assert_eq!(claims.notes_since(seen), (vec![], seen));
    claims.note(note(1)).unwrap();
    claims.note(note(2)).unwrap();
    assert_eq!(claims.notes_since(seen), (vec![note(1), note(2)], seen + 2));
    assert_eq!(claims.notes_since(seen + 1), (vec![note(2)], seen + 2));
    assert_eq!(claims.notes_since(seen + 2), (vec![], seen + 2));
    // Of many, the latest are kept.
    (0..100).for_each(|number| claims.note(note(number)).unwrap());
    let (kept, count) = claims.notes_since(seen);
    assert_eq!(count, seen + 102);
    assert_eq!((kept.len(), kept[0], kept[63]), (64, note(36), note(99)));
}
