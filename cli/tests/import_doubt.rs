//! A yes is not taken where another row may be a later no of the same person, and a no is never dropped.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use serde_json::Value;
use support::{Ran, policy, run};

const NAMES: &str = "user,topic,answer,when";
/// The same with the version of the text that was shown.
const VERSIONED: &str = "user,topic,answer,when,version";
const YES: &str = "u1,email,yes,2024-03-01T00:00:00Z";

/// Checks a table of rows, as `import check` does with `--json`.
fn check(name: &str, bytes: &[u8], person: bool) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let (table, policy) = (folder.path().join(name), policy());
    fs::write(&table, bytes).unwrap();
    let mut arguments = vec!["import", "check", table.to_str().unwrap(), "--policy", &policy, "--now", "2026-11-22T12:00:00+09:00"];
    for map in ["purpose=topic", "choice=answer", "said_at=when"] {
        arguments.extend(["--map", map]);
    }
    for purpose in ["email=marketing.email", "sms=marketing.sms"] {
        arguments.extend(["--purpose", purpose]);
    }
    if person {
        arguments.extend(["--map", "person=user"]);
    }
    if bytes.starts_with(VERSIONED.as_bytes()) {
        arguments.extend(["--map", "text_version=version"]);
    }
    arguments.extend(["--source", "old", "--zone", "+09:00", "--json"]);
    run(&arguments)
}

fn of_csv(rows: &[&str]) -> Value {
    let ran = check("table.csv", format!("{NAMES}\n{}\n", rows.join("\n")).as_bytes(), true);
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err))
}

/// Who was taken with what, as `person purpose choice`.
fn taken(told: &Value) -> Vec<String> {
    let word = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let rows = told["taken"].as_array().unwrap().iter();
    rows.map(|row| format!("{} {} {}", word(row, "person"), word(row, "purpose"), word(row, "choice"))).collect()
}

#[test]
fn x_5_a_yes_is_not_taken_where_another_row_of_the_same_person_cannot_be_read() {
    for other in [
        "u1,email,no",
        "u1,email",
        "u1",
        "u1,email,no,2024-04-01T00:00:00Z,x",
        "note,u1,email,no,2024-04-01T00:00:00Z",
        "u1,,no,2024-04-01T00:00:00Z",
        "u1,EMAIL,no,2024-04-01T00:00:00Z",
        "u1,e-mail,no,2024-04-01T00:00:00Z",
        "u1,emial,withdrawn,2024-04-01T00:00:00Z",
        "u1,Email newsletter,no,2024-04-01T00:00:00Z",
        "u1,ｅｍａｉｌ,no,2024-04-01T00:00:00Z",
        "u1,Marketing_Email,perhaps,2024-04-01T00:00:00Z",
        "u1,email,,2024-04-01T00:00:00Z",
        "u1,email,perhaps,2024-04-01T00:00:00Z",
        "u2,\"email,no,2024-04-01T00:00:00Z\nu1,email,no,2024-04-01T00:00:00Z",
        "u2,\"email,no,2024-04-01T00:00:00Z\nu1,email,no\",yes,2024-04-01T00:00:00Z",
    ] {
        for rows in [[YES, other], [other, YES]] {
            // A quotation mark that is not closed swallows what follows it, the yes as well.
            let told = of_csv(&rows);
            assert!(taken(&told).iter().all(|row| row != "u1 marketing.email granted"), "{rows:?}: {told:#}");
            assert!(!told["left_out"].as_array().unwrap().is_empty(), "{rows:?}");
        }
    }
}

#[test]
fn x_5_a_row_that_cannot_be_read_harms_no_other_person_and_no_other_purpose() {
    let others = ["u2,email,yes,2024-03-01T00:00:00Z", "u1,sms,yes,2024-03-01T00:00:00Z"];
    for bad in ["u1,email,no", "u1,email,no,2024-04-01T00:00:00Z,x", "u1,EMAIL,no,2024-04-01T00:00:00Z"] {
        let told = of_csv(&[YES, others[0], others[1], bad]);
        assert_eq!(taken(&told), ["u2 marketing.email granted", "u1 marketing.sms granted"], "{bad}");
    }
    // What was clearly said of something else, or by nobody, or is a yes itself, is no later no.
    for harmless in ["u1,fax,no,2024-04-01T00:00:00Z", ",email,no,2024-04-01T00:00:00Z", "u1,EMAIL,yes,2024-04-01T00:00:00Z"] {
        assert_eq!(taken(&of_csv(&[YES, harmless])), ["u1 marketing.email granted"], "{harmless}");
    }
}

