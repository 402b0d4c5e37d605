//! `policy`: what is written opens, and what is published is told with its faults and gaps.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use consentkit::policy::Policy;
use serde_json::Value;
use support::{input, is_committed, policy, root, run};

fn letters(out: &str) -> Vec<String> {
    let found: Value = serde_json::from_str(out).unwrap();
    let letters = found["findings"].as_array().unwrap().iter().filter_map(|finding| finding["letter"].as_str().map(str::to_owned));
    let mut letters: Vec<String> = letters.collect();
    letters.sort();
    letters
}

#[test]
fn the_policy_as_it_was_published_in_2020_has_eight_gaps_by_letter_and_the_corrected_one_none() {
    let published = root().join("../examples/policies/as-published-2020.json").display().to_string();
    let ran = run(&["policy", "lint", &published]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    is_committed("as-published-2020.txt", &ran.out);
    let ran = run(&["policy", "lint", &published, "--json"]);
    assert_eq!(letters(&ran.out), ["a", "b", "c", "d", "e", "f", "g", "h"]);
    let ran = run(&["policy", "lint", &policy()]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "The policy opens, and no gap was found.\n"));
}

#[test]
fn every_other_policy_among_the_examples_opens_and_has_no_gap() {
    let folder = root().join("../examples/policies");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") && !path.ends_with("as-published-2020.json") {
            let ran = run(&["policy", "lint", path.to_str().unwrap()]);
            assert_eq!(ran.code, 0, "{}: {}", path.display(), ran.out);
        }
    }
}

/// A change that brings one gap back into the corrected policy.
type Breaks = fn(&mut Value);

#[test]
fn each_gap_is_found_by_itself_in_a_policy_that_opens_otherwise() {
    let breaks: [(&str, Breaks); 8] = [
        ("a", |policy| drop(policy["dormancy"].as_object_mut().unwrap().remove("lapsed_on"))),
        ("b", |policy| {
            for entry in policy["retention"].as_array_mut().unwrap() {
                entry.as_object_mut().unwrap().remove("lapsed_on");
            }
        }),
        ("c", |policy| {
            let ways = policy["advertising_id"]["refusal"].as_array_mut().unwrap();
            ways.retain(|way| way["platform"] != "ios" || way.get("before").is_some());
        }),
        ("d", |policy| {
            for way in policy["advertising_id"]["refusal"].as_array_mut().unwrap() {
                if way["platform"] == "android" {
                    way.as_object_mut().unwrap().remove("before");
                }
            }
        }),
        ("e", |policy| policy["cookies"]["refusal"].as_array_mut().unwrap().truncate(1)),
        ("f", |policy| {
            for purpose in policy["purposes"].as_array_mut().unwrap() {
                if purpose["id"] == "marketing.email" {
                    purpose["basis"] = "contract".into();
                }
            }
        }),
        ("g", |policy| {
            policy.as_object_mut().unwrap().remove("audience");
            policy["statements"].as_array_mut().unwrap().retain(|statement| statement["rule"] != "PIPA-8");
        }),
        ("h", |policy| {
            for purpose in policy["purposes"].as_array_mut().unwrap() {
                if purpose["uses"] == "advertising_id" {
                    purpose["basis"] = "contract".into();
                }
            }
        }),
    ];
    let folder = tempfile::tempdir().unwrap();
    let corrected: Value = serde_json::from_str(&fs::read_to_string(policy()).unwrap()).unwrap();
    for (letter, breaks) in breaks {
        let mut broken = corrected.clone();
        breaks(&mut broken);
        let path = folder.path().join(format!("{letter}.json"));
        fs::write(&path, broken.to_string()).unwrap();
        let ran = run(&["policy", "lint", path.to_str().unwrap(), "--json"]);
        assert_eq!((ran.code, letters(&ran.out)), (1, vec![letter.to_owned()]), "{}", ran.out);
        // A policy that is held to no law has none of them.
        broken.as_object_mut().unwrap().remove("regimes");
        fs::write(&path, broken.to_string()).unwrap();
        let ran = run(&["policy", "lint", path.to_str().unwrap(), "--json"]);
        assert_eq!(letters(&ran.out), Vec::<String>::new(), "{letter}");
    }
}

