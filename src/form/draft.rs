//! What a person does with a form: a reducer over the view. It never turns anything on by itself, and what is not on the screen is never
//! agreed to.

use std::collections::BTreeSet;

use super::{
    fault::FormFault,
    question::{Answer, Questions},
    view::{FormElement, FormKind, FormSwitch, FormView},
    words::{Words, counted, naming},
};
use crate::{
    digest,
    ledger::{Actor, ChoiceKind, Method},
};

/// How a form ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormEnd {
    /// It was answered: hand the answers to `record`, which makes one record of each (PIPA-4). Empty where nothing changed.
    Save {
        /// The answers.
        answers: Vec<Answer>,
    },
    /// It was closed, which answers nothing (PIPA-6, PIPA-16): tell `closed`.
    Close,
}

/// A form while a person fills it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormDraft {
    view: FormView,
    ended: bool,
}

impl FormDraft {
    /// A form that nobody has touched.
    pub fn new(view: FormView) -> Self {
        Self { view, ended: false }
    }

    /// The form as it was when `text` was taken of it: after a rotation, or after the system ended the app. Where the token is another one
    /// by now, or the text none of a draft, the form is drawn anew.
    pub fn restored(view: FormView, text: &str) -> Self {
        let mut draft = Self::new(view);
        if let Some(on) = ticks(&draft.view, text) {
            draft.put(&on);
            draft.view.said.clear();
        }
        draft
    }

    /// The draft as a string of less than 4 KB, to be kept while the app is not on the screen. It names no purpose.
    pub fn text(&self) -> String {
        let mut bytes = vec![];
        for (at, switch) in self.view.switches().enumerate() {
            if at % 8 == 0 {
                bytes.push(0_u8);
            }
            if let Some(last) = bytes.last_mut().filter(|_| switch.on) {
                *last |= 1 << (at % 8);
            }
        }
        format!("{FORMAT}.{}.{}", fingerprint(&self.view), digest::hex(&bytes))
    }

    /// What is drawn now.
    pub fn view(&self) -> &FormView {
        &self.view
    }

    /// The switch of a purpose was tapped. What depends on it comes onto the screen, off, or goes off and away with it.
    pub fn toggle(&mut self, purpose: &str) -> Result<(), FormFault> {
        let on = self.view.switches().find(|switch| switch.visible && switch.purpose == purpose).ok_or(FormFault::NotOnScreen)?.on;
        self.set(purpose, !on)
    }

    /// The switch of a purpose was put on or off.
    pub fn set(&mut self, purpose: &str, on: bool) -> Result<(), FormFault> {
        self.check_open()?;
        let before = self.visible();
        let switch = self.view.switches_mut().find(|switch| switch.visible && switch.purpose == purpose).ok_or(FormFault::NotOnScreen)?;
        switch.on = on;
        self.settle(&before);
        Ok(())
    }

    /// Puts the switches as a page has them. One that is posted although what it requires is off is dropped: the person cannot see it.
    pub fn take_posted(&mut self, on: &BTreeSet<String>) -> Result<(), FormFault> {
        self.check_open()?;
        if on.iter().any(|purpose| !self.view.switches().any(|switch| switch.purpose == *purpose)) {
            return Err(FormFault::NotOnScreen);
        }
        self.put(on);
        Ok(())
    }

    /// Agrees to everything that is on the screen, and to nothing else: what that brings onto the screen was not read and is not answered.
    pub fn accept_all(&mut self) -> Result<FormEnd, FormFault> {
        self.check_open()?;
        let before = self.visible();
        self.view.switches_mut().filter(|switch| switch.visible).for_each(|switch| switch.on = true);
        Ok(self.end(&before, true))
    }

    /// Says no to everything that is on the screen.
    pub fn refuse_all(&mut self) -> Result<FormEnd, FormFault> {
        self.check_open()?;
        let before = self.visible();
        self.view.switches_mut().for_each(|switch| switch.on = false);
        Ok(self.end(&before, true))
    }

    /// Saves the switches as they stand. One that is off is a no if it was a yes before; and on a form that asks, whose button says so, if its
    /// question is open. On the screen of all settings a question that nobody touched stays without an answer.
    pub fn save(&mut self) -> Result<FormEnd, FormFault> {
        self.check_open()?;
        let (before, asks) = (self.visible(), self.view.kind != FormKind::Settings);
        Ok(self.end(&before, asks))
    }

    /// Closes the form without an answer.
    pub fn close(&mut self) -> Result<FormEnd, FormFault> {
        self.check_open()?;
        self.ended = true;
        Ok(FormEnd::Close)
    }

    fn check_open(&self) -> Result<(), FormFault> {
        if self.ended { Err(FormFault::Ended) } else { Ok(()) }
    }

    fn visible(&self) -> BTreeSet<String> {
        self.view.switches().filter(|switch| switch.visible).map(|switch| switch.purpose.clone()).collect()
    }

    /// Puts on exactly those, as far as they can be on the screen.
    fn put(&mut self, on: &BTreeSet<String>) {
        let before = self.visible();
        self.view.switches_mut().for_each(|switch| switch.on = on.contains(&switch.purpose));
        self.settle(&before);
    }

