#![forbid(unsafe_code)]
//! What the configuration sets a session to while it opens.

use crate::attr::Attr;
use crate::attr::Home;
use crate::attr::Scope;
use crate::attr::Value;
use crate::config::Config;
use crate::iface::Call;
use crate::os::Wait;
use crate::session::Session;
use crate::session::attributes;
use crate::status::Result;
use crate::trace;

/// Sets a session as it is configured, by the deadline of the open; `asked`: by VI_LOAD_CONFIG.
/// Whether it is so then. It is not where a value is refused, or where a program asks and nothing
/// is configured: all is at its default then.
pub(super) fn load(session: &Session, config: &Config, asked: bool, wait: &Wait) -> bool {
    let values = config.defaults(session.name(), asked);
    if asked && values.is_empty() {
        trace::note(format_args!("nothing is configured for it;"));
        return false;
    }
    apply(session, &values, wait).is_ok()
}

/// Sets the attributes in that order, by the deadline of the open. All of them, or none: after a
/// value that is refused the session is as if there were no configuration.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR_STATE and the like for the value that was refused; VI_ERROR_RSRC_LOCKED where
/// the attribute is shared with a session that has locked the resource.
fn apply(session: &Session, values: &[(&'static Attr, i64)], wait: &Wait) -> Result {
    let mut before = Vec::with_capacity(values.len());
    for (attr, value) in values {
        let old = attributes::get_of_session(session, attr);
        if let Err(error) = set(session, attr, *value, wait) {
            trace::note(format_args!("not as configured: {} = {value};", attr.name));
            for (attr, old) in before.into_iter().rev() {
                // A link that does not take back what it had has failed, and will say so when used.
                let _ = set(session, attr, old, wait);
            }
            return Err(error);
        }
        if let Ok(Value::Number(old)) = old {
            before.push((*attr, old));
        }
    }
    Ok(())
}

/// One attribute. The wait is that of the open, for the session's own timeout may be what is set.
fn set(session: &Session, attr: &'static Attr, value: i64, wait: &Wait) -> Result {
    if attr.scope == Scope::Global {
        session.admitted()?;
    }
    match attr.home {
        Home::Link => {
            let call = Call { wait: *wait, ..session.call() };
            session.link()?.set(attr.id, value as u64, &call)
        }
        _ => {
            attributes::store(session, attr, value);
            Ok(())
        }
    }
}
