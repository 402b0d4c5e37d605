//! Faults that are put into a page, or into what a page sends, on purpose: each must be found. The page is the one that the library made; what
//! is changed is what would be different if the library did it wrong.

/// A fault, by the name that the command takes and that a finding of it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A switch is on before anybody touched it.
    Preticked,
    /// The button that refuses is smaller than the one that accepts.
    RefuseSmaller,
    /// One of the four items cannot be seen.
    HiddenItem,
    /// The text on the screen is not the one that is hashed.
    WrongText,
    /// "Agree to all" stands before the notices.
    AcceptBeforeNotice,
    /// Closing the form refuses.
    CloseAsRefusal,
    /// What was granted cannot be seen, and so not be withdrawn.
    HiddenGranted,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 7] = [
        Self::Preticked,
        Self::RefuseSmaller,
        Self::HiddenItem,
        Self::WrongText,
        Self::AcceptBeforeNotice,
        Self::CloseAsRefusal,
        Self::HiddenGranted,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preticked => "preticked",
            Self::RefuseSmaller => "refuse-smaller",
            Self::HiddenItem => "hidden-item",
            Self::WrongText => "wrong-text",
            Self::AcceptBeforeNotice => "accept-before-notice",
            Self::CloseAsRefusal => "close-as-refusal",
            Self::HiddenGranted => "hidden-granted",
        }
    }

    /// A page as this fault leaves it.
    pub fn page(self, page: &str) -> String {
        match self {
            Self::Preticked => page.replacen("autocomplete=\"off\">", "autocomplete=\"off\" checked>", 1),
            Self::RefuseSmaller => page.replacen("value=\"refuse_all\">", "value=\"refuse_all\"><small>", 1),
            Self::HiddenItem => page.replacen("<dd data-part=\"retention\">", "<dd data-part=\"retention\" hidden>", 1),
            Self::WrongText => page.replacen("<dd data-part=\"used_for\"><bdi>", "<dd data-part=\"used_for\"><bdi>+ ", 1),
            Self::AcceptBeforeNotice => pair_first(page).unwrap_or_else(|| page.to_owned()),
            Self::HiddenGranted => granted_away(page).unwrap_or_else(|| page.to_owned()),
            Self::CloseAsRefusal => page.to_owned(),
        }
    }

    /// What a page sends, as this fault leaves it.
    pub fn message(self, body: &str) -> String {
        if self == Self::CloseAsRefusal { body.replace("do=close", "do=refuse_all") } else { body.to_owned() }
    }
}

/// The pair of buttons moved before the first notice.
fn pair_first(page: &str) -> Option<String> {
    let pair = page.find("<div class=\"pair\">")?;
    let begin = page.get(..pair)?.rfind("<section>")?;
    let end = begin + page.get(begin..)?.find("</section>")? + "</section>".len();
    let first = page.find("<section class=\"card")?;
    Some([page.get(..first)?, page.get(begin..end)?, page.get(first..begin)?, page.get(end..)?].concat())
}

/// The card of a yes put behind something that is not drawn.
fn granted_away(page: &str) -> Option<String> {
    let on = page.find(" checked data-started")?;
    let begin = page.get(..on)?.rfind("<section class=\"card")?;
    let end = on + page.get(on..)?.find("</section>")? + "</section>".len();
    Some([page.get(..begin)?, "<div hidden>", page.get(begin..end)?, "</div>", page.get(end..)?].concat())
}
