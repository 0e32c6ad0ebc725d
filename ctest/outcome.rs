#![forbid(unsafe_code)]
//! How a check ends.

use libtest_mimic::Completion;
use libtest_mimic::Trial;

/// Why a check did not pass.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The rule is broken.
    Failed(String),
    /// This machine lacks something that the check needs.
    Lacking(String),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What a check brings, or why it did not pass.
pub type Outcome<T = ()> = Result<T, Stop>;

/// The rule is broken.
pub fn failed<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Stop::Failed(why.into()))
}

/// The machine lacks it.
pub fn lacking<T>(what: impl Into<String>) -> Outcome<T> {
    Err(Stop::Lacking(what.into()))
}

/// One check under one name.
pub fn trial(name: impl Into<String>, check: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::ignorable_test(name, || match check() {
        Ok(()) => Ok(Completion::Completed),
        Err(Stop::Failed(why)) => Err(why.into()),
        Err(Stop::Lacking(what)) if std::env::var_os("FERROVISA_REQUIRE_ALL").is_some() => {
            Err(format!("{what}, and FERROVISA_REQUIRE_ALL is set").into())
        }
        Err(Stop::Lacking(what)) => Ok(Completion::ignored_with(what)),
    })
}
