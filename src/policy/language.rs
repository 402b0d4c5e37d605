//! Which of a policy's languages is nearest to the one that a person reads.
//!
//! A language that is written in several scripts is as good as several: who reads traditional Chinese characters in Taipei (`zh-TW`) is not
//! helped by simplified ones. A tag seldom names its script, so the small table here says which script a tag without one means.

/// A language, the script where a tag names none, and the regions where it is another.
type Scripts = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// The languages that are written in several scripts, by Unicode's likely subtags.
const SCRIPTS: &[Scripts] = &[
    ("zh", "Hans", &[("Hant", "TW HK MO AU BN GB GF ID PA PF PH SR TH US VN")]),
    ("yue", "Hant", &[("Hans", "CN")]),
    ("sr", "Cyrl", &[("Latn", "ME RO RU TR")]),
    ("az", "Latn", &[("Arab", "IR IQ"), ("Cyrl", "RU")]),
    ("bs", "Latn", &[]),
    ("ha", "Latn", &[("Arab", "CM SD")]),
    ("kk", "Cyrl", &[("Arab", "AF CN IR MN")]),
    ("ku", "Latn", &[("Arab", "IQ IR LB")]),
    ("ky", "Cyrl", &[("Arab", "CN"), ("Latn", "TR")]),
    ("mn", "Cyrl", &[("Mong", "CN")]),
    ("ms", "Latn", &[("Arab", "CC")]),
    ("pa", "Guru", &[("Arab", "PK")]),
    ("sd", "Arab", &[("Deva", "IN")]),
    ("tg", "Cyrl", &[("Arab", "PK")]),
    ("tt", "Cyrl", &[]),
    ("ug", "Arab", &[("Cyrl", "KZ MN")]),
    ("uz", "Latn", &[("Arab", "AF"), ("Cyrl", "CN")]),
];

/// Languages that go by another name as well: old names that systems still report, and Norwegian, which names its usual form or leaves it out.
const ALIASES: &[(&str, &str)] =
    &[("iw", "he"), ("in", "id"), ("ji", "yi"), ("jw", "jv"), ("mo", "ro"), ("tl", "fil"), ("no", "nb"), ("cmn", "zh"), ("sh", "sr-Latn")];

/// The parts of a tag that decide: `zh`, `Hant`, `TW`.
#[derive(PartialEq, Eq)]
struct Tag {
    language: String,
    script: String,
    region: String,
}

impl Tag {
    /// Reads `zh-Hant-TW`, also as systems write it: `zh_TW`, `zh_TW.UTF-8`.
    fn read(tag: &str) -> Self {
        let tag = tag.split(['.', '@']).next().unwrap_or_default();
        let mut parts: Vec<String> = tag.split(['-', '_']).map(str::to_ascii_lowercase).collect();
        if let Some((_, name)) = ALIASES.iter().find(|(alias, _)| parts.first().is_some_and(|first| first == alias)) {
            parts.splice(0..1, name.split('-').map(str::to_ascii_lowercase));
        }
        // What stands alone in a letter opens an extension, and nothing behind it says what the language is.
        let parts: Vec<String> =
            parts.into_iter().enumerate().take_while(|(at, part)| *at == 0 || part.len() > 1).map(|(_, part)| part).collect();
        let letters = |part: &&String, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let region =
            parts.iter().skip(1).find(|part| letters(part, 2) || (part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit())));
        let region = region.cloned().unwrap_or_default();
        let language = parts.first().cloned().unwrap_or_default();
        let script = parts.iter().skip(1).find(|part| letters(part, 4)).cloned();
        let script = script.unwrap_or_else(|| likely_script(&language, &region).to_ascii_lowercase());
        Self { language, script, region }
    }
}

fn likely_script(language: &str, region: &str) -> &'static str {
    let Some((_, usual, others)) = SCRIPTS.iter().find(|(name, ..)| *name == language) else { return "" };
    let other = others.iter().find(|(_, regions)| regions.split(' ').any(|known| known.eq_ignore_ascii_case(region)));
    other.map_or(usual, |(script, _)| script)
}

