//! What may happen, in any order: the model that `stateright` walks through.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex},
};

use consentkit::{ledger::ChoiceKind, policy::Policy};
use stateright::{Model, Property};

use crate::{
    ghost::letter,
    met::{Counts, Met},
    names::SILENT_POLICY,
    rule::Rule,
    wire::Response,
    world::{Leaf, World},
};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The form is drawn.
    Opens(usize),
    /// The person says yes on the form that is open.
    Grants(usize),
    /// The person says no.
    Withdraws(usize),
    /// A request goes out and the server takes it. An answer that is still on its way is lost.
    Sends(usize),
    /// The answer arrives.
    Hears(usize),
    /// The process dies.
    Crashes(usize),
    /// The network delivers the last request once more.
    Again(usize),
    /// The anonymous person signs in.
    SignsIn(usize),
    /// The second device becomes a copy of the first, unnoticed.
    Copied,
    /// The copy notices what it is.
    Notices(usize),
    /// The web page is drawn.
    WebOpens,
    /// The person says yes on the open tab.
    WebGrants,
    /// The person says no on the web.
    WebWithdraws,
    /// The server's database is copied.
    BacksUp,
    /// The server goes back to the copy.
    GoesBack,
    /// The server goes back to the copy, and nobody says so.
    GoesBackInSilence,
    /// A request goes out and the server refuses every change in it.
    SendsInVain(usize),
    /// The device asks for everything from the start.
    PullsAnew(usize),
    /// A text that differs in meaning comes into force.
    NewText,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = |place: &usize| letter(*place);
        match self {
            Self::Opens(place) => write!(f, "device {} draws the form", device(place)),
            Self::Grants(place) => write!(f, "device {} grants on the form it has open", device(place)),
            Self::Withdraws(place) => write!(f, "device {} withdraws", device(place)),
            Self::Sends(place) => write!(f, "device {} sends what waits and the server takes it", device(place)),
            Self::Hears(place) => write!(f, "device {} hears the server's answer", device(place)),
            Self::Crashes(place) => write!(f, "device {} crashes: form and answer are lost", device(place)),
            Self::Again(place) => write!(f, "the network delivers device {}'s last request again", device(place)),
            Self::SignsIn(place) => write!(f, "the person on device {} signs in, and the answer is brought along", device(place)),
            Self::Copied => write!(f, "device B is set up as a copy of device A, unnoticed"),
            Self::Notices(place) => write!(f, "device {} notices that it is a copy", device(place)),
            Self::WebOpens => write!(f, "the web page is drawn"),
            Self::WebGrants => write!(f, "somebody grants on the open tab"),
            Self::WebWithdraws => write!(f, "somebody withdraws on the web"),
            Self::BacksUp => write!(f, "the server is backed up"),
            Self::GoesBack => write!(f, "the server goes back to its backup"),
            Self::GoesBackInSilence => write!(f, "the server goes back to its backup, and nobody says so"),
            Self::SendsInVain(place) => write!(f, "device {} sends what waits and the server refuses it", device(place)),
            Self::PullsAnew(place) => write!(f, "device {} pulls from the start", device(place)),
            Self::NewText => write!(f, "a new text comes into force"),
        }
    }
}

/// The promises by their names. This one: nowhere does a yes count over a no that its giver could not see.
pub const NO_RESURRECTION: &str = "no resurrection";
/// Every withdrawal is kept until it is answered, and held once it is.
pub const WITHDRAWALS_LAND: &str = "withdrawals land";
/// Each operation takes effect once, and is always answered the same.
pub const EFFECT_ONCE: &str = "each effect exactly once";
/// A grant for an older text does not count where a newer text that differs in meaning is in force.
pub const OLDER_TEXTS: &str = "a grant for an older text does not count";
/// Once everybody talked to the server twice, devices and server say the same.
pub const AGREEMENT: &str = "agreement within two rounds";

/// What a device withdrew last is held by the server, however much it lost.
pub const HELD_AGAIN: &str = "own withdrawals are held again within two rounds";

