//! The quickstart tells the main job as it is, and notices a broken promise.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    path::PathBuf,
    process::{Command, Output},
    sync::OnceLock,
};

use serde_json::Value;

const STEPS: [&str; 13] = [
    "nothing_before_an_answer",
    "questions_with_notices",
    "answers",
    "os_denies_tracking",
    "server_down",
    "killed_and_restarted",
    "server_up",
    "second_phone_joins",
    "web_withdrawal",
    "second_phone_grants_again",
    "explained_and_verified",
    "changed_byte_found",
    "disk_takes_no_writes",
];

/// The program, built: a test run that names one test does not build the examples, and an old one would prove nothing.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--example", "quickstart", "--message-format=json"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let built = cargo.output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let told = String::from_utf8(built.stdout).unwrap();
        let artifacts = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let programs: Vec<PathBuf> = artifacts
            .filter(|artifact| artifact["target"]["name"] == "quickstart" && artifact["target"]["kind"][0] == "example")
            .filter_map(|artifact| artifact["executable"].as_str().map(PathBuf::from))
            .collect();
        programs.into_iter().next().expect("cargo names the program it built")
    })
}

fn run(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The one object on stdout; anything else beside it is no JSON.
fn object(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stdout)))
}

fn failed(story: &Value) -> Vec<&str> {
    let steps = story["steps"].as_array().unwrap();
    steps.iter().filter(|step| step["ok"] == false).map(|step| step["name"].as_str().unwrap()).collect()
}

#[test]
fn every_step_of_the_main_job_holds() {
    let output = run(&["--json"]);
    let story = object(&output);
    assert_eq!(output.status.code(), Some(0), "{story:#}");
    assert_eq!(story["ok"], true);
    let steps = story["steps"].as_array().unwrap();
    assert_eq!(steps.iter().map(|step| step["name"].as_str().unwrap()).collect::<Vec<_>>(), STEPS);
    // The step counts on the document; this is what Influential's asks for.
    assert!(steps[1]["actual"].as_str().unwrap().contains("questions, of 13 purposes that need consent: 12;"), "{}", steps[1]);
    for step in steps {
        assert_eq!(step["ok"], true, "{step}");
        assert_eq!(step["expected"], step["actual"]);
        assert!(!step["expected"].as_str().unwrap().is_empty(), "{step}");
    }
}

#[test]
fn the_story_is_a_table_with_the_notices_in_korean_and_no_colours_off_a_terminal() {
    let output = run(&[]);
    let page = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{page}");
    for shown in ["이메일로 광고 받기", "거부해도 서비스를 그대로 쓸 수 있고", "✓ push at 22:10", "night", "Every step holds."]
    {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains('\u{1b}') && !page.contains('✗'));
    let readme = include_str!("../README.md");
    let excerpt = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    for line in excerpt.lines() {
        assert!(page.lines().any(|shown| shown == line), "the README shows what the story does not: {line}");
    }
}

/// Runs the command-line tool, built from this tree.
fn tool(arguments: &[&str]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "-q", "-p", "consentkit-cli", "--"]).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// Writes a policy for Korea that asks for these purposes.
fn new_policy(path: &str, purposes: &[&str]) {
    let mut arguments = vec!["policy", "new", "--regime", "kr", "--language", "ko", "--language", "en", "--output", path];
    purposes.iter().for_each(|purpose| arguments.extend(["--purpose", purpose]));
    let made = tool(&arguments);
    assert!(made.status.success(), "{}", text(&made.stderr));
}

