//! Texts that stand for no account: what programs write where there is no value, and what people write for nobody in particular.

/// Words that programs write where there is no value. Each counts only as a word by itself, because inside another word it may be part of a
/// name (`nilsson`).
const NOTHING: [&str; 18] = [
    "null",
    "undefined",
    "nil",
    "none",
    "nan",
    "nul",
    "undef",
    "void",
    "empty",
    "blank",
    "infinity",
    "inf",
    "dbnull",
    "optional",
    "nullptr",
    "nothing",
    "missing",
    "unset",
];

/// Of these, the words that make any text a placeholder in which they stand: `user_undefined` is a template that was filled with nothing.
const NEVER_PART: [&str; 2] = ["null", "undefined"];

/// Words for nobody in particular, for people in general, and for the names of fields. A text made of nothing but these names nobody,
/// however they are joined: `guest`, `unknown_user`, `userId`, `not-logged-in`, `currentUser`.
const NOBODY: [&str; 108] = [
    // In English, and as programs say it.
    "unknown",
    "anonymous",
    "anonym",
    "anon",
    "guests",
    "guest",
    "nobody",
    "noname",
    "nothing",
    "null",
    "undefined",
    "none",
    "empty",
    "blank",
    "missing",
    "unset",
    "invalid",
    "error",
    "default",
    "placeholder",
    "dummy",
    "sample",
    "example",
    "tester",
    "test",
    "temporary",
    "unnamed",
    "unspecified",
    "unassigned",
    "unavailable",
    "unauthenticated",
    "unauthorized",
    "unauthorised",
    "unidentified",
    "unregistered",
    "authenticated",
    "identified",
    "registered",
    "available",
    "specified",
    "assigned",
    "defined",
    "found",
    "known",
    "loggedin",
    "loggedout",
    "loggedoff",
    "signedin",
    "signedout",
    "signedoff",
    "login",
    "logout",
    "signin",
    "signout",
    "current",
    "users",
    "user",
    "userid",
    "account",
    "member",
    "customer",
    "visitor",
    "subject",
    "string",
    "object",
    "value",
    "false",
    "true",
    "name",
    "kotlinunit",
    // Korean.
    "없음",
    "익명",
    "비회원",
    "게스트",
    "손님",
    "미정",
    "알수없음",
    "미로그인",
    "비로그인",
    "로그아웃",
    "사용자",
    "유저",
    "무명",
    // Chinese and Japanese. The sign for a long vowel is left out, because the plain form turns it into a dash, and dashes separate words.
    "匿名",
    "游客",
    "遊客",
    "访客",
    "訪客",
    "未知",
    "未登录",
    "未登錄",
    "未登入",
    "未ログイン",
    "ゲスト",
    "名無し",
    "不明",
    "用户",
    "用戶",
    "ユザ",
    "未定义",
    "未定義",
    // Other languages with many readers.
    "аноним",
    "гость",
    "неизвестно",
    "anónimo",
    "desconocido",
    "invitado",
    "inconnu",
];

/// Words that name nobody only together with one of those: `no_user`, `not-logged-in`, `guest_id`.
const BESIDE: [&str; 8] = ["no", "not", "non", "id", "ids", "uid", "uuid", "guid"];

/// Whole texts, of one word or several, that name nobody. The same words may be parts of a name.
const WHOLE: [&str; 18] = [
    "na", "n a", "id", "uid", "uuid", "guid", "no id", "noid", "no uid", "not set", "notset", "unit", "todo", "tbd", "無", "无", "空",
    "なし",
];

/// Numbers that programs use for "no id" or write for zero: the ends of a machine word and of the numbers that JavaScript counts with.
const NUMBERS: [&str; 14] = [
    "2147483647",
    "4294967295",
    "9007199254740991",
    "9223372036854775807",
    "18446744073709551615",
    "170141183460469231731687303715884105727",
    "340282366920938463463374607431768211455",
    "0e0",
    "0e00",
    "0.0e0",
    "0e+0",
    "0e+00",
    "0n",
    "0l",
];

/// The MD5, SHA-1 and SHA-256 of an empty text, of `0`, `null` and `undefined`. A program writes them that hashes an id that is not there.
const HASHES_OF_NOTHING: [&str; 12] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "cfcd208495d565ef66e7dff9f98764da",
    "b6589fc6ab0dc82cf12099d1c2d40ab994e8410c",
    "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
    "37a6259cc0c1dae299a7866489dff0bd",
    "2be88ca4242c76e8253ac62474851065032d6833",
    "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
    "5e543256c480ac577d30f76f9120eb74",
    "d5d4cd07616a542891b7ec2d0257b3a24b69856e",
    "eb045d78d273107348b0300c01d29b7552d622abbc6faf81b3ec55359aa9950c",
];

/// Hexadecimal digits of a UUID, and of an MD5.
const UUID_DIGITS: usize = 32;

