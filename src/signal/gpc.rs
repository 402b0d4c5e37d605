//! Global Privacy Control (GCM-6).

/// True where the value of a `Sec-GPC` header asserts the opt-out, which only the value `1` does. A missing header, an empty one, and
/// several header lines joined to `1, 1` assert nothing.
pub fn asserted(header: Option<&str>) -> bool {
    header == Some("1")
}