#[test]
fn the_story_is_told_with_a_policy_that_the_tool_wrote_and_another_is_told_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let guide = include_str!("../docs/write-a-policy.md");
    let command = guide.lines().find(|line| line.contains("--purpose marketing.push.night")).expect("the guide shows the purposes");
    let purposes: Vec<&str> = command.split("--purpose ").skip(1).filter_map(|rest| rest.split(' ').next()).collect();
    let own = path("own.json");
    new_policy(&own, &purposes);
    let lint = tool(&["policy", "lint", &own]);
    assert_eq!(lint.status.code(), Some(0), "{}", text(&lint.stdout));
    let output = run(&["--json", "--policy", &own]);
    assert_eq!((output.status.code(), failed(&object(&output))), (Some(0), vec![]), "{}", text(&output.stdout));
    // The promises are the same whatever the policy: what breaks one is noticed.
    let output = run(&["--json", "--sabotage", "ignore-os", "--policy", &own]);
    assert_eq!((output.status.code(), failed(&object(&output))), (Some(1), vec!["os_denies_tracking"]));

    let small = path("small.json");
    new_policy(&small, &["cookies.analytics", "marketing.push"]);
    let output = run(&["--json", "--policy", &small]);
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    let told = text(&output.stderr);
    for lacking in
        ["ad_id.personalised_ads", "ad_id.measurement", "marketing.email", "marketing.sms", "marketing.kakao", "marketing.push.night"]
    {
        assert!(told.contains(&format!("add the purpose `{lacking}`")), "{told}");
    }
    assert!(!told.contains("`cookies.analytics`") && !told.contains("`marketing.push`"), "{told}");
    let broken = path("broken.json");
    std::fs::write(&broken, "{}").unwrap();
    for (file, reason) in [(&broken, "it does not open: "), (&path("none.json"), "give a file that is there")] {
        let output = run(&[&format!("--policy={file}")]);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
        assert!(text(&output.stderr).contains(reason), "{}", text(&output.stderr));
    }
}

#[test]
fn a_queue_that_loses_changes_is_noticed_when_the_app_is_started_again() {
    let output = run(&["--json", "--sabotage", "drop-queue"]);
    assert_eq!(output.status.code(), Some(1));
    let story = object(&output);
    assert_eq!(story["ok"], false);
    // The loss is real: the server never learns of it, and the ledger no longer adds up.
    assert_eq!(failed(&story), ["killed_and_restarted", "server_up", "explained_and_verified", "changed_byte_found"]);
    assert!(story["steps"][5]["actual"].as_str().unwrap().contains("still waiting after the restart: nothing"), "{story:#}");
}

#[test]
fn a_grant_that_overrides_an_unseen_withdrawal_is_noticed_on_the_second_phone() {
    let output = run(&["--json", "--sabotage", "grant-wins"]);
    assert_eq!(output.status.code(), Some(1));
    let story = object(&output);
    assert_eq!(failed(&story), ["second_phone_grants_again"]);
    assert!(story["steps"][9]["actual"].as_str().unwrap().contains("the server: granted"), "{story:#}");
}

#[test]
fn an_opt_out_of_the_system_that_is_not_obeyed_is_noticed_at_the_gate() {
    let output = run(&["--sabotage=ignore-os", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let story = object(&output);
    assert_eq!(failed(&story), ["os_denies_tracking"]);
    assert!(story["steps"][3]["actual"].as_str().unwrap().contains("personalised ads: available"), "{story:#}");
}

#[test]
fn an_app_that_answers_from_the_disk_alone_is_noticed_where_the_disk_takes_no_writes() {
    let output = run(&["--json", "--sabotage", "wait-for-disk"]);
    assert_eq!(output.status.code(), Some(1));
    let story = object(&output);
    assert_eq!(failed(&story), ["disk_takes_no_writes"]);
    let told = story["steps"][12]["actual"].as_str().unwrap();
    assert!(
        told.contains("analytics cookies, at once: allowed") && told.contains("personalised ads, at once: not denied by gpc;"),
        "{told}"
    );
}

#[test]
fn an_argument_that_is_not_understood_is_refused_before_anything_runs() {
    for (arguments, reason) in [
        (&["--jsn"][..], "unknown argument \"--jsn\""),
        (&["--json", "extra"], "unknown argument \"extra\""),
        (&["--json=1"], "unknown argument \"--json=1\""),
        (&["--policy"], "--policy needs the file of a policy"),
        (&["--policy", "a.json", "--policy=b.json"], "--policy is there twice"),
        (&["--sabotage"], "--sabotage needs a promise to break: drop-queue, grant-wins, ignore-os, wait-for-disk"),
        (&["--sabotage", "everything"], "--sabotage \"everything\": there is only drop-queue, grant-wins, ignore-os, wait-for-disk"),
        (&["--sabotage", "grant-wins", "--sabotage", "ignore-os"], "--sabotage is there twice"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(text(&output.stderr).contains(reason), "{arguments:?}: {}", text(&output.stderr));
    }
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(text(&help.stdout).contains("--sabotage PROMISE"));
}
