//! What each cookie is for, what may be set and sent, what is found in a jar, and what has to go (CK-8, CK-9, CK-11).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::LazyLock;

use consentkit::{
    cookie::{
        Catalogue, CatalogueFault, CatalogueFile, CategoryPurpose, CookieSource, CookieVerdict, Gate, MAX_CATALOGUE_BYTES, Place,
        PublicSuffixes, SeenCookie, judge, purge, scan,
    },
    decision::{Decision, Reason},
    policy::Policy,
};
use proptest::prelude::*;

const NOW: i64 = 1_795_748_400_000;
const NECESSARY: &str = "cookies.necessary";
const ANALYTICS: &str = "cookies.analytics";
const MARKETING: &str = "cookies.marketing";

const HEADING: &str = "ID,Platform,Category,Cookie / Data Key name,Domain,Description,Retention period,Data Controller,User Privacy & GDPR Rights Portals,Wildcard match\n";

fn policy() -> Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(include_str!("../examples/influential/policy.json")).unwrap());
    POLICY.clone()
}

fn row(category: &str, name: &str, wildcard: &str) -> String {
    format!("1,Some platform,{category},{name},,\"What, and \"\"why\"\"\",1 year,Somebody,https://example.com,{wildcard}\n")
}

fn file(rows: &[(&str, &str, &str)]) -> CatalogueFile {
    let rows: String = rows.iter().map(|(category, name, wildcard)| row(category, name, wildcard)).collect();
    CatalogueFile::parse(&format!("{HEADING}{rows}")).unwrap()
}

fn categories() -> Vec<CategoryPurpose> {
    let given = [("Functional", NECESSARY), ("Analytics", ANALYTICS), ("Marketing", MARKETING)];
    given.map(|(category, purpose)| CategoryPurpose { category: category.into(), purpose: purpose.into() }).into()
}

fn decide_by(allowed: &[&str]) -> impl Fn(&str) -> Decision {
    move |purpose: &str| {
        let allowed = allowed.contains(&purpose);
        let reasons = if allowed { vec![] } else { vec![Reason::NotAnswered] };
        Decision { purpose: purpose.into(), allowed, reasons, os_blocked: false }
    }
}

fn seen(name: &str) -> SeenCookie {
    SeenCookie { name: name.into(), store: "http".into(), domain: None, path: None }
}

fn purposes(catalogue: &Catalogue, name: &str) -> (CookieSource, Vec<String>) {
    let (source, purposes) = catalogue.purposes_of(name);
    (source, purposes.map(str::to_owned).collect())
}

#[test]
fn ck_8_the_policy_comes_before_the_catalogue_and_the_exact_name_before_the_longest_beginning() {
    let file = file(&[
        ("Marketing", "_ga_", "1"),
        ("Marketing", "_ga_X", "0"),
        ("Marketing", "_gid", "0"),
        ("Analytics", "_g", "1"),
        ("Analytics", "_gl", "1"),
        ("Functional", "cart", "0"),
        ("Analytics", "cart_*", "1"),
        ("Marketing", "cart_ad", "1"),
    ]);
    let catalogue = Catalogue::with(&policy(), &file, &categories()).unwrap();
    for (name, source, purpose) in [
        ("_ga", CookieSource::Policy, ANALYTICS),
        ("_ga_ABC123", CookieSource::Policy, ANALYTICS),
        ("_ga_X", CookieSource::Policy, ANALYTICS),
        ("_gid", CookieSource::Policy, ANALYTICS),
        ("_gat", CookieSource::Catalogue, ANALYTICS),
        ("_gcl_au", CookieSource::Policy, MARKETING),
        ("session_id", CookieSource::Policy, NECESSARY),
        ("cart", CookieSource::Catalogue, NECESSARY),
        ("cart_size", CookieSource::Catalogue, ANALYTICS),
        ("cart_ad_1", CookieSource::Catalogue, MARKETING),
        ("never_heard_of", CookieSource::Unknown, MARKETING),
        ("", CookieSource::Unknown, MARKETING),
        ("SESSION_ID", CookieSource::Unknown, MARKETING),
    ] {
        assert_eq!(purposes(&catalogue, name), (source, vec![purpose.to_owned()]), "{name}");
    }
}

