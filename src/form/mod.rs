//! What is put before a person: the form as an ordered list of what is drawn, the draft that their taps change, and one page of HTML that
//! shows it anywhere. The text on the screen is made of the notice that is hashed, so what a record names is what was read.
//!
//! It computes and nothing else. A host draws the [`FormView`] with its own switches, or shows the page that [`render`] gives it, and hands
//! back what the person did.

mod build;
mod date;
mod draft;
mod fault;
mod html;
mod message;
mod page;
mod past;
mod policy_sheet;
mod question;
mod rows;
mod theme;
mod untouched;
mod view;
mod words;

pub use build::{FormFacts, Standing, form_view};
pub use draft::{FormDraft, FormEnd};
pub use fault::FormFault;
pub use message::{MAX_MESSAGE_BYTES, PageAction, PageMessage};
pub use page::{PageLinks, PageTarget, render, render_sheet};
pub use past::{PastAnswer, past_sheet};
pub use policy_sheet::policy_sheet;
pub use question::{Answer, Question, Questions, Why};
pub use theme::{Colours, Logo, MAX_LOGO_BYTES, Theme};
pub use untouched::{asked, untouched};
pub use view::{FormElement, FormKind, FormLink, FormRow, FormSwitch, FormValue, FormView, LinkTarget, Sheet};
