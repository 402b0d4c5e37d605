//! Global Privacy Control (GCM-6).

/// True where the value of a `Sec-GPC` header asserts the opt-out: `1` and nothing else.
/// Several header lines joined to `1, 1`, a missing header and an empty one assert nothing.
pub fn asserted(header: Option<&str>) -> bool {
    header == Some("1")
}