#[test]
fn x_5_a_no_is_taken_whatever_its_date() {
    for written in ["nonsense", "31/02/2024", "01/03/2024", "2024-13-01", "9999999999999999999999", "2024-03-01T25:00:00Z"] {
        let ran = check("table.csv", format!("{NAMES}\nu1,email,no,{written}\n").as_bytes(), true);
        assert_eq!(ran.code, 1, "something was found: {written}");
        for said in ["no", "withdrawn"] {
            let told = of_csv(&[YES, &format!("u1,email,{said},{written}")]);
            let row = &told["taken"][0];
            assert_eq!((told["taken"].as_array().unwrap().len(), row["said_at"].clone()), (1, Value::Null), "{written}");
            assert_ne!(row["choice"], "granted", "{written}");
            assert_eq!(
                (told["taken_without"][0]["line"].as_i64(), told["taken_without"][0]["code"].as_str()),
                (Some(3), Some("bad_date")),
                "{written}"
            );
        }
        assert!(taken(&of_csv(&[&format!("u1,email,yes,{written}")])).is_empty(), "a yes is not");
    }
}

#[test]
fn x_5_a_no_is_taken_whatever_the_version_of_its_text() {
    for version in ["x".repeat(129), "v\u{202e}1".to_owned()] {
        let row = |said: &str| format!("{VERSIONED}\nu1,email,{said},2024-03-01T00:00:00Z,{version}\n");
        let told: Value = serde_json::from_str(&check("table.csv", row("no").as_bytes(), true).out).unwrap();
        assert_eq!(taken(&told), ["u1 marketing.email refused"], "{version:?}");
        assert_eq!((&told["taken"][0]["text_version"], &told["taken_without"][0]["code"]), (&Value::Null, &Value::from("bad_version")));
        let told: Value = serde_json::from_str(&check("table.csv", row("yes").as_bytes(), true).out).unwrap();
        assert_eq!((taken(&told).len(), &told["left_out"][0]["code"]), (0, &Value::from("bad_version")), "a yes is not");
    }
}

#[test]
fn x_5_in_json_too() {
    let yes = r#"{"user":"u1","topic":"email","answer":"yes","when":1709251200}"#;
    for other in [
        r#"{"user":"u1","topic":"email","answer":["no"],"when":1709251200}"#,
        r#"{"user":"u1","topic":["email"],"answer":"no"}"#,
        r#"{"user":"u1","topic":null,"answer":"no"}"#,
        r#"{"user":"u1","topic":"Email","answer":false}"#,
        r#"["u1","email","no"]"#,
        r#"{"user":"u1","topic":"email","answer":"no","answer":"yes","when":1709251300}"#,
    ] {
        for person in [true, false] {
            let ran = check("table.json", format!("[{yes},{other}]").as_bytes(), person);
            let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
            assert!(taken(&told).is_empty(), "{other}: {told:#}");
            assert!(!told["left_out"].as_array().unwrap().is_empty(), "{other}: {told:#}");
        }
    }
}

#[test]
fn x_5_two_columns_of_one_name_are_an_error_that_names_them() {
    for names in ["user,topic,answer,answer,when", "user,topic,answer, answer ,when", "user,when,topic,answer,when"] {
        let ran = check("table.csv", format!("{names}\nu1,email,yes,no,2024-03-01T00:00:00Z\n").as_bytes(), true);
        let name = if names.matches("when").count() == 2 { "`when`" } else { "`answer`" };
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{names}");
        assert!(ran.err.contains(name) && ran.err.contains("twice"), "{}", ran.err);
    }
    // Columns without a name, as spreadsheets leave them at the end, cannot be meant by anybody.
    let ran = check("table.csv", format!("{NAMES},,\n{YES},,\n").as_bytes(), true);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}
