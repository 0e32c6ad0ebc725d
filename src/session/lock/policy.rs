#![forbid(unsafe_code)]
//! Who may have what: the rules of section 3.6 as plain functions.

use crate::os::ipc::Claim;
use crate::os::ipc::Holder;

/// Whether a session that claims `wanted` may have that beside the `others`; `mine` is what it
/// has already.
///
/// An exclusive lock over the shared one that all hold is granted: it shuts the other holders out
/// until it is unlocked. A shared lock is granted beside shared locks of the same access key.
pub fn grants(wanted: &Claim, mine: &Claim, others: &[Holder]) -> bool {
    others.iter().all(|other| match (&wanted.shared, &other.claim) {
        (_, Claim { exclusive: true, .. }) => false,
        (_, Claim { shared: None, .. }) => true,
        // Granted when it was taken; the other has the same key.
        (Some(_), _) if mine.shared.is_some() => true,
        (Some(key), Claim { shared: Some(theirs), .. }) => !wanted.exclusive && key == theirs,
        (None, _) => false,
    })
}

/// Whether a session that has `mine` may operate on the resource beside the `others`.
pub fn admits(mine: Option<&Claim>, others: &[Holder]) -> bool {
    let shares = mine.is_some_and(|mine| mine.shared.is_some());
    others.iter().all(|other| !other.claim.exclusive && (shares || other.claim.shared.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(exclusive: bool, key: &str) -> Claim {
        Claim { exclusive, shared: (!key.is_empty()).then(|| key.to_owned()) }
    }

    fn holder(exclusive: bool, key: &str) -> Holder {
        Holder { claim: claim(exclusive, key), pid: 1, program: String::new() }
    }

    #[test]
    fn a_free_resource_is_granted_and_admits() {
        for wanted in [claim(true, ""), claim(false, "k")] {
            assert!(grants(&wanted, &Claim::default(), &[]));
        }
        assert!(admits(None, &[]));
    }

    #[test]
    fn an_exclusive_lock_leaves_nothing_to_others() {
        let others = [holder(true, "")];
        assert!(!grants(&claim(true, ""), &Claim::default(), &others));
        assert!(!grants(&claim(false, "k"), &Claim::default(), &others));
        assert!(!admits(None, &others));
    }

    #[test]
    fn a_shared_lock_is_for_those_with_its_key() {
        let others = [holder(false, "k"), holder(false, "k")];
        assert!(grants(&claim(false, "k"), &Claim::default(), &others));
        assert!(!grants(&claim(false, "K"), &Claim::default(), &others));
        assert!(!grants(&claim(true, ""), &Claim::default(), &others));
        assert!(admits(Some(&claim(false, "k")), &others));
        assert!(!admits(None, &others));
    }

    #[test]
    fn an_exclusive_lock_over_the_shared_one_shuts_the_others_out() {
        let mine = claim(false, "k");
        assert!(grants(&claim(true, "k"), &mine, &[holder(false, "k")]));
        let over = [holder(true, "k")];
        assert!(!admits(Some(&mine), &over));
        assert!(!grants(&claim(true, "k"), &mine, &over), "one at a time");
        assert!(!grants(&claim(false, "k"), &Claim::default(), &over), "nobody joins meanwhile");
    }
}
