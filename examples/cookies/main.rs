//! A visit to a shop before an answer, with consent and after a withdrawal, told as a table: `cargo run --example cookies`.
//!
//! The shop and its advertiser set the same cookies each time. What reaches the jar, what is sent back and what is purged follows from what
//! the person said. It ends with code 1 where a cookie is set or sent that should not be.

mod jar;

use std::{error::Error, process::ExitCode};

use consentkit::{
    client::{Answer, Consent, CookieGate, CookieJudgement, CookieOptions, Options},
    cookie::CategoryPurpose,
};
use jar::Jar;

const POLICY: &str = include_str!("../influential/policy.json");
const CATALOGUE: &str = "Category,Cookie / Data Key name,Wildcard match\nAnalytics,_hj,1\nFunctional,basket,0\n";
const SHOP: &str = "https://www.shop.example/basket";
const ADVERTISER: &str = "https://pixel.adverts.example/";

/// What the shop and its advertiser set at each visit.
const SET: [(&str, &str); 10] = [
    (SHOP, "session_id=7f3a; Path=/; Secure; HttpOnly"),
    (SHOP, "basket=2; Domain=shop.example; Path=/"),
    (SHOP, "_ga=GA1.1; Domain=shop.example; Path=/; Max-Age=63072000"),
    (SHOP, "_ga_ABC123=GS1.1; Domain=shop.example; Path=/"),
    (SHOP, "_hjSession_42=1; Path=/; Max-Age=1800"),
    (SHOP, "_fbp=fb.1; Domain=shop.example; Path=/"),
    (ADVERTISER, "_gcl_au=1.1; Path=/; Secure; SameSite=None; Partitioned"),
    (SHOP, "mystery=1"),
    (SHOP, "__Host-session=1; Path=/"),
    (SHOP, "tracker=1; Domain=example"),
];

/// What the person said before a visit, and what the shop may not set then.
struct Visit {
    title: &'static str,
    say: fn(&Consent) -> Result<(), Box<dyn Error>>,
    allowed: &'static [&'static str],
}

const VISITS: [Visit; 3] = [
    Visit { title: "before an answer", say: |_| Ok(()), allowed: &["session_id", "basket"] },
    Visit {
        title: "with consent",
        say: |consent| {
            let form = consent.questions("settings")?;
            consent.record(&form.shown, &[Answer::grant("cookies.analytics"), Answer::grant("cookies.marketing")])?;
            Ok(())
        },
        allowed: &["session_id", "basket", "_ga", "_ga_ABC123", "_hjSession_42", "_fbp", "_gcl_au", "mystery"],
    },
    Visit {
        title: "after withdrawing marketing",
        say: |consent| consent.withdraw(&["cookies.marketing"]).map(drop).map_err(Into::into),
        allowed: &["session_id", "basket", "_ga", "_ga_ABC123", "_hjSession_42"],
    },
];

fn main() -> ExitCode {
    match tell() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn tell() -> Result<bool, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let consent = Consent::open(Options { language: "en".into(), ..Options::new(folder.path().join("consent.db"), POLICY) })?;
    let given = [("Functional", "cookies.necessary"), ("Analytics", "cookies.analytics")];
    let categories = given.map(|(category, purpose)| CategoryPurpose { category: category.into(), purpose: purpose.into() });
    let gate = consent.cookies(&CookieOptions {
        catalogue: Some(CATALOGUE.into()),
        categories: categories.into(),
        public_suffixes: Some("example\nkr\nco.kr\n".into()),
    })?;
    let mut jar = Jar::default();
    let mut told_right = true;
    for visit in VISITS {
        (visit.say)(&consent)?;
        println!("\n{}", visit.title);
        purge(&consent, &gate, &mut jar)?;
        println!("  {:<16}{:<12}{:<20}{:<10}why not", "cookie", "named by", "needs", "set");
        for (url, header) in SET {
            told_right &= set(&consent, &gate, &mut jar, url, header)?;
        }
        let mut names = jar.names();
        names.sort_unstable();
        let mut allowed = visit.allowed.to_vec();
        allowed.sort_unstable();
        told_right &= names == allowed;
        let sent = gate.request(&jar.header(SHOP)).unwrap_or_default();
        println!("  sent to the shop: {sent}");
    }
    println!("\n{}", if told_right { "Every cookie is where it belongs." } else { "A cookie is where it does not belong." });
    Ok(told_right)
}

/// Lets a header reach the jar where it may, and tells of it in a line.
fn set(consent: &Consent, gate: &CookieGate, jar: &mut Jar, url: &str, header: &str) -> Result<bool, Box<dyn Error>> {
    let name = header.split('=').next().unwrap_or_default();
    let verdict = gate.verdict(name);
    let (set, why) = match gate.judge(url, header)? {
        CookieJudgement::Passes { cookie } => {
            jar.set(cookie);
            ("yes", String::new())
        }
        CookieJudgement::Withheld { verdict } => {
            ("no", verdict.reasons.iter().map(|reason| consent.reason_text(reason)).collect::<Vec<_>>().join(" "))
        }
        CookieJudgement::Faulty { fault } => ("no", fault.to_string()),
    };
    let source = format!("{:?}", verdict.source).to_lowercase();
    println!("  {name:<16}{source:<12}{:<20}{set:<10}{why}", verdict.purposes.join(", "));
    Ok(set == "no" || verdict.allowed)
}

/// Takes out of the jar what may not be there any more, and records it.
fn purge(consent: &Consent, gate: &CookieGate, jar: &mut Jar) -> Result<(), Box<dyn Error>> {
    let steps = gate.purge(SHOP, jar.seen())?;
    for step in &steps {
        jar.delete(&step.cookie);
    }
    consent.cookies_removed(&steps, &jar.seen())?;
    if !steps.is_empty() {
        println!("  purged: {}", steps.iter().map(|step| step.cookie.name.as_str()).collect::<Vec<_>>().join(", "));
    }
    Ok(())
}
