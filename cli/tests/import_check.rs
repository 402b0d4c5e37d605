//! `import check` on tables with every fault that older systems have.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fmt::Write as _, fs};

use consentkit::{
    client::{Consent, ImportChoice, Options},
    ledger::ChoiceKind,
};
use serde_json::Value;
use support::{input, is_committed, policy, run};

const NOW: &str = "2026-11-22T12:00:00+09:00";

fn newsletter<'a>(table: &'a str, policy: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "import",
        "check",
        table,
        "--policy",
        policy,
        "--now",
        NOW,
        "--zone",
        "+09:00",
        "--source",
        "newsletter",
        "--map",
        "person=user",
        "--map",
        "purpose=topic",
        "--map",
        "choice=answer",
        "--map",
        "said_at=when",
        "--map",
        "text_version=version",
        "--purpose",
        "email=marketing.email",
        "--purpose",
        "sms=marketing.sms",
        "--purpose",
        "push=marketing.push",
        "--purpose",
        "usage=marketing.data_use",
    ];
    arguments.extend(more);
    arguments
}

#[test]
fn a_dirty_table_is_taken_where_it_is_sure_and_every_other_row_has_its_reason() {
    let (table, policy) = (input("newsletter.csv"), policy());
    let ran = run(&newsletter(&table, &policy, &[]));
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    is_committed("newsletter.txt", &ran.out);
    let ran = run(&newsletter(&table, &policy, &["--dates", "dmy", "--json"]));
    assert_eq!(ran.code, 1);
    is_committed("newsletter.json", &ran.out);
}

