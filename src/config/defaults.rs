#![forbid(unsafe_code)]
//! What sessions are set to when they open: `[defaults]`.
//!
//! ```toml
//! [defaults."TCPIP::192.168.1.20::5025::SOCKET"]   # a resource, by its name or an alias
//! timeout = 5000                                   # ms, or "infinite"
//! termination = "\n"                               # where reads end; false: not at a character
//! VI_ATTR_TCPIP_KEEPALIVE = true                   # any attribute that can be written, by its name
//!
//! [defaults."ASRL?*INSTR"]                         # all that this viFindRsrc expression matches
//! baud = 115200
//! data_bits = 8
//! parity = "none"                                  # odd, even, mark, space
//! stop_bits = 1                                    # 1.5, 2
//! flow_control = "rts_cts"                         # none, xon_xoff, dtr_dsr
//! VI_ATTR_ASRL_END_IN = "VI_ASRL_END_NONE"         # a number, true, false, a constant's name
//! always = true                                    # also for programs that do not ask for it
//! ```
//!
//! A program asks by VI_LOAD_CONFIG in viOpen's mode; without it only sections with
//! `always = true` count. Where several sections speak of one resource, each attribute is taken
//! from the most particular one: a name or an alias comes before an expression, of two expressions
//! the longer one; after that the user's file before the system's, and what stands first in it. An
//! expression's settings go to those of its resources that have the attribute.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::path::PathBuf;

use crate::attr;
use crate::attr::Attr;
use crate::attr::Written;
use crate::config::Config;
use crate::config::Problem;
use crate::consts::VI_ATTR_GPIB_HS488_CBL_LEN;
use crate::consts::VI_ATTR_USB_ALT_SETTING;
use crate::consts::VI_KTATTR_LOCKWAIT;
use crate::consts::ViAttr;
use crate::rsrc::Expression;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::alias;

/// Problems kept of all sections together.
const MOST_PROBLEMS: usize = 100;

/// A section as it was read: whom it means is known only when all files have told their aliases.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// The file that has it.
    pub(super) file: PathBuf,
    /// The line of its name.
    pub(super) line: usize,
    /// Whom it means.
    pub(super) key: String,
    /// Whether it counts for programs that do not ask for it.
    pub(super) always: bool,
    /// What is set.
    pub(super) settings: Vec<Setting>,
}

/// An attribute and its value as written.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// The line of it.
    pub(super) line: usize,
    /// The attribute's name in the standard.
    pub(super) attribute: String,
    /// The value.
    pub(super) value: Written,
}

/// A section that can be used: what the sessions of some resources are set to.
#[derive(Clone, Debug)]
pub struct Defaults {
    called: String,
    whom: Whom,
    always: bool,
    settings: Vec<Setting>,
}

impl Defaults {
    /// Whom it means, as it is written: a resource's name, an alias or a search expression.
    pub fn called(&self) -> &str {
        &self.called
    }

    /// Whether it counts for programs that do not ask for it.
    pub fn is_always(&self) -> bool {
        self.always
    }

    /// The attributes that it sets, by their names in the standard, and the values as written.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &Written)> {
        self.settings.iter().map(|setting| (&*setting.attribute, &setting.value))
    }
}

/// Whom a section means.
#[derive(Clone, Debug)]
enum Whom {
    One(ResourceName),
    /// With the length of the expression.
    All(Expression, usize),
}

impl Whom {
    fn has(&self, name: &ResourceName) -> bool {
        match self {
            Self::One(one) => one.same_resource(name),
            Self::All(expression, _) => expression.matches(name),
        }
    }

    /// The more, the more particular.
    fn particularity(&self) -> usize {
        match self {
            Self::One(_) => usize::MAX,
            Self::All(_, length) => *length,
        }
    }
}

impl Config {
    /// What a session to this resource is set to when it opens, in the order in which it is to be
    /// set. `asked`: by VI_LOAD_CONFIG; without it only what is always set.
    pub fn defaults(&self, name: &ResourceName, asked: bool) -> Vec<(&'static Attr, i64)> {
        let means = |section: &&Defaults| (asked || section.always) && section.whom.has(name);
        let mut sections: Vec<_> = self.defaults.iter().filter(means).collect();
        // Stable: what comes first stays first.
        sections.sort_by_key(|section| Reverse(section.whom.particularity()));
        let mut chosen: Vec<(&Attr, i64)> = Vec::new();
        for setting in sections.iter().flat_map(|section| &section.settings) {
            // Of all that an expression matches, some have not that attribute, or not that value.
            let Some(row) = attr::by_name(&setting.attribute, name.kind()) else { continue };
            let Ok(value) = setting.value.value_for(row) else { continue };
            if chosen.iter().all(|(known, _)| known.id != row.id) {
                chosen.push((row, value));
            }
        }
        chosen.sort_by_key(|(row, _)| order(row.id));
        chosen
    }