/// The declared language nearest to an asked one: the same tag, or else the same language in the same script, of the same region where there
/// is one, or else the same language in another script, or else the first. `None` where none is declared.
pub fn nearest<'a>(declared: &'a [String], asked: &str) -> Option<&'a String> {
    let wanted = Tag::read(asked);
    let distance = |tag: &&String| {
        let found = Tag::read(tag);
        let steps =
            [!tag.eq_ignore_ascii_case(asked), found.script != wanted.script, found.region != wanted.region, !found.region.is_empty()];
        (found.language == wanted.language).then_some(steps)
    };
    // Of several that are as near, the first declared wins.
    let near = declared.iter().filter_map(|tag| Some((distance(&tag)?, tag))).min_by_key(|(distance, _)| *distance);
    near.map(|(_, tag)| tag).or_else(|| declared.first())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    fn found(declared: &[&str], asked: &str) -> String {
        let declared: Vec<String> = declared.iter().map(|tag| (*tag).to_owned()).collect();
        nearest(&declared, asked).cloned().unwrap_or_default()
    }

    #[test]
    fn f_39_a_script_counts_although_the_tag_does_not_name_it() {
        let chinese = ["en", "zh-Hans", "zh-Hant"];
        for (asked, expected) in [
            ("zh-TW", "zh-Hant"),
            ("zh-HK", "zh-Hant"),
            ("zh-MO", "zh-Hant"),
            ("zh_TW", "zh-Hant"),
            ("zh_TW.UTF-8", "zh-Hant"),
            ("zh-Hant-HK", "zh-Hant"),
            ("zh-hant-cn", "zh-Hant"),
            ("zh", "zh-Hans"),
            ("zh-CN", "zh-Hans"),
            ("zh-SG", "zh-Hans"),
            ("zh-Hans-TW", "zh-Hans"),
            ("cmn-TW", "zh-Hant"),
            ("zh-TW-u-ca-roc", "zh-Hant"),
            ("zh-u-rg-twzzzz", "zh-Hans"),
            ("ja", "en"),
        ] {
            assert_eq!(found(&chinese, asked), expected, "{asked}");
        }
        let as_apps_write_it = ["zh-CN", "zh-TW", "zh-HK"];
        for (asked, expected) in
            [("zh-Hant", "zh-TW"), ("zh-Hant-HK", "zh-HK"), ("zh-MO", "zh-TW"), ("zh-Hans-SG", "zh-CN"), ("zh", "zh-CN")]
        {
            assert_eq!(found(&as_apps_write_it, asked), expected, "{asked}");
        }
        let serbian = ["sr-Latn", "sr"];
        for (asked, expected) in [("sr-Cyrl", "sr"), ("sr-RS", "sr"), ("sr-ME", "sr-Latn"), ("sr-Latn-RS", "sr-Latn"), ("sh", "sr-Latn")] {
            assert_eq!(found(&serbian, asked), expected, "{asked}");
        }
        for (declared, asked, expected) in [
            (["uz-Latn", "uz-Cyrl"], "uz-CN", "uz-Cyrl"),
            (["az-Arab", "az"], "az-AZ", "az"),
            (["pa", "pa-Arab"], "pa-PK", "pa-Arab"),
            (["kk-Arab", "kk-Cyrl"], "kk", "kk-Cyrl"),
            (["mn-Mong", "mn"], "mn-CN", "mn-Mong"),
        ] {
            assert_eq!(found(&declared, asked), expected, "{asked}");
        }
    }

    #[test]
    fn the_same_language_in_another_script_comes_before_another_language() {
        assert_eq!(found(&["en", "zh-Hans"], "zh-TW"), "zh-Hans");
        assert_eq!(found(&["en", "sr-Latn"], "sr-Cyrl"), "sr-Latn");
    }

    #[test]
    fn the_region_comes_after_the_script_and_before_the_order() {
        assert_eq!(found(&["pt", "pt-BR"], "pt-BR"), "pt-BR");
        assert_eq!(found(&["pt-BR", "pt"], "pt-PT"), "pt");
        assert_eq!(found(&["pt-BR", "pt-PT"], "pt-AO"), "pt-BR");
        assert_eq!(found(&["en-GB", "en-US"], "en-us"), "en-US");
        assert_eq!(found(&["es-419", "es"], "es-419"), "es-419");
        assert_eq!(found(&["de", "en"], "EN-gb"), "en");
        assert_eq!(found(&["he", "nb", "id"], "iw"), "he");
        assert_eq!(found(&["he", "nb", "id"], "no-NO"), "nb");
        assert_eq!(found(&["he", "no", "id"], "nb-NO"), "no");
        assert_eq!(found(&["ko", "en"], "fr"), "ko");
        assert_eq!(found(&[], "fr"), "");
    }
}