#[test]
fn a_column_for_each_purpose_is_read_as_well() {
    let (table, policy) = (input("members.csv"), policy());
    let ran = run(&[
        "import",
        "check",
        &table,
        "--policy",
        &policy,
        "--now",
        NOW,
        "--map",
        "person=id",
        "--map",
        "marketing.email=email_ok",
        "--map",
        "marketing.email@said_at=email_at",
        "--map",
        "cookies.analytics=analytics",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    is_committed("members.txt", &ran.out);
}

#[test]
fn what_it_writes_is_what_import_reads() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("choices.json").display().to_string();
    let (table, policy) = (input("consents.json"), policy());
    let arguments = [
        "import",
        "check",
        &table,
        "--policy",
        &policy,
        "--now",
        NOW,
        "--map",
        "purpose=purpose",
        "--map",
        "choice=choice",
        "--map",
        "said_at=at",
        "--output",
        &output,
    ];
    let ran = run(&arguments);
    assert_eq!(ran.code, 1, "{}", ran.err);
    is_committed("consents.txt", &ran.out);
    let written = fs::read_to_string(&output).unwrap();
    is_committed("consents.choices.json", &written);
    let written: Value = serde_json::from_str(&written).unwrap();
    let choices: Vec<ImportChoice> = written["choices"].as_array().unwrap().iter().map(choice).collect();
    let consent = Consent::open(Options::new(folder.path().join("consent.db"), fs::read_to_string(&policy).unwrap())).unwrap();
    let receipt = consent.import(&choices).unwrap();
    assert_eq!((receipt.imported.len(), receipt.kept.len()), (choices.len(), 0));
    let ran = run(&arguments);
    assert_eq!(ran.code, 3, "a file that is there is not written over");
    assert!(ran.err.contains("is there already"), "{}", ran.err);
}

fn choice(value: &Value) -> ImportChoice {
    let text = |field: &str| value[field].as_str().map(str::to_owned);
    ImportChoice {
        purpose: text("purpose").unwrap(),
        choice: match value["choice"].as_str().unwrap() {
            "granted" => ChoiceKind::Granted,
            "refused" => ChoiceKind::Refused,
            other => {
                assert_eq!(other, "withdrawn");
                ChoiceKind::Withdrawn
            }
        },
        said_at: value["said_at"].as_i64(),
        source: text("source").unwrap(),
        text_version: text("text_version"),
        actor: None,
    }
}

#[test]
fn each_of_a_hundred_thousand_rows_is_told() {
    let (dirty, policy) = (fs::read_to_string(input("newsletter.csv")).unwrap(), policy());
    let (names, rows) = dirty.split_once("\r\n").unwrap();
    // Without the row whose quotation mark is not closed, which swallows what follows it.
    let rows: Vec<&str> = rows.lines().filter(|row| !row.contains('"')).collect();
    let mut table = format!("{names}\n");
    for index in 0..100_000 {
        let _ = writeln!(table, "p{}{}", index / 40, rows[index % rows.len()]);
    }
    table.push_str("u14;\"push;y;1709251200;v1\n");
    table.push_str(&"u15;push;y;1709251200;v1\n".repeat(10_000));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.csv");
    fs::write(&path, table).unwrap();
    let ran = run(&newsletter(path.to_str().unwrap(), &policy, &[]));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.starts_with("100001 rows"), "{}", &ran.out[..80]);
    assert!(ran.out.contains("is a quotation mark not closed?"));
    let told: Value = serde_json::from_str(&run(&newsletter(path.to_str().unwrap(), &policy, &["--json"])).out).unwrap();
    let number = |list: &str| told[list].as_array().unwrap().len();
    assert_eq!(number("taken") + number("superseded") + number("left_out"), 100_001, "each row has its line");
    let by_reason: u64 = told["left_out_by_reason"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(by_reason, number("left_out") as u64);
}

#[test]
fn a_command_line_that_does_not_fit_the_table_says_what_to_change() {
    let (table, policy) = (input("newsletter.csv"), policy());
    for (more, word) in [
        (vec!["--map", "choice=antwort"], "the table has no column `antwort`; it has user, topic"),
        (vec!["--map", "choice"], "write it like NAME=VALUE"),
        (vec!["--map", "choice=answer"], "is given twice"),
        (vec!["--map", "marketing.fax=answer"], "is no purpose of the policy"),
        (vec!["--map", "marketing.email=answer"], "give either"),
        (vec!["--purpose", "x=membership"], "needs no consent"),
        (vec!["--zone", "KST"], "write it like +09:00"),
        (vec!["--now", "1795316400"], "too small"),
    ] {
        let mut arguments = newsletter(&table, &policy, &[]);
        // An option that is given once takes the place of the one that fits.
        let fitting =
            arguments.iter().position(|argument| *argument == more[0]).filter(|_| !more[0].ends_with("map") && more[0] != "--purpose");
        drop(fitting.map(|at| arguments.drain(at..at + 2)));
        arguments.extend(&more);
        let ran = run(&arguments);
        assert_eq!(ran.code, 2, "{more:?}: {}", ran.err);
        assert!(ran.err.contains(word), "{more:?}: {}", ran.err);
    }
    let nothing = run(&newsletter("no such table.csv", &policy, &[]));
    assert_eq!(nothing.code, 3);
    assert!(nothing.err.contains("give a file that is there"), "{}", nothing.err);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, word) in [
        ("utf16.csv", b"\xFF\xFEu\0".to_vec(), "save it as UTF-8"),
        ("empty.csv", vec![], "is empty"),
        ("header.csv", b"user;topic;answer;when;version\n".to_vec(), "has no rows"),
        ("blank.csv", b"\xEF\xBB\xBFuser;topic;answer;when;version\r\n\r\n\r\n".to_vec(), "has no rows"),
        ("nothing.json", b"[ ]".to_vec(), "has no rows"),
        ("latin.csv", b"us\xE9r;a\n".to_vec(), "save it as UTF-8"),
        ("broken.json", b"[{\"a\":".to_vec(), "is no JSON"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let ran = run(&newsletter(path.to_str().unwrap(), &policy, &[]));
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        assert!(ran.err.contains(word), "{name}: {}", ran.err);
    }
}