    /// Takes away what depends on a switch that is off, and says what came and went.
    fn settle(&mut self, before: &BTreeSet<String>) {
        let went = self.view.settle();
        let words = Words::of(&self.view.sheet.words);
        let came: Vec<&str> =
            self.view.switches().filter(|now| now.visible && !before.contains(&now.purpose)).map(|now| now.title.as_str()).collect();
        let said = [(words.appeared, came.join(", ")), (words.gone, went.join(", "))];
        let said: Vec<String> = said.iter().filter(|(_, titles)| !titles.is_empty()).map(|(words, titles)| naming(words, titles)).collect();
        self.view.said = said.join(" ");
    }

    /// Ends the form with the answers of all that was on the screen, and of what went off with something that was. `answers_open` says
    /// whether a switch that is off answers an open question.
    fn end(&mut self, seen: &BTreeSet<String>, answers_open: bool) -> FormEnd {
        self.ended = true;
        let (method, actor) = match self.view.kind {
            FormKind::OnePurpose => (Method::Dialog, Actor::Person),
            FormKind::Guardian => (Method::Guardian, Actor::Guardian),
            FormKind::FirstRun | FormKind::Settings => (Method::Toggle, Actor::Person),
        };
        let choice = |switch: &FormSwitch| match (seen.contains(&switch.purpose), switch.on, switch.started_on) {
            (true, true, false) => Some(ChoiceKind::Granted),
            (_, false, true) => Some(ChoiceKind::Refused),
            (true, false, false) if answers_open && switch.is_open() => Some(ChoiceKind::Refused),
            _ => None,
        };
        let said = self.view.switches().filter_map(|switch| choice(switch).map(|choice| (switch.purpose.clone(), choice)));
        FormEnd::Save { answers: said.map(|(purpose, choice)| Answer { purpose, choice, method, actor }).collect() }
    }
}

impl FormView {
    /// The form when it opens: what depends on something that is off is not on the screen, and the buttons say what they do.
    pub(super) fn opened(mut self, questions: &Questions) -> Self {
        self.settle();
        self.due = questions.due && self.switches().any(|switch| switch.visible && switch.is_open());
        self
    }

    /// Takes off the screen what depends on a switch that is off, puts it off, and gives the titles of what went. The last button and the pair
    /// say what a tap would do now.
    fn settle(&mut self) -> Vec<String> {
        let mut went = vec![];
        loop {
            let on: BTreeSet<String> = self.switches().filter(|switch| switch.on).map(|switch| switch.purpose.clone()).collect();
            let mut changed = false;
            for switch in self.switches_mut() {
                let visible = switch.requires.iter().all(|id| on.contains(id));
                if switch.visible && !visible {
                    went.push(switch.title.clone());
                }
                // What goes off may carry others, which are looked at again.
                changed |= !visible && switch.on;
                switch.visible = visible;
                switch.on &= visible;
            }
            if !changed {
                break;
            }
        }
        self.name_buttons();
        went
    }

    fn name_buttons(&mut self) {
        let words = Words::of(&self.sheet.words);
        let visible = self.switches().filter(|switch| switch.visible).count();
        let (new, taken) = (
            self.switches().filter(|switch| switch.on && !switch.started_on).count(),
            self.switches().any(|switch| !switch.on && switch.started_on),
        );
        let open = self.switches().any(|switch| switch.visible && switch.is_open());
        if let Some(save) = &mut self.save {
            *save = match (self.kind, taken, new) {
                (FormKind::Settings, ..) | (_, true, _) => words.save.into(),
                (_, _, 0) if open => words.save_none.into(),
                (_, _, 0) => words.save.into(),
                (_, _, new) => counted(words.save_some, new),
            };
        }
        let kind = self.kind;
        for element in &mut self.sheet.elements {
            if let FormElement::Together { title, .. } = element {
                *title = if kind == FormKind::OnePurpose && visible == 1 { String::new() } else { counted(words.together, visible) };
            }
        }
    }
}

/// The form of a draft's text. Another form would have another number.
const FORMAT: &str = "1";

/// Hex digits of the token's hash in a draft: enough that another token is noticed.
const FINGERPRINT_DIGITS: usize = 16;

fn fingerprint(view: &FormView) -> String {
    digest::hex(&digest::hash(view.shown.as_bytes())).chars().take(FINGERPRINT_DIGITS).collect()
}

/// What a draft's text has on, if it is one of this form.
fn ticks(view: &FormView, text: &str) -> Option<BTreeSet<String>> {
    let bits = text.strip_prefix(FORMAT)?.strip_prefix('.')?.strip_prefix(fingerprint(view).as_str())?.strip_prefix('.')?;
    let bytes = digest::unhex(bits)?;
    let purposes: Vec<&FormSwitch> = view.switches().collect();
    if bytes.len() != purposes.len().div_ceil(8) {
        return None;
    }
    let is_on = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte & (1 << (at % 8)) != 0);
    Some(purposes.iter().enumerate().filter(|(at, _)| is_on(*at)).map(|(_, switch)| switch.purpose.clone()).collect())
}