    /// Turns the sections that were read into those that can be used. To be called when all files
    /// have been read.
    pub(super) fn settle(&mut self) {
        let mut problems = Vec::new();
        for section in std::mem::take(&mut self.sections) {
            let Section { file, line, key, always, settings } = section;
            let problem = |line, reason| Problem { file: file.clone(), line: Some(line), reason };
            match self.whom(&key) {
                Err(reason) => problems.push(problem(line, reason)),
                Ok(whom) => {
                    let mut fitting = Vec::new();
                    for setting in settings {
                        match check(&setting, &whom) {
                            Ok(()) => fitting.push(setting),
                            Err(reason) => problems.push(problem(setting.line, reason)),
                        }
                    }
                    let settings = fitting;
                    self.defaults.push(Defaults { called: key, whom, always, settings });
                }
            }
        }
        problems.truncate(MOST_PROBLEMS);
        self.problems.extend(problems);
        // File by file, each from top to bottom.
        let mut files: Vec<PathBuf> = Vec::new();
        for problem in &self.problems {
            if !files.contains(&problem.file) {
                files.push(problem.file.clone());
            }
        }
        let place = |problem: &Problem| files.iter().position(|file| *file == problem.file);
        self.problems.sort_by_key(|problem| (place(problem), problem.line));
    }

    /// Whom the name of a section means.
    fn whom(&self, key: &str) -> Result<Whom, String> {
        if let Ok(name) = ResourceName::parse(key) {
            return Ok(Whom::One(name));
        }
        let aliased = self.alias(key).map(|(_, name)| name.clone());
        if let Some(name) = aliased.or_else(|| alias::resource(key)) {
            return Ok(Whom::One(name));
        }
        // Any word is an expression that matches itself: a misspelt alias would go unnoticed.
        if !key.contains(['?', '*', '+', '[', '(', '|', '{', '\\']) {
            return Err(format!("{key:?} is no resource name, alias or search expression"));
        }
        match Expression::parse(key) {
            Ok(expression) => Ok(Whom::All(expression, key.chars().count())),
            Err(error) => Err(format!("no search expression: {key:?} ({})", error.at)),
        }
    }
}

/// Whether a setting can be made to those who are meant: to one, or to some of all.
fn check(setting: &Setting, whom: &Whom) -> Result<(), String> {
    let name = &setting.attribute;
    let kinds = match whom {
        Whom::One(resource) => resource.kind(),
        Whom::All(..) => Kinds::RESOURCE,
    };
    let rows: Vec<_> = match whom {
        Whom::One(_) => attr::by_name(name, kinds).into_iter().collect(),
        Whom::All(..) => attr::named(name).filter(|row| row.kinds.has(kinds)).collect(),
    };
    let mut refused = None;
    for row in rows {
        match setting.value.value_for(row) {
            Ok(_) => return Ok(()),
            // Read-only for some is not what keeps the others from it.
            Err(reason) if refused.is_none() || !row.is_read_only() => refused = Some(reason),
            Err(_) => {}
        }
    }
    let kind = match whom {
        Whom::One(_) => kinds.names().next().unwrap_or_default(),
        Whom::All(..) => "a resource",
    };
    Err(refused.unwrap_or_else(|| format!("{kind} has no {name}")))
}

/// The place of an attribute among those that are set. By number, as the table has them, which puts
/// data bits before the stop bits that are possible with them, and flow control before the lines
/// that it leaves to the program. But first those that others with lower numbers depend on: the
/// alternate setting decides which pipes there are, and the length of the cable makes HS488
/// possible. And last what would make the setting of the others wait for another session's lock.
fn order(id: ViAttr) -> (u8, ViAttr) {
    let rank = match id {
        VI_ATTR_USB_ALT_SETTING | VI_ATTR_GPIB_HS488_CBL_LEN => 0,
        VI_KTATTR_LOCKWAIT => 2,
        _ => 1,
    };
    (rank, id)
}
