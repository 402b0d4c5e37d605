//! The small world: devices, a web page, a server and its backup.

use std::sync::Arc;

use consentkit::ledger::{Body, ChoiceKind, FORMAT, Mark, Record, Seen, Status, rfc3339};

use crate::{
    device::{Around, Device, blank_choice},
    ghost::{Ghost, Set, WEB, bit, op_name},
    names::{ACCOUNT, PURPOSE},
    rule::{Marks, Rule},
    server::{NOT_TOLD, Outside, Server},
};

/// Most operations that one place may name in a schedule. [`bit`] can tell no more apart.
const MOST_CHOICES: u8 = 7;

/// Requests in one pass of a device: one for each subject, and one more for what an answer made it queue.
const PASS: usize = 3;

/// An open tab.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// What it hands back.
    pub seen: Option<(String, i64, Option<Mark>)>,
    /// Count of the server's changes when it was drawn.
    pub base: i64,
    /// Ghost: the withdrawals that it shows.
    pub visible: Set,
    /// Edition of the text.
    pub edition: u32,
}

/// What is kept of a world at the end of its schedule. Nothing follows from such a world, and most worlds are of this kind, so the rest of
/// it is thrown away.
#[derive(Debug, Clone, Copy)]
pub struct Leaf {
    /// What tells it apart.
    pub print: u64,
    /// The promises that it broke, one bit each.
    pub broken: u16,
}

/// One state of everything: what the model calls a world.
#[derive(Debug, Clone)]
pub struct World {
    /// Steps since the beginning. Two worlds that differ in nothing else are the same.
    pub depth: usize,
    /// Set at the end of a schedule, and then the rest is empty.
    pub leaf: Option<Leaf>,
    /// The rule on trial.
    pub rule: Rule,
    /// The devices.
    pub devices: Vec<Arc<Device>>,
    /// The server's database.
    pub server: Arc<Server>,
    /// A copy of it.
    pub backup: Option<Arc<Server>>,
    /// The open tab.
    pub page: Option<Page>,
    /// Edition of the policy in force.
    pub edition: u32,
    /// Numberings named so far.
    pub histories: u8,
    /// How many operations the web named.
    pub minted: u8,
    /// True once a phone was copied.
    pub copied: bool,
    /// True once the server went back to its backup.
    pub went_back: bool,
    /// How often the server went back in silence.
    pub times_back: u8,
    /// True once the server refused a request's changes.
    pub refused: bool,
    /// True while it is about to refuse the changes of the next request.
    pub rejects: bool,
    /// True where devices hear that the server lost what it had acknowledged. Where they do not, losses show by marks and heads alone.
    pub anchors: bool,
    /// What really happened.
    pub ghost: Arc<Ghost>,
}

impl World {
    /// The beginning: nothing was said.
    pub fn new(rule: Rule, signed_in: &[bool]) -> Self {
        Self {
            depth: 0,
            leaf: None,
            rule,
            devices: signed_in.iter().enumerate().map(|(place, signed_in)| Arc::new(Device::new(place, *signed_in))).collect(),
            server: Arc::default(),
            backup: None,
            page: None,
            edition: 1,
            histories: 0,
            minted: 0,
            copied: false,
            went_back: false,
            times_back: 0,
            refused: false,
            rejects: false,
            anchors: true,
            ghost: Arc::default(),
        }
    }

    /// True while that place may name one more operation.
    pub fn may_mint(minted: u8) -> bool {
        minted < MOST_CHOICES
    }

    /// A device as it is to be changed.
    pub fn device(&mut self, place: usize) -> &mut Device {
        let device = Arc::make_mut(&mut self.devices[place]);
        device.print.forget();
        device.resting_print.forget();
        device
    }

