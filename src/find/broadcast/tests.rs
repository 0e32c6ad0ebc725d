#![forbid(unsafe_code)]
//! The source on networks of its own. What it finds there is tested on the lab network (ctest/net).

use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use crate::config::Config;
use crate::find::broadcast::Broadcast;
use crate::iface::source::{Search, Source};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::alone;
use crate::os::netns;
use crate::status::{Result, VI_ERROR_ABORT};

/// A network with nobody.
const LAN: [&str; 4] = [
    "link add lan1 type veth peer name lan2",
    "addr add 10.81.1.1/24 broadcast 10.81.1.255 dev lan1",
    "link set lan1 up",
    "link set lan2 up",
];

fn search(bound: Duration) -> Arc<Search> {
    Arc::new(Search {
        config: Arc::new(Config::default()),
        deadline: Deadline::after(bound),
        cancel: Arc::new(Cancel::new()),
    })
}

fn find(search: &Search) -> Result {
    Broadcast.find(search, &mut |found| panic!("there is nobody: {found:?}"))
}

/// On networks of their own, where nobody is disturbed.
#[test]
fn a_search_ends_when_it_is_cancelled_and_by_its_bound() {
    alone::run(module_path!(), "ends");
}

#[test]
#[ignore = "run by the one above"]
fn ends() {
    if !netns::enter(&LAN) {
        return;
    }
    netns::await_links(&["lan1", "lan2"]);
    let began = Instant::now();
    // Scaled down, all is asked within any bound.
    assert_eq!(find(&search(Duration::from_millis(120))), Ok(()));
    // Longer than the search takes by itself: it would end well.
    let search = search(Duration::from_secs(60));
    let cancel = search.cancel.clone();
    let closing = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        cancel.close();
    });
    assert_eq!(find(&search).map_err(|error| error.code), Err(VI_ERROR_ABORT));
    closing.join().unwrap();
    assert!(began.elapsed() < Duration::from_secs(30), "it did not hang");
}