#[test]
fn ck_8_a_name_that_is_used_for_several_ends_needs_all_of_them_allowed() {
    let file = file(&[("Analytics", "sid", "0"), ("Functional", "sid", "0"), ("Analytics", "sid", "0")]);
    let catalogue = Catalogue::with(&policy(), &file, &categories()).unwrap();
    assert_eq!(purposes(&catalogue, "sid").1, [NECESSARY, ANALYTICS]);
    assert!(!Gate::new(&catalogue, |purpose| purpose == NECESSARY).allows("sid"));
    assert!(Gate::new(&catalogue, |purpose| purpose != MARKETING).allows("sid"));
}

#[test]
fn ck_8_an_unknown_cookie_and_one_of_a_category_without_a_purpose_are_treated_as_marketing() {
    let catalogue = Catalogue::with(&policy(), &file(&[("Personalization", "layout", "0")]), &categories()).unwrap();
    for name in ["layout", "whatever"] {
        assert_eq!(purposes(&catalogue, name), (CookieSource::Unknown, vec![MARKETING.to_owned()]), "{name}");
        assert!(!Gate::new(&catalogue, |purpose| purpose != MARKETING).allows(name), "{name}");
    }
    assert!(Gate::new(&catalogue, |_| true).allows("whatever"));
}

#[test]
fn ck_8_where_a_policy_has_no_marketing_cookies_an_unknown_one_needs_every_consent_to_cookies() {
    let game = Policy::parse(include_str!("../examples/policies/game.json")).unwrap();
    let (source, needed) = purposes(&Catalogue::of(&game), "whatever");
    assert_eq!((source, needed.len()), (CookieSource::Unknown, 3));
    let mut bare = policy();
    bare.purposes.retain(|purpose| purpose.cookies.is_empty());
    let catalogue = Catalogue::of(&bare);
    let verdict = CookieVerdict::of(&catalogue, "whatever", |purpose| panic!("nobody asks about {purpose}"));
    assert_eq!((verdict.allowed, verdict.reasons), (false, vec![Reason::UnknownPurpose]), "nothing is known that could allow it");
    assert!(!Gate::new(&catalogue, |_| true).allows("whatever"));
}

#[test]
fn the_patterns_of_a_catalogue_are_told_with_their_purposes() {
    let catalogue = Catalogue::with(&policy(), &file(&[("Analytics", "_hj", "1"), ("Other", "x", "0")]), &categories()).unwrap();
    let patterns: Vec<(String, Vec<&str>)> = catalogue.patterns().collect();
    for (pattern, purpose) in [("_ga", ANALYTICS), ("_ga_*", ANALYTICS), ("_hj*", ANALYTICS), ("x", MARKETING), ("session_id", NECESSARY)] {
        assert!(patterns.contains(&(pattern.to_owned(), vec![purpose])), "{pattern}");
    }
    assert_eq!(catalogue.purposes_of_unknown().collect::<Vec<_>>(), [MARKETING]);
}

#[test]
fn ck_8_faults_of_a_catalogue_are_told_with_their_row() {
    let parse = |csv: &str| CatalogueFile::parse(csv).map(|_| ()).unwrap_err();
    let with = |row: &str| parse(&format!("{HEADING}{row}"));
    assert_eq!(parse(""), CatalogueFault::ColumnMissing { column: "Category" });
    assert_eq!(parse("Category,Cookie / Data Key name\n"), CatalogueFault::ColumnMissing { column: "Wildcard match" });
    assert_eq!(with("1,a,b\n"), CatalogueFault::RowUneven { row: 2 });
    assert_eq!(with(&format!("{}1,a,b\n", row("Analytics", "a", "0"))), CatalogueFault::RowUneven { row: 3 });
    assert_eq!(with(&row("Analytics", "a", "yes")), CatalogueFault::BadWildcard { row: 2 });
    assert_eq!(with("1,\"a,b\n"), CatalogueFault::Quote { row: 2 });
    assert_eq!(with("1,\"a\"b,c\n"), CatalogueFault::Quote { row: 2 });
    assert_eq!(with("1,a\"b,c\n"), CatalogueFault::Quote { row: 2 });
    assert_eq!(with(&row("Analytics", &"a".repeat(4_097), "0")), CatalogueFault::NameTooLong { row: 2 });
    assert_eq!(with(&row("Analytics", "a", "0").repeat(25_001)), CatalogueFault::TooManyRows);
    assert_eq!(parse(&" ".repeat(MAX_CATALOGUE_BYTES + 1)), CatalogueFault::TooLarge);
}