#[test]
fn what_does_not_open_is_linted_too() {
    for name in ["broken.json", "typos.json"] {
        let ran = run(&["policy", "lint", &input(name)]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        is_committed(&name.replace(".json", ".txt"), &ran.out);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.json");
    fs::write(&path, format!("{{\"id\":\"{}\"}}", "a".repeat(5 * 1024 * 1024))).unwrap();
    let ran = run(&["policy", "lint", path.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("shorten the document"), "{}", ran.out);
    let ran = run(&["policy", "lint", "no such file.json"]);
    assert_eq!(ran.code, 3);
}

#[test]
fn a_new_policy_opens_lints_clean_and_marks_what_is_to_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let purposes: &[&[&str]] = &[
        &[],
        &["marketing.push", "marketing.sms", "marketing.kakao", "marketing.phone", "marketing.post"],
        &["cookies.analytics", "ad_id.measurement", "marketing.email"],
        &["crash_reports"],
        &["marketing.data_use"],
    ];
    for regimes in [&[][..], &["--regime", "kr"]] {
        for (index, purposes) in purposes.iter().enumerate() {
            for languages in [&[][..], &["--language", "ko", "--language", "en", "--language", "zh-Hant"]] {
                let path = folder.path().join(format!("{}-{index}-{}.json", regimes.len(), languages.len()));
                let mut arguments = vec!["policy", "new", "--output", path.to_str().unwrap(), "--company", "Acme \"Co\""];
                arguments.extend(regimes);
                arguments.extend(languages);
                purposes.iter().for_each(|purpose| arguments.extend(["--purpose", purpose]));
                let ran = run(&arguments);
                assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
                assert!(ran.out.contains("TODO"), "{}", ran.out);
                let document = fs::read_to_string(&path).unwrap();
                assert!(document.contains("TODO: ") && Policy::parse(&document).is_ok(), "{document}");
                let ran = run(&["policy", "lint", path.to_str().unwrap()]);
                assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.out);
                let again = run(&arguments);
                assert_eq!(again.code, 3, "a file that is there is not written over");
            }
        }
    }
    let minimal = run(&["policy", "new", "--purpose", "crash_reports"]).out;
    assert!(!minimal.contains("example.com"), "{minimal}");
    let korean = run(&["policy", "new", "--regime", "kr"]).out;
    assert!(korean.lines().filter(|line| line.contains("example.com")).all(|line| line.contains("TODO")), "{korean}");
    assert!(minimal.lines().count() <= 25, "{minimal}");
    for (arguments, word) in [
        (["policy", "new", "--regime", "xx"], "known are"),
        (["policy", "new", "--purpose", "Not An Id"], "would not open"),
        (["policy", "new", "--language", "no language"], "would not open"),
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(word), "{}", ran.err);
    }
}

