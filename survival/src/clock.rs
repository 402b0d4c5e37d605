//! Clocks: at each step of a story the phone's clock jumps, by a second or by a century. What was said keeps its order, no yes counts that
//! nobody gave, and what waits is sent all the same.

use std::collections::BTreeMap;

use consentkit::client::HistoryEntry;
use consentkit_proof::{
    chance::Chance,
    stage::{Clock, DAY},
    wire::Host,
};

use crate::{
    phone::{ACCOUNT, PURPOSES, Phone},
    stage::{Done, Tally, folder, side_by_side},
};

/// Steps of a story, of which the first ones say something.
const STEPS: usize = 12;

/// How far a clock jumps, milliseconds: a second, a minute, an hour, a day, a month, a year, ten years and a century, forward and back.
const JUMPS: [i64; 8] = [1_000, 60_000, 60 * 60_000, DAY, 30 * DAY, 365 * DAY, 3_652 * DAY, 36_525 * DAY];

/// How long passes between two steps, milliseconds.
const BETWEEN_STEPS: i64 = 3_000;

/// More records than a story writes.
const MANY: i64 = 1_000;

/// One step of the person, the app or the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Yes(&'static str),
    No(&'static str),
    Withdraw(&'static str),
    SignIn,
    SignOut,
    Sync,
    /// A sync that does not reach the server, so that a pause follows.
    Unreached,
    Restart,
}

fn story(seed: u64) -> Vec<Step> {
    let mut chance = Chance::of(seed);
    let mut story = vec![Step::Yes(PURPOSES[0]), Step::Yes(PURPOSES[1]), Step::Unreached];
    while story.len() < STEPS {
        let purpose = chance.pick(&PURPOSES);
        story.push(match chance.below(10) {
            0 | 1 => Step::Yes(purpose),
            2 => Step::No(purpose),
            3 | 4 => Step::Withdraw(purpose),
            5 => chance.pick(&[Step::SignIn, Step::SignIn, Step::SignOut]),
            6 => Step::Unreached,
            7 | 8 => Step::Sync,
            _ => Step::Restart,
        });
    }
    story
}

/// A phone while a story is played, and what was said last of each purpose.
struct Play {
    phone: Phone,
    said: BTreeMap<&'static str, bool>,
    history: Vec<HistoryEntry>,
}

impl Play {
    fn step(&mut self, step: Step) -> Done {
        self.phone.clock.pass(BETWEEN_STEPS);
        match step {
            Step::Yes(purpose) | Step::No(purpose) => {
                self.said.insert(purpose, step == Step::Yes(purpose));
                self.phone.answer(purpose, step == Step::Yes(purpose))?;
            }
            Step::Withdraw(purpose) => {
                self.said.insert(purpose, false);
                self.phone.app()?.withdraw(&[purpose])?;
            }
            Step::SignIn => self.phone.app()?.sign_in(ACCOUNT)?,
            Step::SignOut => self.phone.app()?.sign_out()?,
            Step::Sync | Step::Unreached => {
                self.phone.wire.cut(step == Step::Unreached);
                drop(self.phone.sync()?);
            }
            Step::Restart => {
                self.phone.end()?;
                self.phone.start()?;
            }
        }
        self.look()
    }

    /// No yes counts that is not the last word on its purpose, and the records of before are as they were.
    fn look(&mut self) -> Done {
        let never = |purpose: &String| self.said.get(purpose.as_str()) != Some(&true);
        if let Some(purpose) = self.phone.granted()?.into_iter().find(never) {
            return Err(format!("ALLOWED: {purpose} counts, and the last word on it was no").into());
        }
        let history = self.phone.app()?.history(0, MANY)?;
        let same = history.iter().zip(&self.history).take_while(|(now, before)| now == before).count();
        if same < self.history.len() {
            return Err(format!("ORDER: record {} is another one than before", same + 1).into());
        }
        if history.windows(2).any(|two| two[1].seq < two[0].seq) {
            return Err("ORDER: the records are not in the order in which they were written".into());
        }
        self.history = history;
        Ok(())
    }
}

/// Plays a story whose clock jumps before one of its steps.
fn play(story: &[Step], at: usize, jump: i64) -> Done {
    let folder = folder()?;
    let host = Host::start(&folder.path().join("server.db"), Clock::noon())?;
    let mut play = Play { phone: Phone::on(folder.path(), &host), said: BTreeMap::new(), history: vec![] };
    play.phone.start()?;
    for (index, step) in story.iter().enumerate() {
        if index == at {
            play.phone.clock.jump(jump);
        }
        play.step(*step).map_err(|error| format!("in step {index}, {step:?}: {error}"))?;
    }
    play.phone.wire.cut(false);
    play.phone.deliver()?;
    play.look()?;
    // The person puts the clock right.
    play.phone.clock.jump(-jump);
    play.step(Step::Restart)?;
    play.phone.verify()?;
    if play.phone.app()?.rolled_back().is_some() {
        return Err("ALARM: it says that records are lost, and none are".into());
    }
    play.phone.deliver()?;
    play.look()?;
    for purpose in PURPOSES {
        play.step(Step::Yes(purpose))?;
        if !play.phone.granted()?.iter().any(|granted| granted == purpose) {
            return Err(format!("STUCK: a yes to {purpose} that is given by the right clock does not count").into());
        }
    }
    play.phone.deliver()?;
    play.phone.verify()
}

/// Makes the clock jump so often.
pub fn run(wanted: usize) -> Done {
    let tally = side_by_side(|first, step| {
        let mut tally = Tally::default();
        for seed in (first as u64..).step_by(step) {
            let story = story(seed);
            for at in 0..STEPS {
                for jump in JUMPS.iter().flat_map(|jump| [*jump, -*jump]) {
                    if tally.cases() >= wanted.div_ceil(step) {
                        return Ok(tally);
                    }
                    tally.case(|| format!("story {seed}, {jump} ms before step {at}"), play(&story, at, jump));
                }
            }
        }
        Ok(tally)
    })?;
    tally.close("clock", "stories in which the clock jumped, by a second to a century, forward and back")
}