#[test]
fn ck_8_a_table_is_read_with_every_form_of_quotes_and_line_breaks() {
    let csv = format!(
        "\u{feff}{}\r\n{}\r\n\r\n{}",
        HEADING.trim_end(),
        row("Analytics", "\"a,b\"", "0").trim_end(),
        row("Analytics", "c", "").trim_end()
    );
    let with_break = format!("{csv}\n1,\"two\nlines\",Marketing,\"d\"\"e\",,,,,,0");
    let catalogue = Catalogue::with(&policy(), &CatalogueFile::parse(&with_break).unwrap(), &categories()).unwrap();
    for (name, purpose) in [("a,b", ANALYTICS), ("c", ANALYTICS), ("d\"e", MARKETING)] {
        assert_eq!(purposes(&catalogue, name), (CookieSource::Catalogue, vec![purpose.to_owned()]), "{name}");
    }
    assert_eq!(CatalogueFile::parse(&with_break).unwrap().categories(), ["Analytics", "Marketing"]);
}

#[test]
fn ck_8_a_category_is_given_one_purpose_that_the_policy_has() {
    let given = |given: &[(&str, &str)]| {
        let categories: Vec<CategoryPurpose> =
            given.iter().map(|(category, purpose)| CategoryPurpose { category: (*category).into(), purpose: (*purpose).into() }).collect();
        Catalogue::with(&policy(), &file(&[]), &categories).map(|_| ()).unwrap_err()
    };
    assert_eq!(given(&[("Analytics", ANALYTICS), ("Marketing", "cookies.adverts")]), CatalogueFault::UnknownPurpose { at: 1 });
    assert_eq!(given(&[("Analytics", ANALYTICS), ("Analytics", MARKETING)]), CatalogueFault::CategoryTwice { at: 1 });
}

#[test]
fn ck_9_a_necessary_cookie_passes_whatever_was_said() {
    let catalogue = Catalogue::of(&policy());
    let gate = Gate::new(&catalogue, |purpose| purpose == NECESSARY);
    assert!(gate.allows("session_id"));
    let verdict = CookieVerdict::of(&catalogue, "session_id", decide_by(&[NECESSARY]));
    assert_eq!((verdict.allowed, verdict.reasons), (true, vec![]));
}

#[test]
fn a_request_carries_only_what_is_allowed() {
    let catalogue = Catalogue::of(&policy());
    let gate = Gate::new(&catalogue, |purpose| purpose != MARKETING);
    for (header, kept) in [
        ("session_id=1; _ga=2; _fbp=3", "session_id=1; _ga=2"),
        ("_fbp=3", ""),
        ("", ""),
        (" ; ;", ""),
        ("session_id=1;_ga=2", "session_id=1; _ga=2"),
        ("session_id = 1 ;\t_ga=2", "session_id = 1; _ga=2"),
        ("_fbp", ""),
        ("=session_id", ""),
        ("session_id", ""),
        ("session_id=a=b; session_id=c", "session_id=a=b; session_id=c"),
        ("unknown=1; session_id=1", "session_id=1"),
    ] {
        assert_eq!(gate.request(header), kept, "{header}");
    }
}

