//! Judging a `Set-Cookie` header and filtering a `Cookie` header, with a catalogue as long as the Open Cookie Database, beside the bare parse of
//! the crate `cookie`, which decides nothing.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fmt::Write, hint::black_box, process::ExitCode};

use consentkit::{
    client::{Answer, CookieJudgement, CookieOptions},
    cookie::CategoryPurpose,
};
use support::{Device, Figures, beside, medians, timed};

/// Calls in one run: enough that reading the time around them costs nothing.
const CALLS: u32 = 1_000;

const RUNS: usize = 200;

/// Rows of the Open Cookie Database in November 2026, and how many of them are wildcards.
const ROWS: usize = 2_264;
const WILDCARDS: usize = 260;

/// The longest `Cookie` header that the figure is about, in bytes.
const HEADER: usize = 3 * 1024;

/// Most nanoseconds of one header.
const JUDGED: f64 = 2_000.0;
const FILTERED: f64 = 10_000.0;

/// Nanoseconds of one call.
fn each<T>(mut call: impl FnMut() -> T) -> f64 {
    timed(|| (0..CALLS).for_each(|_| _ = black_box(call()))) / f64::from(CALLS) * 1e9
}

/// A catalogue of that size. Its names resemble each other at the beginning, as those of real cookies do.
fn catalogue() -> String {
    let mut csv = "ID,Platform,Category,Cookie / Data Key name,Wildcard match\n".to_owned();
    for row in 0..ROWS {
        let category = ["Analytics", "Marketing", "Functional"][row % 3];
        let (name, wildcard) = if row < WILDCARDS { (format!("_w{row}_"), 1) } else { (format!("_cookie_of_platform_{row}"), 0) };
        writeln!(csv, "{row},\"Platform, the {row}th\",{category},{name},{wildcard}").unwrap();
    }
    csv
}

/// A `Cookie` header of 3 KB: a third is named by the policy, a third by the catalogue (half of it by a wildcard), a third by nobody.
fn header() -> String {
    let mut header = String::new();
    for at in 0.. {
        let name = match at % 6 {
            0 => "_ga".to_owned(),
            1 => format!("_ga_{at}ABC"),
            2 => format!("_cookie_of_platform_{}", 300 + at),
            3 => format!("_w{}_{at}", at % WILDCARDS),
            _ => format!("nobody_knows_{at}"),
        };
        let pair = format!("{name}=GS1.1.1795316400.{at}.1.1795316400.0.0; ");
        if header.len() + pair.len() > HEADER {
            break;
        }
        header.push_str(&pair);
    }
    header.trim_end_matches("; ").to_owned()
}

fn main() -> ExitCode {
    let device = Device::new();
    let consent = device.open();
    let shown = consent.questions("settings").unwrap().shown;
    consent.record(&shown, &[Answer::grant("cookies.analytics"), Answer::refuse("cookies.marketing")]).unwrap();
    let given = [("Analytics", "cookies.analytics"), ("Marketing", "cookies.marketing"), ("Functional", "cookies.necessary")];
    let categories = given.map(|(category, purpose)| CategoryPurpose { category: category.into(), purpose: purpose.into() });
    let gate =
        consent.cookies(&CookieOptions { catalogue: Some(catalogue()), categories: categories.into(), public_suffixes: None }).unwrap();

    let url = "https://www.shop.example/cart/items";
    let attributes = "Expires=Wed, 21 Oct 2027 07:28:00 GMT; Max-Age=31536000; Domain=shop.example; Path=/; Secure; HttpOnly; SameSite=Lax";
    let set = |name: &str| format!("{name}=GS1.1.1795316400.7.1.1795316400.0.0; {attributes}");
    let (allowed, listed, unknown) = (set("_ga_ABC123"), set("_cookie_of_platform_1800"), set("nobody_knows_it"));
    let header = header();
    assert!(matches!(gate.judge(url, &allowed), Ok(CookieJudgement::Passes { .. })));
    assert!(matches!(gate.judge(url, &listed), Ok(CookieJudgement::Passes { .. })));
    assert!(matches!(gate.judge(url, &unknown), Ok(CookieJudgement::Withheld { .. })));
    assert!(header.len() > HEADER - 64 && gate.request(&header).is_some_and(|kept| kept.len() < header.len() && !kept.contains("nobody")));

    let bare = |header: &str| each(|| cookie::Cookie::parse(black_box(header.to_owned())).unwrap());
    let judge = |header: &str| each(|| gate.judge(url, black_box(header)).unwrap());
    let [judged, judged_listed, judged_unknown, parsed, filtered, split] = medians(
        RUNS,
        [
            &mut || judge(&allowed),
            &mut || judge(&listed),
            &mut || judge(&unknown),
            &mut || bare(&allowed),
            &mut || each(|| gate.request(black_box(&header))),
            &mut || each(|| cookie::Cookie::split_parse(black_box(header.clone())).filter_map(Result::ok).count()),
        ],
    );
    beside("cookies.judged", judged, "ns");
    beside("cookies.judged_by_the_catalogue", judged_listed, "ns");
    beside("cookies.judged_unknown", judged_unknown, "ns");
    beside("cookies.bare_parse", parsed, "ns");
    beside("cookies.filtered", filtered, "ns");
    beside("cookies.bare_split", split, "ns");
    let mut figures = Figures::default();
    figures.hold("cookies.judge_ns", judged.max(judged_listed).max(judged_unknown), JUDGED);
    figures.hold("cookies.filter_3_kb_ns", filtered, FILTERED);
    figures.hold("cookies.judge_over_bare_parse", judged / parsed, 4.0);
    figures.hold("cookies.filter_over_bare_split", filtered / split, 4.0);
    figures.end()
}