#[test]
fn the_purposes_are_constants_of_both_languages() {
    for (language, name) in [("--kotlin", "purposes.kt"), ("--swift", "purposes.swift")] {
        let ran = run(&["policy", "purposes", &policy(), language]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        is_committed(name, &ran.out);
    }
    assert_eq!(run(&["policy", "purposes", &policy()]).code, 2, "of which language?");
    assert_eq!(run(&["policy", "purposes", &policy(), "--swift", "--name", "1x"]).code, 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twins.json");
    let twins =
        r#"{"id":"a","version":"1","languages":["en"],"purposes":[{"id":"a.b_c","title":{"en":"x"}},{"id":"a_b.c","title":{"en":"y"}}]}"#;
    fs::write(&path, twins).unwrap();
    let ran = run(&["policy", "purposes", path.to_str().unwrap(), "--kotlin"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("rename one of them"), "{}", ran.err);
}

#[test]
fn two_editions_are_compared_and_what_may_not_follow_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut next: Value = serde_json::from_str(&fs::read_to_string(policy()).unwrap()).unwrap();
    let entry = serde_json::json!({ "edition": 4, "version": "2026-12", "announced_on": "2026-10-01", "effective_on": "2026-12-01" });
    for field in ["edition", "version", "announced_on", "effective_on"] {
        next[field] = entry[field].clone();
    }
    next["amendments"]["versions"].as_array_mut().unwrap().push(entry);
    let email = next["purposes"].as_array_mut().unwrap().iter_mut().find(|purpose| purpose["id"] == "marketing.email").unwrap();
    email["notice"]["retention"]["en"] = "For ten years".into();
    email["material"] = 2.into();
    let path = folder.path().join("next.json");
    fs::write(&path, next.to_string()).unwrap();
    let ran = run(&["policy", "diff", &policy(), path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    is_committed("diff.txt", &ran.out);
    let told: Value = serde_json::from_str(&run(&["policy", "diff", &policy(), path.to_str().unwrap(), "--json"]).out).unwrap();
    assert_eq!((&told["asks_again"], &told["notice_days"]), (&serde_json::json!(["marketing.email"]), &serde_json::json!(30)));
    let back = run(&["policy", "diff", path.to_str().unwrap(), &policy()]);
    assert_eq!(back.code, 1, "{}", back.out);
    assert!(back.out.contains("May not follow:"), "{}", back.out);
    let same = run(&["policy", "diff", &policy(), &policy()]);
    assert!(same.out.starts_with("Nothing changes."), "{}", same.out);
}

#[test]
fn a_preview_is_the_page_of_the_form_in_the_language_that_was_asked_for() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/influential/policy.json");
    let page = run(&["policy", "preview", file, "--language", "en"]).out;
    assert!(page.starts_with("<!doctype html>") && page.contains("<html lang=\"en\""), "{page:.300}");
    assert!(page.contains("Analytics cookies") && page.contains("Continue without agreeing") && !page.contains(" checked"));
    assert!(run(&["policy", "preview", file, "--form", "settings"]).out.contains("선택한 대로 저장"));
    let unknown = run(&["policy", "preview", file, "--form", "none"]);
    assert!(unknown.code == 3 && unknown.err.contains("first_run, settings"), "{}", unknown.err);
}

#[test]
fn the_schema_the_completions_and_the_man_page_are_written() {
    assert!(serde_json::from_str::<Value>(&run(&["policy", "schema"]).out).is_ok());
    assert!(run(&["completions", "bash"]).out.contains("consentkit"));
    let man = run(&["man"]).out;
    assert!(man.contains("consentkit\\-ledger\\-verify") && man.contains("Exit codes"), "{man}");
    assert_eq!(run(&[]).code, 2);
    assert_eq!(run(&["policy", "frobnicate"]).code, 2);
}

#[test]
fn a_night_consent_is_written_as_one_and_a_purpose_that_is_only_called_so_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("night.json");
    let night = ["policy", "new", "--purpose", "marketing.push.night", "--output", path.to_str().unwrap()];
    let free = run(&night);
    assert_eq!(free.code, 2, "which hours, where no law has any?");
    assert!(free.err.contains("--regime kr"), "{}", free.err);
    assert_eq!(run(&[&night[..], &["--regime", "kr"]].concat()).code, 0);
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let purposes = document["purposes"].as_array().unwrap();
    let ids: Vec<&str> = purposes.iter().map(|purpose| purpose["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["marketing.data_use", "marketing.push", "marketing.push.night"]);
    assert_eq!((&purposes[2]["night"], &purposes[2]["channel"]), (&Value::Bool(true), &Value::from("push")));
    assert_eq!(run(&["policy", "lint", path.to_str().unwrap()]).code, 0);
    let purpose = document["purposes"][2].as_object_mut().unwrap();
    purpose.remove("night");
    purpose.remove("channel");
    fs::write(&path, document.to_string()).unwrap();
    let ran = run(&["policy", "lint", path.to_str().unwrap(), "--json"]);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &told["opens"], &told["gaps"], &told["faults"]), (1, &true.into(), &2.into(), &0.into()), "{}", ran.out);
    for channel in ["email", "post"] {
        let ran = run(&["policy", "new", "--regime", "kr", "--purpose", &format!("marketing.{channel}.night")]);
        assert_eq!(ran.code, 2, "{channel} needs no consent of its own at night");
        assert!(ran.err.contains("KR-4"), "{}", ran.err);
    }
}

#[test]
fn a_zone_that_nobody_knows_is_a_gap_and_a_comment_in_a_title_does_not_end_the_comment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zone.json");
    let text = r#"{"id":"a","version":"1","languages":["en"],"night":{"from":"21:00","until":"08:00","zone":"Europe/Berln"},
        "purposes":[{"id":"self.in","title":{"en":"All /* or */ nothing"}}]}"#;
    fs::write(&path, text).unwrap();
    let ran = run(&["policy", "lint", path.to_str().unwrap()]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("/night/zone") && ran.out.contains("perhaps Europe/Berlin is meant"), "{}", ran.out);
    assert!(ran.out.contains("The policy opens. 0 faults, 1 gap."), "{}", ran.out);
    let kotlin = run(&["policy", "purposes", path.to_str().unwrap(), "--kotlin", "--package", "com.in.app"]).out;
    assert!(kotlin.contains("package com.`in`.app") && kotlin.contains("/** All / * or * / nothing */"), "x_9: {kotlin}");
    assert_eq!(run(&["policy", "purposes", path.to_str().unwrap(), "--kotlin", "--name", "object"]).code, 2);
    assert_eq!(run(&["policy", "purposes", path.to_str().unwrap(), "--swift", "--name", "Self"]).code, 2);
    assert_eq!(run(&["policy", "purposes", path.to_str().unwrap(), "--swift", "--package", "a.b"]).code, 2);
}
