//! What is wrong with a call or a message of a page. No text of it carries what was said or a purpose.

/// Why something about a form was refused. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// The form was saved or closed already.
    #[error("form: was answered or closed already; draw a new one")]
    Ended,
    /// The form does not have this question, or it is not on the screen.
    #[error("purpose: is no question on the screen; give one that the view shows")]
    NotOnScreen,
    /// A message is longer than any that the page sends.
    #[error("message: is longer than {limit} bytes; take messages only from the page that was drawn")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A message that no page of this library sends.
    #[error("message: {reason}; take messages only from the page that was drawn")]
    Message {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A message of another page.
    #[error("nonce: is not that of this page; take messages only from the page that was drawn")]
    Foreign,
    /// A colour, size or picture that cannot be used.
    #[error("theme.{named}: {reason}")]
    Theme {
        /// The token, `dark.ink` for example.
        named: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// Two colours that stand upon each other are too alike.
    #[error("theme.{named}: its contrast with {beside} is {ratio}:1 and must be at least {least}:1; make it darker or lighter")]
    Contrast {
        /// The token in front, `dark.muted` for example.
        named: String,
        /// The token behind it.
        beside: String,
        /// Their contrast, `3.21` for example.
        ratio: String,
        /// What WCAG asks for.
        least: String,
    },
}