/// A device that heard what the server lost since is told everything anew.
pub const LOSSES_TOLD: &str = "a loss that a device shows is told under another name";

/// Where silence allows until somebody objects, an objection is obeyed that was said here, or that was at the server when the person came
/// here and did not go with a backup before the server told it.
pub const SILENCE_OBEYS: &str = "silence allows nothing that was objected to";

/// Where silence allows, it does not before the server told what was said elsewhere.
pub const SILENCE_WAITS: &str = "silence is worth nothing before a pull";

/// All of them.
pub const PROMISES: [&str; 9] =
    [NO_RESURRECTION, WITHDRAWALS_LAND, EFFECT_ONCE, OLDER_TEXTS, AGREEMENT, HELD_AGAIN, LOSSES_TOLD, SILENCE_OBEYS, SILENCE_WAITS];

/// Those of a world in which silence allows.
pub const OF_SILENCE: [&str; 7] = [NO_RESURRECTION, WITHDRAWALS_LAND, EFFECT_ONCE, OLDER_TEXTS, AGREEMENT, SILENCE_OBEYS, SILENCE_WAITS];

/// How often a backup is put back in silence. The second time brings back a name that the numbering had before.
const MOST_SILENT: u8 = 2;

/// What may happen in some worlds only, since each kind of step makes a walk longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// The operator says when a backup was put back.
    Told,
    /// The operator does not say so, and devices pull from the start now and then.
    Silent,
    /// The server refuses the changes of one request.
    Refusals,
}

/// A small world and how far to follow it.
#[derive(Debug, Clone)]
pub struct Schedules {
    /// What it is, in words.
    pub name: &'static str,
    /// The rule on trial.
    pub rule: Rule,
    /// For each device, whether somebody is signed in from the start.
    pub signed_in: &'static [bool],
    /// True where there is a web page.
    pub web: bool,
    /// What else may happen.
    pub more: More,
    /// True where the purpose belongs to each device, and not to the person.
    pub about_device: bool,
    /// True where the purpose is allowed until the person objects.
    pub silent: bool,
    /// How many steps a schedule has at most.
    pub depth: usize,
    /// The promises to hold it to.
    pub promises: &'static [&'static str],
    /// What the walk remembers beside the checker.
    pub notes: Arc<Notes>,
}

/// What a walk remembers beside the checker.
#[derive(Debug, Default)]
pub struct Notes {
    /// Worlds that were met already. Most worlds are ends of schedules: each is judged once, and handed to the checker only where it breaks a
    /// promise.
    pub worlds: Mutex<HashSet<u64>>,
    /// Settlements that were seen to agree. Many worlds differ only in what a settlement does not look at.
    agreed: Mutex<HashSet<(Option<u64>, u64)>>,
    /// What happened on the way.
    pub counts: Counts,
}

type Promise = fn(&World) -> bool;

impl Schedules {
    /// Whether a world keeps a promise.
    pub fn keeps(&self, name: &str, world: &World) -> bool {
        if name != AGREEMENT && name != HELD_AGAIN {
            return kept(name)(world);
        }
        // Who saw what makes no difference to whether all agree. It does where a withdrawal may have been overtaken by a later yes.
        let seen = (name == HELD_AGAIN).then(|| world.ghost_print());
        let print = (seen, world.settlement_print());
        if self.notes.agreed.lock().is_ok_and(|agreed| agreed.contains(&print)) {
            return true;
        }
        let agrees = kept(name)(world);
        if agrees && let Ok(mut agreed) = self.notes.agreed.lock() {
            agreed.insert(print);
        }
        agrees
    }
}

fn kept(name: &str) -> Promise {
    match name {
        NO_RESURRECTION => World::no_resurrection,
        WITHDRAWALS_LAND => World::withdrawals_land,
        EFFECT_ONCE => World::each_effect_once,
        OLDER_TEXTS => World::older_texts_do_not_count,
        AGREEMENT => World::agrees_within_two_rounds,
        HELD_AGAIN => World::own_withdrawals_are_held_again,
        SILENCE_OBEYS => World::silence_obeys,
        SILENCE_WAITS => World::silence_waits,
        _ => World::losses_are_told,
    }
}