/// Digits of a UUID that say of which kind it is. A UUID made of an MD5 (version 3) has the hash's own digits everywhere else.
const KIND_DIGITS: [usize; 2] = [12, 16];

/// True where a text in its plain form stands for no account.
pub(super) fn is_placeholder(plain: &str) -> bool {
    let words: Vec<&str> = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // Words for nothing and zeros are left out, so that `user_0` and `guest_nil` are judged by the rest. Where nothing is left the text is
    // a placeholder, also one that holds nothing but signs.
    let left: String = words.iter().filter(|word| !is_zero(word) && !NOTHING.contains(word)).copied().collect();
    left.is_empty()
        || is_made_of_nobody(&left)
        || WHOLE.contains(&left.as_str())
        || words.iter().any(|word| NEVER_PART.contains(word))
        || WHOLE.contains(&words.join(" ").as_str())
        || is_minus_one_or_less(plain)
        || NUMBERS.contains(&plain)
        || is_hash_of_nothing(plain)
        || plain == "\\n"
        || plain.contains("<nil>")
        || plain.starts_with("[object ")
        || is_unfilled_template(plain)
        || is_uuid_of_one_digit(plain)
}

/// True for zero, however it is written: `0`, `000`, `0x0`, `0x00`, but not `0x1`.
fn is_zero(word: &str) -> bool {
    word.strip_prefix("0x").unwrap_or(word).bytes().all(|byte| byte == b'0')
}

/// True where the whole text consists of words of [`NOBODY`] and [`BESIDE`], one after the other, at least one of them of [`NOBODY`].
fn is_made_of_nobody(text: &str) -> bool {
    // For each place in the text: `Some` where words lead up to it, and then whether one of them is of `NOBODY`.
    let mut reached: Vec<Option<bool>> = vec![None; text.len() + 1];
    reached[0] = Some(false);
    for from in 0..text.len() {
        let (Some(said), Some(rest)) = (reached[from], text.get(from..)) else { continue };
        let words = NOBODY.iter().map(|word| (word, true)).chain(BESIDE.iter().map(|word| (word, said)));
        for (word, says) in words.filter(|(word, _)| rest.starts_with(**word)) {
            let to = &mut reached[from + word.len()];
            *to = Some(says || *to == Some(true));
        }
    }
    reached[text.len()] == Some(true)
}

/// True for `-1`, `-999`, and a template that was filled with -1. No counter gives a number below zero, so it is no id.
fn is_minus_one_or_less(plain: &str) -> bool {
    let negative = plain.strip_prefix('-').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    negative || [":-1", "_-1", "=-1", "/-1"].iter().any(|end| plain.ends_with(end))
}

/// True for a template that nobody filled: `${userId}`, `{{id}}`, `%s`.
fn is_unfilled_template(plain: &str) -> bool {
    plain.contains("${") || plain.contains("{{") || ["%s", "%d", "%@", "{}", "{0}", "%1$s"].contains(&plain)
}

fn hexadecimal(plain: &str) -> Option<Vec<u8>> {
    let digits = plain.trim_start_matches("urn:uuid:").bytes().filter(|sign| !b"{}-".contains(sign));
    let digits: Vec<u8> = digits.collect();
    digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)
}

fn is_hash_of_nothing(plain: &str) -> bool {
    let Some(digits) = hexadecimal(plain) else { return false };
    HASHES_OF_NOTHING.iter().any(|hash| {
        let differs = |at: usize| hash.as_bytes()[at] != digits[at];
        hash.len() == digits.len()
            && (0..digits.len()).all(|at| !differs(at) || (digits.len() == UUID_DIGITS && KIND_DIGITS.contains(&at) && plain.contains('-')))
    })
}

/// True for a UUID of a single digit, as `00000000-0000-0000-0000-000000000000` or `ffffffff-…`. No random UUID is one.
fn is_uuid_of_one_digit(plain: &str) -> bool {
    hexadecimal(plain).is_some_and(|digits| digits.len() == UUID_DIGITS && digits.iter().all(|digit| *digit == digits[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_21_every_word_names_nobody_alone_and_beside_every_other() {
        for word in NOBODY {
            assert!(is_placeholder(word), "{word}");
            for other in NOBODY {
                assert!(is_placeholder(&format!("{word}{other}")) && is_placeholder(&format!("{word}_{other}")), "{word}, {other}");
            }
            for beside in BESIDE {
                assert!(is_placeholder(&format!("{beside}{word}")), "{beside}{word}");
            }
        }
    }

    #[test]
    fn f_22_short_words_alone_and_words_with_something_of_their_own_are_names() {
        for name in ["no", "not", "nono", "non-no", "no-1", "guest-42", "user1", "user_42", "test_81", "acct-0", "noel", "nilsson", "idnot"]
        {
            assert!(!is_placeholder(name), "{name}");
        }
    }
}
