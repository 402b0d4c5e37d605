//! What is drawn, in its order. A host that draws the form itself goes through this list; the page is made of the same.

use super::question::Why;

/// Which form it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// The app asks, usually when it starts for the first time.
    FirstRun,
    /// One question at the moment at which its answer is needed: two equal buttons and no switch.
    OnePurpose,
    /// The screen on which a person sees and changes every answer.
    Settings,
    /// The turn of the guardian of a person below the age of consent (PIPA-8).
    Guardian,
}

/// The form as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormView {
    /// Which form it is.
    pub kind: FormKind,
    /// The token of the questions: `record` and `closed` take it.
    pub shown: String,
    /// The name of the form in the policy.
    pub surface: String,
    /// True where the app should open the form by itself: a question on the screen is open, and no form with it was closed of late
    /// (PIPA-16). A question that only a yes to another one brings onto the screen does not open a form (no second question after a no).
    pub due: bool,
    /// All that is on the screen.
    pub sheet: Sheet,
    /// What the one button at the end says. It tells what a tap does: `Agree to 2 and save`. Absent where two buttons answer one question.
    pub save: Option<String>,
    /// The name of the button that closes the form. Closing answers nothing (PIPA-6).
    pub close: String,
    /// What a screen reader is to say about the last tap; empty where it changed nothing else.
    pub said: String,
}

impl FormView {
    /// The switches, in their order.
    pub fn switches(&self) -> impl Iterator<Item = &FormSwitch> {
        self.sheet.elements.iter().filter_map(|element| match element {
            FormElement::Switch { switch } => Some(&**switch),
            _ => None,
        })
    }

    /// The switches, to be changed.
    pub(super) fn switches_mut(&mut self) -> impl Iterator<Item = &mut FormSwitch> {
        self.sheet.elements.iter_mut().filter_map(|element| match element {
            FormElement::Switch { switch } => Some(&mut **switch),
            _ => None,
        })
    }
}

/// A page from its heading on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The language of the policy's texts, BCP 47.
    pub language: String,
    /// The language of the form's own words, BCP 47. It differs where the policy speaks a language that the form does not.
    pub words: String,
    /// The company's name; empty where the policy names none.
    pub company: String,
    /// The heading.
    pub title: String,
    /// What stands below the heading; empty where nothing does.
    pub text: String,
    /// The rest, in its order.
    pub elements: Vec<FormElement>,
}

/// One thing that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormElement {
    /// The heading of a group.
    Heading {
        /// Its text.
        text: String,
    },
    /// A sentence.
    Text {
        /// The sentence.
        text: String,
    },
    /// A card that is read.
    Rows {
        /// Its heading; empty where it has none.
        title: String,
        /// What stands in it.
        rows: Vec<FormRow>,
    },
    /// A question.
    Switch {
        /// The question.
        switch: Box<FormSwitch>,
    },
    /// Two buttons of one look that answer everything on the screen, or the one question.
    Together {
        /// What they decide; empty where there is one question.
        title: String,
        /// The button that says no to all of it.
        refuse: String,
        /// The button that says yes to all of it.
        accept: String,
    },
    /// A way to another page.
    Link {
        /// The link.
        link: FormLink,
    },
}

/// One question: its notice, and the switch after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormSwitch {
    /// The purpose.
    pub purpose: String,
    /// Its title.
    pub title: String,
    /// The word beside the title that says that it may be refused.
    pub optional: String,
    /// What stands beside the switch: `I agree`.
    pub label: String,
    /// Where the switch stands.
    pub on: bool,
    /// Where it stood before the person touched it. Only a yes that counts puts it on (PIPA-6).
    pub started_on: bool,
    /// True while it is on the screen. One that depends on another is there while that one is on.
    pub visible: bool,
    /// Why it is asked.
    pub why: Why,
    /// What was said last and when; `None` on a form that asks for the first time.
    pub standing: Option<String>,
    /// That the last answer waits to be sent.
    pub waiting: Option<String>,
    /// Why it is asked again.
    pub again: Option<String>,
    /// What the system takes away from a yes, and where that is changed.
    pub held_back: Vec<String>,
    /// The notice (PIPA-1, PIPA-2, PIPA-3).
    pub rows: Vec<FormRow>,
    /// Where set, the notice was agreed to and stands behind this line, which opens it. A notice that is still to be answered never does.
    pub folded: Option<String>,
    /// The purposes of this form that must be on for this one to be on the screen.
    pub requires: Vec<String>,
}

impl FormSwitch {
    /// True where the company waits for an answer.
    pub fn is_open(&self) -> bool {
        matches!(self.why, Why::FirstTime | Why::AskAgain { .. })
    }
}

/// A line with its label, of one notice or of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    /// Which field of the notice it is, `third_parties.0.recipient` for example; empty where it is none.
    pub part: String,
    /// Its label.
    pub label: String,
    /// What it says. A row without values is the heading of the rows below it.
    pub values: Vec<FormValue>,
    /// True for what the law wants to be seen first: larger and bolder (PIPA-6).
    pub strong: bool,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormValue {
    /// What is read.
    pub text: String,
    /// The id that stands for it in the notice, where that has an id and no text.
    pub id: Option<String>,
    /// Where a tap leads: `mailto:`, `tel:` or a web address.
    pub link: Option<String>,
}

impl FormValue {
    /// A text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), id: None, link: None }
    }
}

/// A way to another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLink {
    /// Its text.
    pub text: String,
    /// Where it leads.
    pub target: LinkTarget,
}

/// The page that a link leads to. The host knows its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkTarget {
    /// The whole policy.
    Policy,
    /// What the person agreed to.
    History,
    /// The same as a file that can be kept.
    HistoryFile,
    /// The screen on which every answer can be changed.
    Settings,
}
