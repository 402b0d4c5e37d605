//! Judges headers for the comparison in `compare.mjs`: a line of JSON `[url, header]` in, a line of JSON out.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{self, BufRead, Write};

use consentkit::cookie::{Place, PublicSuffixes, SameSite, SetCookie, judge};
use serde_json::{Value, json};

/// The suffixes of the domains that the cases use. The other side has the whole list.
const SUFFIXES: &str = "com\nkr\nco.kr\n";

fn word(same_site: SameSite) -> Value {
    match same_site {
        SameSite::Unset => Value::Null,
        SameSite::NoRestriction => json!("none"),
        SameSite::Lax => json!("lax"),
        SameSite::Strict => json!("strict"),
    }
}

fn main() {
    let suffixes = PublicSuffixes::parse(SUFFIXES).unwrap();
    // The comparison is about forms and not about time, so a fixed time does for both.
    let now = 1_795_316_400_000;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let [url, header]: [String; 2] = serde_json::from_str(&line.unwrap()).unwrap();
        let read = SetCookie::read(&header).ok().map(|read| {
            json!({ "name": read.name, "value": read.value, "domain": read.domain, "path": read.path.flatten(), "max_age": read.max_age,
                "secure": read.secure, "http_only": read.http_only, "same_site": word(read.same_site), "partitioned": read.partitioned })
        });
        let judged = match judge(&header, &Place::of(&url).unwrap(), Some(&suffixes), now) {
            Err(fault) => json!({ "fault": format!("{fault:?}") }),
            Ok(cookie) => json!({ "name": cookie.name, "value": cookie.value, "domain": cookie.domain, "host_only": cookie.host_only,
                "path": cookie.path, "secure": cookie.secure, "http_only": cookie.http_only, "same_site": word(cookie.same_site),
                "expires": cookie.expires_at.map(|at| if at <= now { json!("past") } else { json!((at - now) / 1_000) }) }),
        };
        writeln!(out, "{}", json!({ "read": read, "judged": judged })).unwrap();
    }
}
