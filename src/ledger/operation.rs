//! The names of operations. Devices and the server give them by this one rule, so that a name tells no more than when it was given.

/// The name of a new operation: a UUID of version 7, which is in the order of time. `now` is the wall clock, Unix milliseconds; a clock that
/// stands before 1970 counts as 1970. The random bytes are the caller's, since nothing here reads the system's.
pub fn operation_name(now: i64, random: &[u8; 10]) -> String {
    let millis = u64::try_from(now).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::operation_name;

    #[test]
    fn a_name_is_a_uuid_of_version_7_in_the_order_of_time() {
        assert_eq!(operation_name(1_795_316_400_000, &[0xff; 10]), "01a20132-3f80-7fff-bfff-ffffffffffff");
        assert!(operation_name(1, &[0xff; 10]) < operation_name(2, &[0; 10]));
    }

    #[test]
    fn a_clock_before_1970_still_gives_a_name() {
        assert_eq!(operation_name(i64::MIN, &[0; 10]), operation_name(0, &[0; 10]));
    }
}