/// One promise as the checker asks for it. Each has a function of its own, since the checker takes no closure that keeps something.
fn ask<const AT: usize>(schedules: &Schedules, world: &World) -> bool {
    match world.leaf {
        Some(leaf) => leaf.broken & (1 << AT) == 0,
        None => schedules.keeps(PROMISES[AT], world),
    }
}

fn promise(name: &'static str) -> Property<Schedules> {
    let condition: fn(&Schedules, &World) -> bool = match name {
        NO_RESURRECTION => ask::<0>,
        WITHDRAWALS_LAND => ask::<1>,
        EFFECT_ONCE => ask::<2>,
        OLDER_TEXTS => ask::<3>,
        AGREEMENT => ask::<4>,
        HELD_AGAIN => ask::<5>,
        LOSSES_TOLD => ask::<6>,
        SILENCE_OBEYS => ask::<7>,
        _ => ask::<8>,
    };
    Property::always(name, condition)
}

impl Schedules {
    /// Judges a world at the end of its schedule, once. Only one that breaks a promise goes on to the checker.
    fn leaf(&self, world: &World, fresh: bool) -> Option<World> {
        let breaks = |(at, name): (usize, &&str)| u16::from(!self.keeps(name, world)) << at;
        let asked = PROMISES.iter().enumerate().filter(|(_, name)| fresh && self.promises.contains(name));
        let broken = asked.map(breaks).sum();
        let leaf = Some(Leaf { print: world.print(), broken });
        (broken != 0).then(|| World { depth: world.depth, leaf, ..World::new(self.rule, &[]) })
    }

    /// Notes what a step met.
    fn note(&self, before: &World, step: Step, world: &World) {
        let note = |met| self.notes.counts.note(met);
        let device = |place: usize| &before.devices[place];
        let brings_news = |answer: &Response| !answer.states.is_empty();
        match step {
            Step::Crashes(place) => {
                note(Met::Crash);
                if device(place).coming.is_some() {
                    note(Met::LostAnswer);
                }
            }
            Step::Sends(place) => {
                if device(place).coming.is_some() {
                    note(Met::LostAnswer);
                }
                let forked = |answer: &Response| answer.results.iter().any(|result| result.reason.as_deref() == Some("fork"));
                if world.devices[place].coming.as_ref().is_some_and(forked) {
                    note(Met::Clone);
                }
            }
            Step::Again(_) => note(Met::Duplicate),
            Step::SignsIn(place) if world.devices[place].outbox.len() > device(place).outbox.len() + 1 => note(Met::Merge),
            Step::WebGrants => {
                let held = before.server.account().map_or(0, |account| account.reached);
                if before.page.as_ref().is_some_and(|page| held & !page.visible != 0) {
                    note(Met::StaleTab);
                }
            }
            Step::GoesBack | Step::GoesBackInSilence if before.server.operations.len() > world.server.operations.len() => {
                note(Met::Restored)
            }
            Step::Hears(place) if device(place).allows(before.rule) && !world.devices[place].allows(world.rule) => note(Met::Objection),
            Step::Hears(place) if device(place).form.is_some() && device(place).coming.as_ref().is_some_and(brings_news) => {
                note(Met::PullUnderForm);
            }
            Step::Grants(place) if device(place).edition < before.edition => note(Met::OlderText),
            _ => {}
        }
    }
}

