//! The main job, end to end, as a story with a checked outcome at each step: `cargo run --example quickstart`.
//!
//! A real server on loopback, two phones with a ledger each, the Influential policy or another, the built-in transport. Only the clock belongs
//! to the story, so that its night is night at any hour.

mod arguments;
mod child;
mod company;
mod disk;
mod elsewhere;
mod facts;
mod form;
mod outage;
mod policy;
mod print;
mod proof;
mod sabotage;
mod stage;

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use arguments::{Arguments, HELP};
use facts::Facts;
use print::{Page, StepResult, StoryResult};
use sabotage::Sabotage;
use stage::Stage;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Exit code where the command line is not understood, or names a policy that the story cannot be told with.
const USAGE: u8 = 2;

/// One step of the story.
struct Step {
    name: &'static str,
    title: &'static str,
    run: fn(&mut Stage, &mut Facts) -> Result<()>,
}

const STEPS: [Step; 13] = [
    Step {
        name: "nothing_before_an_answer",
        title: "A fresh install: nothing is allowed, sent or read before an answer",
        run: form::nothing_before_an_answer,
    },
    Step {
        name: "questions_with_notices",
        title: "The person logs in; the form asks, each question with its notice",
        run: form::questions_with_notices,
    },
    Step {
        name: "answers",
        title: "Yes to analytics cookies, personalised ads, data use, e-mail and push; no to the rest, the night among it",
        run: form::answers,
    },
    Step {
        name: "os_denies_tracking",
        title: "The system says tracking is denied: no advertising id, although the person agreed",
        run: form::os_denies_tracking,
    },
    Step { name: "server_down", title: "The server is down: a yes to text messages is saved and waits", run: outage::server_down },
    Step {
        name: "killed_and_restarted",
        title: "A yes to KakaoTalk; the app is killed the moment it is acknowledged, and started again",
        run: outage::killed_and_restarted,
    },
    Step { name: "server_up", title: "The server is back: all is sent, and may-send answers like the phone", run: outage::server_up },
    Step {
        name: "second_phone_joins",
        title: "A second phone, with a ledger of its own: it knows the account's answers and asks none again",
        run: elsewhere::second_phone_joins,
    },
    Step {
        name: "web_withdrawal",
        title: "The person unsubscribes on the web: no more e-mail after one sync",
        run: elsewhere::web_withdrawal,
    },
    Step {
        name: "second_phone_grants_again",
        title: "The second phone, offline since before, says yes again: the withdrawal stands",
        run: elsewhere::second_phone_grants_again,
    },
    Step {
        name: "explained_and_verified",
        title: "Somebody asks why: the explanation, the history, and the chain",
        run: proof::explained_and_verified,
    },
    Step { name: "changed_byte_found", title: "One byte of a copy is changed: found, with its record", run: proof::changed_byte_found },
    Step {
        name: "disk_takes_no_writes",
        title: "The disk takes no writes: a withdrawal and an opt-out count at once, and are recorded when it is back",
        run: disk::disk_takes_no_writes,
    },
];

/// How a step went.
#[derive(Default)]
struct Told {
    facts: Facts,
    /// Why the step did not come to its end.
    broken: Option<String>,
}

impl Told {
    fn ok(&self) -> bool {
        self.broken.is_none() && self.facts.hold()
    }

    fn result(&self, name: &'static str) -> StepResult {
        let (mut expected, mut actual) = (self.facts.expected(), self.facts.actual());
        if let Some(reason) = &self.broken {
            for (side, last) in [(&mut expected, "the step comes to its end"), (&mut actual, reason)] {
                if !side.is_empty() {
                    side.push_str("; ");
                }
                side.push_str(last);
            }
        }
        StepResult { name, ok: self.ok(), expected, actual }
    }
}

fn main() -> ExitCode {
    let mut given = env::args().skip(1).peekable();
    if given.next_if(|first| first == child::CHILD).is_some() {
        return finish(child::run(given).map(|()| true));
    }
    match Arguments::read(given) {
        Err(reason) => {
            eprintln!("quickstart: {reason}\n\n{HELP}");
            ExitCode::from(USAGE)
        }
        Ok(Arguments { help: true, .. }) => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(arguments) => match arguments.policy.as_deref().map(|path| (path, policy::take(path))) {
            Some((path, Err(unfit))) => {
                eprintln!("quickstart: --policy {}: {unfit}", path.display());
                ExitCode::from(USAGE)
            }
            _ => finish(tell(&arguments)),
        },
    }
}

fn finish(outcome: Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Tells the story; says whether every step held.
fn tell(arguments: &Arguments) -> Result<bool> {
    if let Some(sabotage) = arguments.sabotage {
        eprintln!("sabotage {}: {}", sabotage.name(), sabotage.what());
    }
    let page = Page::new();
    if !arguments.json {
        page.begin()?;
    }
    let mut steps = vec![];
    let mut stage = Stage::set(arguments.sabotage).map_err(|error| format!("the stage cannot be set: {error}"));
    for (index, step) in STEPS.iter().enumerate() {
        let told = match &mut stage {
            Ok(ready) => play(step, ready),
            Err(reason) => Told { broken: Some(reason.clone()), ..Told::default() },
        };
        // What a broken step left behind is no ground to judge the next one on.
        if told.broken.is_some() && stage.is_ok() {
            stage = Err(format!("not run, because {} broke off", step.name));
        }
        if !arguments.json {
            page.step(index + 1, step.title, &told)?;
        }
        steps.push(told.result(step.name));
    }
    let result = StoryResult { ok: steps.iter().all(|step| step.ok), steps };
    if arguments.json {
        print::json(&result)?;
    } else {
        page.end(&result.steps.iter().filter(|step| !step.ok).map(|step| step.name).collect::<Vec<_>>())?;
    }
    Ok(result.ok)
}

fn play(step: &Step, stage: &mut Stage) -> Told {
    let mut facts = Facts::default();
    let broken = match catch_unwind(AssertUnwindSafe(|| (step.run)(stage, &mut facts))) {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("it panicked; see above".to_owned()),
    };
    Told { facts, broken }
}
