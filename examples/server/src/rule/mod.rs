//! What the server does with a request: by the conflict rule and the decision that the devices use.

mod apply;
mod change;
mod evidence;
mod facts;
mod may_send;
mod register;
mod rights;
mod sync;
mod view;
mod web;

pub use self::{
    may_send::{Question, may_send},
    register::register,
    sync::{Envelope, sync},
    view::{Page, view},
    web::{WebRequest, web},
};