#[test]
fn a_response_sets_only_what_is_allowed_and_deletes_whatever_was_said() {
    let catalogue = Catalogue::of(&policy());
    let gate = Gate::new(&catalogue, |purpose| purpose == NECESSARY);
    let place = Place::of("https://shop.example/").unwrap();
    let sets = |header: &str| gate.response(header, &place, None, NOW).unwrap().map(|cookie| cookie.name);
    assert_eq!(sets("session_id=1"), Some("session_id".into()));
    assert_eq!(sets("_ga=1"), None);
    assert_eq!(sets("_ga=; Max-Age=0"), Some("_ga".into()), "a deletion is let through");
    assert_eq!(sets("_ga=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), Some("_ga".into()));
    assert_eq!(sets("_ga=; Max-Age=1"), None);
    assert!(gate.response("__Host-a=1", &place, None, NOW).is_err(), "a fault of form is told as one");
}

#[test]
fn a_verdict_lists_every_reason_once() {
    let policy = Policy::parse(include_str!("../examples/policies/game.json")).unwrap();
    let verdict = CookieVerdict::of(&Catalogue::of(&policy), "whatever", decide_by(&[]));
    assert_eq!((verdict.allowed, verdict.purposes.len(), verdict.reasons), (false, 3, vec![Reason::NotAnswered]));
}

#[test]
fn a_scan_counts_who_names_a_cookie_and_which_should_not_be_there() {
    let catalogue = Catalogue::with(&policy(), &file(&[("Analytics", "_hj", "1")]), &categories()).unwrap();
    let names = ["session_id", "_ga", "_fbp", "_hjSession_1", "whatever"];
    let report = scan(&catalogue, names.map(seen).into(), decide_by(&[NECESSARY, ANALYTICS]));
    assert_eq!((report.named_by_policy, report.named_by_catalogue, report.unknown, report.without_consent), (3, 1, 1, 2));
    let unwanted = report.cookies.iter().filter(|scanned| !scanned.verdict.allowed).map(|scanned| scanned.cookie.name.as_str());
    assert_eq!(unwanted.collect::<Vec<_>>(), ["_fbp", "whatever"]);
    assert_eq!(report.cookies.iter().map(|scanned| scanned.cookie.name.as_str()).collect::<Vec<_>>(), names);
}

/// A jar as browsers keep one: a cookie is told by name, domain and path, and one that is past is taken out.
#[derive(Default)]
struct Jar(Vec<(String, String, bool, String)>);

impl Jar {
    fn set(&mut self, header: &str, place: &Place) {
        let Ok(cookie) = judge(header, place, None, NOW) else { return };
        self.0.retain(|kept| (&kept.0, &kept.1, kept.2, &kept.3) != (&cookie.name, &cookie.domain, cookie.host_only, &cookie.path));
        if cookie.expires_at.is_none_or(|at| at > NOW) {
            self.0.push((cookie.name, cookie.domain, cookie.host_only, cookie.path));
        }
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, ..)| name.as_str()).collect();
        names.dedup();
        names
    }
}

#[test]
fn ck_11_after_a_withdrawal_every_marketing_cookie_is_gone_and_necessary_ones_remain() {
    let place = Place::of("https://www.shop.example/cart/items/list").unwrap();
    let mut jar = Jar::default();
    for header in [
        "session_id=1; Path=/",
        "session_id=1; Domain=shop.example; Path=/cart",
        "_fbp=1",
        "_fbp=1; Path=/",
        "_fbp=1; Domain=shop.example; Path=/",
        "_fbp=1; Domain=www.shop.example; Path=/cart/",
        "_fbp=1; Path=/cart/items/list",
        "__Host-ad=1; Secure; Path=/",
        "__Secure-ad=1; Secure; Domain=shop.example",
        "__Http-ad=1; Secure; HttpOnly",
        "=nameless",
    ] {
        jar.set(header, &place);
    }
    assert_eq!(jar.0.len(), 11);
    let catalogue = Catalogue::of(&policy());
    let gate = Gate::new(&catalogue, |purpose| purpose != MARKETING);
    let steps = purge(&gate, &place, None, jar.names().into_iter().map(seen).collect());
    for header in steps.iter().flat_map(|step| &step.headers) {
        jar.set(header, &place);
    }
    assert_eq!(jar.names(), ["session_id"]);
    assert_eq!(jar.0.len(), 2);
}

