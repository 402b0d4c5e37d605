//! What an account may be called: the phone and the server refuse the same names, and every ordinary id is taken.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{client::Consent, error::Error, signal::Platform};
use proptest::prelude::*;
use support::{Device, loopback::Host};

/// Why the phone refuses a name; nothing where it takes it.
fn phone_refuses(consent: &Consent, name: &str) -> Option<String> {
    match consent.sign_in(name) {
        Ok(()) => None,
        Err(Error::Invalid { field, reason }) if field == "subject" => Some(reason),
        Err(other) => panic!("{name}: {other}"),
    }
}

/// Why the server refuses it, by the operator's endpoint that makes an account's token.
fn server_refuses(host: &Host, name: &str) -> Option<String> {
    let escaped: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    match host.operate("POST", &format!("/v1/subjects/{escaped}/token"), None) {
        (200, _) => None,
        (400, body) if body["error"]["code"] == "bad_subject" => Some(body["error"]["what"].as_str().unwrap().to_owned()),
        other => panic!("{name}: {other:?}"),
    }
}

fn both_refuse(names: &[&str], with: &str) {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = device.open();
    for name in names {
        let phone = phone_refuses(&consent, name).unwrap_or_else(|| panic!("the phone takes {name:?}"));
        assert!(phone.contains(with), "{name:?}: {phone}");
        assert_eq!(server_refuses(&host, name).as_ref(), Some(&phone), "{name:?}: the server goes by another rule");
        for told in [phone.as_str(), &format!("{:?}", consent.sign_in(name))] {
            assert!(name.chars().count() < 9 || !told.contains(name), "{told}: an error repeats no name");
        }
    }
}

fn both_take<'a>(names: impl IntoIterator<Item = &'a str>) {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = device.open();
    for name in names {
        assert_eq!(phone_refuses(&consent, name), None, "{name:?}");
        assert_eq!(server_refuses(&host, name), None, "{name:?}");
    }
}

#[test]
fn f_21_a_placeholder_is_no_account_on_the_phone_nor_on_the_server() {
    both_refuse(
        &[
            "null",
            "NULL",
            "Null",
            "(null)",
            "<null>",
            "'null'",
            "\"null\"",
            "nil",
            "(nil)",
            "<nil>",
            "Optional(nil)",
            "none",
            "None",
            "undefined",
            "undefined undefined",
            "null-null",
            "null null",
            "user_undefined",
            "user:null",
            "NaN",
            "Infinity",
            "-Infinity",
            "unknown",
            "UNKNOWN",
            "anonymous",
            "Guest",
            "test",
            "user",
            "n/a",
            "N/A",
            "n.a.",
            "not set",
            "not_set",
            "[object Object]",
            "[object Undefined]",
            "false",
            "${userId}",
            "{{user_id}}",
            "%s",
            "%@",
            "<user-id>",
            "userId",
            "0",
            "00",
            "0000000000",
            "-0",
            "+0",
            "0.0",
            "0,0",
            "0x0",
            "-1",
            "-999",
            "-9223372036854775808",
            "9223372036854775807",
            "18446744073709551615",
            "4294967295",
            "-",
            "--",
            "_",
            ".",
            "?",
            "***",
            "00000000-0000-0000-0000-000000000000",
            "{00000000-0000-0000-0000-000000000000}",
            "00000000000000000000000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "d41d8cd98f00b204e9800998ecf8427e",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "없음",
            "비회원",
        ],
        "stands for no account",
    );
}

#[test]
fn f_21_a_placeholder_in_other_letters_is_the_same_placeholder() {
    both_refuse(
        &["ｎｕｌｌ", "ＮＵＬＬ", "n\u{200B}ull", "null\u{FEFF}", "０", "٠", "०००", "－１", "−1", "\u{2013}1", "undefined\u{AD}"],
        "stands for no account",
    );
}

#[test]
fn f_21_words_for_nobody_name_nobody_however_they_are_joined() {
    both_refuse(
        &[
            "unknown_user",
            "anonymous_user",
            "anonymous-user",
            "anonymousUser",
            "AnonymousUser",
            "anonymous user",
            "guest_user",
            "GUEST_USER",
            "no_user",
            "nouser",
            "NoUser",
            "no-user-id",
            "no_id",
            "no id",
            "userId",
            "current_user",
            "currentUser",
            "default-account",
            "not_logged_in",
            "notLoggedIn",
            "logged_out",
            "signed_out",
            "SIGNED OUT",
            "unauthenticated",
            "unauthenticatedUser",
            "nothing",
            "undefinednull",
            "nullundefined",
            "nullptr",
            "\\N",
            "NA",
            "N/A",
            "none_user",
            "user_none",
            "unknown.member",
        ],
        "stands for no account",
    );
}

