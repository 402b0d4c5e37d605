//! Cookies: what a `Set-Cookie` header sets, what each cookie is for, whether it may be set and sent, and what has to go after a withdrawal.
//!
//! ```
//! use consentkit::cookie::{Catalogue, Gate, Place, judge};
//! use consentkit::policy::Policy;
//!
//! let policy = Policy::parse(include_str!("../../examples/influential/policy.json")).map_err(|_| "the policy has faults")?;
//! let catalogue = Catalogue::of(&policy);
//! let place = Place::of("https://shop.example/cart")?;
//! let cookie = judge("_ga_ABC123=GS1.1; Path=/; Secure", &place, None, 1_795_316_400_000)?;
//!
//! let gate = Gate::new(&catalogue, |purpose| purpose == "cookies.necessary");
//! assert!(gate.allows("session_id") && !gate.allows(&cookie.name));
//! assert_eq!(gate.request("session_id=1; _ga_ABC123=GS1.1"), "session_id=1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A header is read and judged as draft-ietf-httpbis-rfc6265bis says, which is no RFC yet, with the prefixes of
//! draft-ietf-httpbis-layered-cookies (CK-1 to CK-6). Nothing here keeps cookies: the jar is the host's.

mod catalogue;
mod catalogue_file;
mod date;
mod fault;
mod gate;
mod header;
mod judge;
mod place;
mod punycode;
mod purge;
mod scan;
mod suffixes;

pub use catalogue::{Catalogue, CookieSource};
pub use catalogue_file::{CatalogueFault, CatalogueFile, CategoryPurpose, MAX_CATALOGUE_BYTES, MAX_CATALOGUE_ROWS};
pub use date::cookie_date;
pub use fault::CookieFault;
pub use gate::{CookieFilter, CookieVerdict, Gate};
pub use header::{MAX_ATTRIBUTE_BYTES, MAX_PAIR_BYTES, SameSite, SetCookie};
pub use judge::{Cookie, MAX_AGE_SECONDS, judge};
pub use place::{Place, PlaceFault};
pub use purge::{MAX_PURGE_PATHS, PurgeStep, purge};
pub use scan::{CookieReport, ScannedCookie, SeenCookie, scan};
pub use suffixes::{MAX_SUFFIX_BYTES, PublicSuffixes, SuffixFault};