#[test]
fn ck_11_what_a_jar_tells_of_a_cookie_is_used() {
    let place = Place::of("https://www.shop.co.kr/a").unwrap();
    let suffixes = PublicSuffixes::parse("kr\nco.kr\n").unwrap();
    let catalogue = Catalogue::of(&policy());
    let gate = Gate::new(&catalogue, |_| false);
    let headers = |domain: Option<&str>, path: Option<&str>| {
        let cookie = SeenCookie { domain: domain.map(Into::into), path: path.map(Into::into), ..seen("_fbp") };
        purge(&gate, &place, Some(&suffixes), vec![cookie]).remove(0).headers
    };
    let named = |headers: &[String]| {
        let part =
            |header: &String, key: &str| header.split("; ").find_map(|part| part.strip_prefix(key).map(str::to_owned)).unwrap_or_default();
        headers.iter().map(|header| (part(header, "Domain="), part(header, "Path="))).collect::<Vec<_>>()
    };
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(domain, path)| ((*domain).to_owned(), (*path).to_owned())).collect::<Vec<_>>();
    assert_eq!(named(&headers(Some(".shop.co.kr"), Some("/x"))), pairs(&[("shop.co.kr", "/x")]));
    assert_eq!(named(&headers(Some("www.shop.co.kr"), Some("/"))), pairs(&[("", "/"), ("www.shop.co.kr", "/")]));
    let guessed = named(&headers(None, Some("/")));
    assert_eq!(guessed, pairs(&[("", "/"), ("www.shop.co.kr", "/"), ("shop.co.kr", "/")]), "a public suffix is nobody's");
    assert_eq!(named(&headers(Some(".shop.co.kr"), None)), pairs(&[("shop.co.kr", "/"), ("shop.co.kr", "/a")]));
}

#[test]
fn ck_11_a_name_cannot_smuggle_an_attribute_into_a_header() {
    let place = Place::of("https://shop.example/").unwrap();
    let catalogue = Catalogue::of(&policy());
    let gate = Gate::new(&catalogue, |_| false);
    for name in ["a; Domain=shop.example", "a\r\nSet-Cookie: b", "a=b", "a\0"] {
        assert_eq!(purge(&gate, &place, None, vec![seen(name)])[0].headers, Vec::<String>::new(), "{name}");
    }
    let path = SeenCookie { path: Some("/; Domain=x".into()), ..seen("a") };
    assert!(purge(&gate, &place, None, vec![path])[0].headers.is_empty());
}

proptest! {
    #[test]
    fn a_filtered_header_holds_what_is_allowed_and_nothing_else(header in "([a-z_=;, \t\"가]|_ga|_fbp|session_id|; ){0,30}") {
        let catalogue = Catalogue::of(&policy());
        let gate = Gate::new(&catalogue, |purpose| purpose == NECESSARY);
        let kept = gate.request(&header);
        for pair in kept.split("; ").filter(|pair| !pair.is_empty()) {
            prop_assert!(gate.allows(pair.split_once('=').map_or("", |(name, _)| name.trim_matches([' ', '\t']))));
            prop_assert!(header.contains(pair));
        }
        prop_assert_eq!(gate.request(&kept), kept);
    }

    #[test]
    fn whatever_a_catalogue_holds_it_is_read_or_told(csv in "([a-z,\"\n\r01]|Category|Wildcard match|Cookie / Data Key name){0,60}") {
        drop(CatalogueFile::parse(&csv));
        drop(CatalogueFile::parse(&format!("{HEADING}{csv}")));
    }

    #[test]
    fn every_header_of_a_plan_deletes_and_sets_nothing(name in "[ -~가]{0,20}", path in "/[a-z/]{0,40}") {
        let place = Place::of(&format!("https://www.shop.example{path}")).unwrap();
        let catalogue = Catalogue::of(&policy());
        for step in purge(&Gate::new(&catalogue, |_| false), &place, None, vec![seen(&name)]) {
            for header in step.headers {
                if let Ok(cookie) = judge(&header, &place, None, NOW) {
                    prop_assert!(cookie.expires_at.is_some_and(|at| at <= NOW));
                    prop_assert_eq!(&cookie.name, name.trim_matches(' '));
                }
            }
        }
    }
}