#[test]
fn f_21_a_zero_and_a_minus_one_are_placeholders_in_every_writing() {
    both_refuse(
        &[
            "user:0",
            "user_0",
            "user-00",
            "id=0",
            "0x00",
            "0x0000",
            "0e0",
            "0.0e0",
            "0e+0",
            "0n",
            "user:-1",
            "user_-1",
            "〇",
            "9007199254740991",
        ],
        "stands for no account",
    );
}

#[test]
fn f_21_words_for_nobody_in_other_scripts_and_letters() {
    both_refuse(
        &[
            "匿名",
            "游客",
            "訪客",
            "访客",
            "ゲスト",
            "匿名ユーザー",
            "未登录",
            "未登錄",
            "未ログイン",
            "未知",
            "알 수 없음",
            "비로그인 사용자",
            "гость",
            "𝐧𝐮𝐥𝐥",
            "𝓃𝓊𝓁𝓁",
            "𝔫𝔲𝔩𝔩",
            "𝕟𝕦𝕝𝕝",
            "𝙽𝚄𝙻𝙻",
            "ⓝⓤⓛⓛ",
            "ⓃⓊⓁⓁ",
            "⒩⒰⒧⒧",
            "🄽🅄🄻🄻",
            "🅝🅤🅛🅛",
            "🅽🆄🅻🅻",
            "𝑔𝓊ℯ𝓈𝓉",
            "ℕ𝕦𝕝𝕝",
        ],
        "stands for no account",
    );
}

#[test]
fn f_21_a_hash_of_nothing_is_a_placeholder() {
    both_refuse(
        &[
            "cfcd208495d565ef66e7dff9f98764da",
            "CFCD208495D565EF66E7DFF9F98764DA",
            "37a6259cc0c1dae299a7866489dff0bd",
            "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
            "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
            "b6589fc6ab0dc82cf12099d1c2d40ab994e8410c",
            "2be88ca4242c76e8253ac62474851065032d6833",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "5e543256c480ac577d30f76f9120eb74",
            // The UUID that some libraries make of such a hash.
            "cfcd2084-95d5-35ef-a6e7-dff9f98764da",
            "37a6259c-c0c1-3ae2-99a7-866489dff0bd",
            "d41d8cd9-8f00-3204-a980-0998ecf8427e",
        ],
        "stands for no account",
    );
}

#[test]
fn f_22_an_email_address_is_found_however_it_is_written() {
    both_refuse(
        &[
            "kim@example.com",
            "kim＠example.com",
            "kim﹫example.com",
            "ｋｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "kim\u{200B}@\u{2060}example.com",
            "kim%40example.com",
        ],
        "e-mail address",
    );
}

#[test]
fn f_22_a_telephone_number_is_found_however_it_is_written() {
    both_refuse(
        &[
            "+821012345678",
            "+82 10-1234-5678",
            "+1 202 555 0100",
            "+44 20 7946 0958",
            "010-1234-5678",
            "010 1234 5678",
            "010.1234.5678",
            "010/1234/5678",
            "010_1234_5678",
            "01012345678",
            "010 12345678",
            "0101234 5678",
            "011-234-5678",
            "019-9876-5432",
            "01698765432",
            "(02) 6206-0000",
            "02-6206-0000",
            "02-620-0000",
            "02 62060000",
            "(02)62060000",
            "031-123-4567",
            "070-1234-5678",
            "0505-1234-5678",
            "821012345678",
            "82-10-1234-5678",
            "82 10 1234 5678",
            "00821012345678",
            "0082-10-1234-5678",
            "001-82-10-1234-5678",
            "(202) 555-0100",
            "202-555-0100",
            "1-202-555-0100",
            "01 23 45 67 89",
            "44 20 7946 0958",
            "81-3-1234-5678",
            "tel:01012345678",
            "tel:+82-10-1234-5678",
            // Digits, dashes, dots, plus signs and brackets of other scripts and widths, and what cannot be seen between them.
            "０１０１２３４５６７８",
            "０１０－１２３４－５６７８",
            "＋８２１０１２３４５６７８",
            "٠١٠١٢٣٤٥٦٧٨",
            "०१०-१२३४-५६७८",
            "০১০১২৩৪৫৬৭৮",
            "๐๑๐๑๒๓๔๕๖๗๘",
            "𝟎𝟏𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
            "010–1234–5678",
            "010—1234—5678",
            "010‑1234‑5678",
            "010−1234−5678",
            "010・1234・5678",
            "010\u{200B}1234\u{200B}5678",
            "010\u{A0}1234\u{A0}5678",
            "010\u{3000}1234\u{3000}5678",
            "（０２）６２０６ー００００",
            "⓪①⓪①②③④⑤⑥⑦⑧",
            "0\u{AD}10\u{FEFF}12345678",
        ],
        "telephone number",
    );
}

