//! What the server does with each kind of request. It uses the same conflict rule and the same decision as the devices.

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
