#![forbid(unsafe_code)]
//! Every order in which events can happen, be enabled, awaited, handled and switched off.

mod callbacks;
mod queues;
mod watching;

use super::*;
use crate::consts::*;
use crate::os::sync::explore;
use crate::session::models::{Asked, Bench};
use crate::status::*;

const IO: ViEventType = VI_EVENT_IO_COMPLETION;