#[test]
fn f_22_an_ordinary_id_is_taken_and_no_range_of_them_is_refused() {
    both_take([
        "821000000",
        "820999999",
        "8210",
        "821012345",
        "8210123456",
        "82101234567",
        "8210123456789",
        "0000012345",
        "0000000001",
        "0123456789",
        "0101234567",
        "0212345678",
        "0311234567",
        "0999999999",
        "000000012345",
        "1",
        "7",
        "81",
        "123456",
        "10293847",
        "999999999",
        "1000000000",
        "9999999999",
        "12345678901",
        "1795316400000",
        "175928847299117063",
        "acct_81",
        "acct-0",
        "user_1",
        "user_10",
        "user00042",
        "user1",
        "test_81",
        "018f0d2e-7a63-7cc1-98f4-1d2b3c4d5e6f",
        "018F0D2E7A637CC198F41D2B3C4D5E6F",
        "회원-81",
        "nullah",
        "nonesuch",
        "annul",
        "nilsson",
        "2026-11-27",
        "2026-0001-0042",
        "1234-5678-9012-3456",
        "192.168.100.200",
        "kakao:3141592653",
        "a3f9",
        "deadbeef",
        "g0",
        "0e462097431906509019562988736854",
        "cfcd2084-95d5-45ef-96e7-dff9f98764db",
        "1-2-345-6789",
        "10-20-300-4000",
        "12-34-567-8901",
        "1-234-567-890",
        "19-12-345-6789",
        "2-10-345-6789",
        "100-20-300-4000",
        "no",
        "no-1",
        "guest-42",
        "Noel",
        "Anina",
        "Nora-Ida",
        "idris",
        "unit-7",
        "default-7f3a",
        "nobody_knows_7",
        "김철수",
        "田中",
        "Ｋim",
        "𝐤im81",
    ]);
}

#[test]
fn a_scheme_of_the_library_or_blanks_around_a_name_are_refused_by_both() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    for name in ["device:1", "anonymous:1", "Device:1", "ｄｅｖｉｃｅ：1", "\u{200B}anonymous:1"] {
        assert!(phone_refuses(&consent, name).is_some_and(|reason| reason.contains("reserved")), "{name:?}");
    }
    both_refuse(&[" acct_81", "acct_81 ", "\u{3000}acct_81"], "spaces");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// Only the documented shapes of numbers are refused: whatever else a counter or a zero-padded column gives is an id.
    #[test]
    fn f_22_any_number_is_an_id_but_for_the_documented_shapes(number in 1_u64..=999_999_999_999, width in 1_usize..=13) {
        let name = format!("{number:0width$}");
        let mobile = name.len() == 11 && ["010", "011", "016", "017", "018", "019"].iter().any(|prefix| name.starts_with(prefix));
        let abroad = name.len() == 12 && name.starts_with("8210");
        let end = ["2147483647", "4294967295"].contains(&name.as_str());
        prop_assert_eq!(consentkit::sync::subject_name::check(&name).is_err(), mobile || abroad || end, "{}", name);
    }

    /// A name that is refused is refused in every set of digits.
    #[test]
    fn f_22_a_number_in_other_digits_is_judged_as_the_number(number in 1_u64..=999_999_999_999, zero in prop::sample::select(vec![0x660_u32, 0x966, 0xFF10, 0x1D7CE, 0xE50])) {
        let plain = format!("{number:011}");
        let other: String = plain.chars().map(|digit| char::from_u32(zero + digit.to_digit(10).unwrap()).unwrap()).collect();
        prop_assert_eq!(consentkit::sync::subject_name::check(&plain), consentkit::sync::subject_name::check(&other));
    }

    #[test]
    fn no_text_makes_the_rule_panic(name in ".{0,40}") {
        let _ = consentkit::sync::subject_name::check(&name);
    }
}