impl Model for Schedules {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        let silent = Policy::parse(SILENT_POLICY).ok().filter(|_| self.silent).map(Arc::new);
        assert_eq!(silent.is_some(), self.silent, "the policy of the model is a policy");
        let mut world = World { anchors: self.more != More::Silent, ..World::new(self.rule, self.signed_in) };
        for place in 0..world.devices.len() {
            let device = world.device(place);
            device.about_device = self.about_device;
            device.silent.clone_from(&silent);
        }
        vec![world]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.depth >= self.depth {
            return;
        }
        if self.web {
            steps.push(Step::WebOpens);
            if World::may_mint(world.minted) {
                steps.push(Step::WebWithdraws);
                if world.page.is_some() {
                    steps.push(Step::WebGrants);
                }
            }
        }
        for (place, device) in world.devices.iter().enumerate() {
            let may_say = World::may_mint(device.minted);
            steps.push(Step::Opens(place));
            if may_say && device.usable_form().is_some() {
                steps.push(Step::Grants(place));
            }
            if may_say {
                steps.push(Step::Withdraws(place));
            }
            steps.push(Step::Sends(place));
            if device.coming.is_some() {
                steps.push(Step::Hears(place));
            }
            if self.more == More::Silent && device.cursors.contains_key(device.subject()) {
                steps.push(Step::PullsAnew(place));
            }
            if self.more == More::Refusals && !world.refused && !device.outbox.is_empty() {
                steps.push(Step::SendsInVain(place));
            }
            if device.form.is_some() || device.coming.is_some() {
                steps.push(Step::Crashes(place));
            }
            if device.sent.is_some() {
                steps.push(Step::Again(place));
            }
            if may_say && !device.state.signed_in {
                steps.push(Step::SignsIn(place));
            }
        }
        if let [first, second, ..] = &world.devices[..]
            && !world.copied
            && second.outbox.is_empty()
            && second.ledger.is_empty()
            && first.seq > second.seq
        {
            steps.push(Step::Copied);
        }
        if world.copied && world.devices[1].state.install == world.devices[0].state.install {
            steps.push(Step::Notices(1));
        }
        match (&world.backup, self.more) {
            (None, _) if !world.went_back => steps.push(Step::BacksUp),
            (Some(_), More::Silent) if world.times_back < MOST_SILENT => steps.push(Step::GoesBackInSilence),
            (Some(_), More::Told | More::Refusals) => steps.push(Step::GoesBack),
            _ => {}
        }
        if world.edition == 1 && self.more != More::Silent {
            steps.push(Step::NewText);
        }
    }

    fn next_state(&self, before: &World, step: Step) -> Option<World> {
        let mut world = before.clone();
        world.depth += 1;
        match step {
            Step::Opens(place) => {
                world.device(place).open();
                if world.devices[place].form == before.devices[place].form {
                    return None;
                }
            }
            Step::Grants(place) => world.with_ghost(place, |device, around| device.say(ChoiceKind::Granted, around)),
            Step::Withdraws(place) => world.with_ghost(place, |device, around| device.say(ChoiceKind::Withdrawn, around)),
            Step::Sends(place) => world.send(place),
            Step::Hears(place) => world.deliver(place),
            Step::Crashes(place) => world.device(place).crash(),
            Step::Again(place) => world.again(place),
            Step::SignsIn(place) => {
                world.comes_to(place);
                world.with_ghost(place, |device, around| device.sign_in(around));
            }
            Step::Copied => {
                world.devices[1] = Arc::new(world.devices[0].copied_to(&world.devices[1]));
                world.copied = true;
            }
            Step::Notices(place) => {
                // It is noticed when the app opens the file, so nothing is on its way then.
                world.comes_to(place);
                world.device(place).crash();
                world.device(place).restore();
            }
            Step::WebOpens => world.render(),
            Step::WebGrants => world.web(ChoiceKind::Granted),
            Step::WebWithdraws => world.web(ChoiceKind::Withdrawn),
            Step::BacksUp => world.backup = Some(world.server.clone()),
            Step::GoesBack => {
                world.go_back()?;
            }
            Step::GoesBackInSilence => {
                world.go_back_in_silence()?;
            }
            Step::SendsInVain(place) => world.send_in_vain(place),
            Step::PullsAnew(place) => world.pull_anew(place),
            Step::NewText => {
                world.edition = 2;
                // The page of the new text replaces the old one: the server keeps no text that it does not publish any more.
                world.page = None;
            }
        }
        self.note(before, step, &world);
        let fresh = self.notes.worlds.lock().is_ok_and(|mut worlds| worlds.insert(world.print()));
        if world.depth == self.depth { self.leaf(&world, fresh) } else { Some(world) }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.promises.iter().map(|name| promise(name)).collect()
    }
}