    /// A device's own step, with the ghost that goes with it.
    pub fn with_ghost(&mut self, place: usize, step: impl FnOnce(&mut Device, &mut Around<'_>)) {
        let mut ghost = std::mem::take(&mut self.ghost);
        let rule = self.rule;
        step(self.device(place), &mut Around { rule, ghost: Arc::make_mut(&mut ghost) });
        self.ghost = ghost;
    }

    fn serve<T>(&mut self, step: impl FnOnce(&mut Server, &mut Outside<'_>) -> T) -> T {
        let mut broken = vec![];
        let rejects = std::mem::take(&mut self.rejects);
        let mut outside = Outside { rule: self.rule, edition: self.edition, rejects, histories: &mut self.histories, broken: &mut broken };
        let server = Arc::make_mut(&mut self.server);
        server.print.forget();
        let answer = step(server, &mut outside);
        if !broken.is_empty() {
            Arc::make_mut(&mut self.ghost).broken.append(&mut broken);
        }
        answer
    }

    /// The device sends its next request; the answer is on its way.
    pub fn send(&mut self, place: usize) {
        let rule = self.rule;
        let request = self.device(place).request(rule);
        let answer = self.serve(|server, outside| server.sync(&request, outside));
        let device = self.device(place);
        device.coming = Some(answer);
        device.sent = Some(request).filter(|request| !request.changes.is_empty());
    }

    /// The same, and the server refuses every change of this one request.
    pub fn send_in_vain(&mut self, place: usize) {
        (self.refused, self.rejects) = (true, true);
        self.send(place);
    }

    /// The device pulls from the start, without what waits.
    pub fn pull_anew(&mut self, place: usize) {
        let rule = self.rule;
        let mut request = self.device(place).request(rule);
        request.cursor = None;
        request.changes.clear();
        let answer = self.serve(|server, outside| server.sync(&request, outside));
        self.device(place).coming = Some(answer);
    }

    /// The network delivers the device's last request again; nobody hears the answer.
    pub fn again(&mut self, place: usize) {
        let Some(request) = self.devices[place].sent.clone() else { return };
        self.serve(|server, outside| server.sync(&request, outside));
    }

    /// The answer arrives.
    pub fn deliver(&mut self, place: usize) {
        let (rule, anchors) = (self.rule, self.anchors);
        let device = self.device(place);
        if let Some(mut answer) = device.coming.take() {
            answer.lost &= anchors;
            device.hear(&answer, rule);
        }
    }

    /// The operator puts the backup back and says so at the start: every numbering gets a new name.
    pub fn go_back(&mut self) -> Option<()> {
        self.server = self.backup.take()?;
        self.went_back = true;
        self.serve(Server::renew_all);
        self.awaits_what_is_left();
        Some(())
    }

    /// The operator puts the backup back and tells nobody.
    pub fn go_back_in_silence(&mut self) -> Option<()> {
        self.server = self.backup.clone()?;
        self.went_back = true;
        self.times_back += 1;
        self.awaits_what_is_left();
        Some(())
    }

    /// What the server lost with its backup before it told a device, nobody can tell that device any more.
    fn awaits_what_is_left(&mut self) {
        let held = self.server.account().map_or(0, |account| account.reached);
        (0..self.devices.len()).for_each(|place| self.device(place).awaited &= held);
    }

    /// The web page is drawn.
    pub fn render(&mut self) {
        let account = self.server.account();
        self.page = Some(Page {
            seen: self.server.seen().map(|seen| (seen.numbering, seen.epoch, seen.mark)),
            base: account.map_or(0, |account| account.revision),
            visible: account.map_or(0, |account| account.reached),
            edition: self.edition,
        });
    }

    /// Somebody says yes on the tab, or no from anywhere on the web.
    pub fn web(&mut self, choice: ChoiceKind) {
        let page = self.page.clone().filter(|_| !choice.lowers());
        self.minted += 1;
        let op = op_name(WEB, self.minted);
        let ghost = Arc::make_mut(&mut self.ghost);
        ghost.choices += 1;
        if let Some(page) = &page {
            ghost.gives(&op, page.visible, page.edition);
        }
        let stands = self.server.account();
        let stamp = match self.rule {
            Rule::LastWriterWallClock => ghost.choices.into(),
            Rule::HybridClock => stands.map_or(0, |account| account.stamp) + 1,
            _ => 0,
        };
        let base = page.as_ref().map_or(0, |page| page.base);
        let mut said = blank_choice(choice, self.edition);
        said.seen =
            page.and_then(|page| page.seen).map(|(numbering, epoch, mark)| Seen { subject: ACCOUNT.into(), numbering, epoch, mark });
        let record = Record {
            format: FORMAT,
            install: String::new(),
            seq: 0,
            op,
            at: rfc3339(stamp),
            offset: 0,
            app: String::new(),
            sdk: String::new(),
            body: Body::Choice(said),
        };
        self.serve(|server, outside| server.web(record, Marks { stamp, base }, outside));
    }

    /// What becomes of this world when everybody talks to the server, in two rounds, and nothing is lost.
    fn settled(&self) -> Self {
        let mut world = self.clone();
        for _round in 0..2 {
            for place in 0..world.devices.len() {
                for _request in 0..PASS {
                    let install = world.devices[place].state.install.clone();
                    world.send(place);
                    world.deliver(place);
                    let device = &world.devices[place];
                    // After a fork the client ends its pass.
                    if device.outbox.is_empty() || device.state.install != install {
                        break;
                    }
                }
            }
        }
        world
    }

    /// Nowhere does a grant count over a withdrawal that reached that place and that its giver could not see.
    pub fn no_resurrection(&self) -> bool {
        let held = self.server.subjects.values().all(|account| {
            let granted = account.state.op.as_deref().filter(|_| account.state.status == Status::Granted);
            granted.is_none_or(|op| account.reached & !self.ghost.seen_by(op) == 0)
        });
        held && self.devices.iter().all(|device| device.effective_grant().is_none_or(|op| device.known() & !self.ghost.seen_by(&op) == 0))
    }

    /// Every withdrawal waits or was answered, and what the server said it took it holds.
    pub fn withdrawals_land(&self) -> bool {
        let promised = self.server.subjects.values().all(|account| {
            let held = account.withdrawals.iter().fold(0, |held, known| held | bit(&known.op));
            account.promised & !held == 0
        });
        promised
            && self.devices.iter().all(|device| {
                let waits = device.outbox.iter().fold(0, |waits, row| waits | bit(&row.change.record.op));
                let said = device.ledger.iter().filter(|record| matches!(&record.body, Body::Choice(said) if said.choice.lowers()));
                said.fold(0, |said, record| said | bit(&record.op)) & !(waits | device.answered) == 0
            })
    }

    /// No operation took effect twice, and none was answered in two ways.
    pub fn each_effect_once(&self) -> bool {
        self.ghost.broken.iter().all(|broken| *broken == NOT_TOLD) && self.server.effects.iter().all(|(_, effects)| *effects <= 1)
    }

    /// Where a device showed the server that it lost something, the answer told everything from the start, under another name.
    pub fn losses_are_told(&self) -> bool {
        self.ghost.broken.iter().all(|broken| *broken != NOT_TOLD)
    }

    /// A grant for an older text counts on no device that has the newer one.
    pub fn older_texts_do_not_count(&self) -> bool {
        self.devices.iter().all(|device| {
            let counts = device.effective_grant().filter(|_| device.current_answer().material >= device.edition);
            counts.is_none_or(|op| self.ghost.edition_of(&op) >= device.edition)
        })
    }

    /// What silence allows somewhere was objected to neither here nor, when the person came here, at the server, unless the server lost that
    /// before it told; or a yes counts here.
    pub fn silence_obeys(&self) -> bool {
        self.devices.iter().all(|device| {
            let objections = device.known() | device.awaited;
            !device.allows(self.rule) || objections == 0 || device.effective_grant().is_some()
        })
    }

    /// Nothing is allowed before an answer arrived that was asked for since the person came here.
    pub fn silence_waits(&self) -> bool {
        self.devices.iter().all(|device| device.heard || !device.state.signed_in || !device.allows(self.rule))
    }

    /// From here on the person is in front of a device whose memory of what was said elsewhere is worth nothing.
    pub fn comes_to(&mut self, place: usize) {
        let held = self.server.account().map_or(0, |account| account.reached);
        self.device(place).awaited = held;
    }

    /// What does not fit after two rounds, in words.
    #[cfg(test)]
    pub fn unsettled(&self) -> String {
        let world = self.settled();
        let device = |device: &Arc<Device>| {
            let waits: Vec<&str> = device.outbox.iter().map(|row| row.change.record.op.as_str()).collect();
            format!("{} waits {waits:?} grants {:?} numbered {:?}", device.state.install, device.effective_grant(), device.histories)
        };
        let account = world.server.account().map(|account| (account.state.clone(), account.numbering.clone()));
        format!("{:?}; {account:?}", world.devices.iter().map(device).collect::<Vec<_>>())
    }

    /// After two rounds the server holds what each device withdrew last, unless a yes overtook it there whose giver had it on the screen.
    pub fn own_withdrawals_are_held_again(&self) -> bool {
        let world = self.settled();
        world.devices.iter().all(|device| {
            let key = device.state.key(device.subject(), PURPOSE);
            let Some(own) = key.and_then(|key| key.own_withdrawal.as_ref()) else { return true };
            world.server.subjects.get(device.subject()).is_some_and(|account| {
                let held = account.withdrawals.iter().any(|known| known.op == own.op);
                let granted = account.state.op.as_ref().filter(|_| account.state.status == Status::Granted);
                held || granted.is_some_and(|op| self.ghost.seen_by(op) & bit(&own.op) != 0)
            })
        })
    }

    /// After two rounds nothing waits, and every device says what the server says.
    pub fn agrees_within_two_rounds(&self) -> bool {
        let world = self.settled();
        world.devices.iter().all(|device| {
            let account = world.server.subjects.get(device.subject());
            let granted = account.filter(|account| account.state.status == Status::Granted).and_then(|account| account.state.op.clone());
            // What a server lost altogether, it cannot take back: devices send withdrawals again, never grants.
            let forgotten = world.went_back && account.is_none_or(|account| account.revision == 0);
            // Where silence allows, the device denies what the server holds an objection to, and nothing else.
            let objected = account.is_some_and(|account| matches!(account.state.status, Status::Refused | Status::Withdrawn));
            let alike = device.silent.is_none() || !device.state.signed_in || device.allows(world.rule) != objected;
            device.outbox.is_empty() && (forgotten || (device.effective_grant() == granted && alike))
        })
    }
}
