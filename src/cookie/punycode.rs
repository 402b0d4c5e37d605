//! Letters of other scripts in the name of a host, as ASCII (RFC 3492).

const BASE: u32 = 36;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
/// The smallest and the largest threshold; with the three above and the two below they are the numbers of section 5 of the RFC.
const THRESHOLDS: (u32, u32) = (1, 26);
const INITIAL_BIAS: u32 = 72;
const INITIAL_LETTER: u32 = 128;

/// A domain with each label in ASCII; `None` where a label is longer than numbers can tell. Letters are made lower-case and not otherwise
/// brought to one form, so a domain has to be written as its registry writes it.
pub(super) fn to_ascii(domain: &str) -> Option<String> {
    let domain = domain.to_lowercase();
    let labels =
        domain.split('.').map(|label| if label.is_ascii() { Some(label.to_owned()) } else { Some(format!("xn--{}", encode(label)?)) });
    labels.collect::<Option<Vec<String>>>().map(|labels| labels.join("."))
}

fn encode(label: &str) -> Option<String> {
    let letters: Vec<u32> = label.chars().map(u32::from).collect();
    let mut coded: String = label.chars().filter(char::is_ascii).collect();
    let plain = u32::try_from(coded.len()).ok()?;
    if plain > 0 {
        coded.push('-');
    }
    let (mut next, mut delta, mut bias, mut done) = (INITIAL_LETTER, 0u32, INITIAL_BIAS, plain);
    while let Some(letter) = letters.iter().copied().filter(|letter| *letter >= next).min() {
        delta = (letter - next).checked_mul(done + 1)?.checked_add(delta)?;
        next = letter;
        for seen in &letters {
            if *seen < next {
                delta = delta.checked_add(1)?;
            } else if *seen == next {
                push_number(&mut coded, delta, bias);
                bias = adapt(delta, done + 1, done == plain);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.checked_add(1)?;
        next = next.checked_add(1)?;
    }
    Some(coded)
}

fn push_number(coded: &mut String, mut number: u32, bias: u32) {
    let mut at = BASE;
    loop {
        let threshold = at.saturating_sub(bias).clamp(THRESHOLDS.0, THRESHOLDS.1);
        if number < threshold {
            coded.push(digit(number));
            return;
        }
        coded.push(digit(threshold + (number - threshold) % (BASE - threshold)));
        number = (number - threshold) / (BASE - threshold);
        at += BASE;
    }
}

fn digit(value: u32) -> char {
    char::from_digit(if value < 26 { value + 10 } else { value - 26 }, BASE).unwrap_or('0')
}

fn adapt(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut bias = 0;
    while delta > ((BASE - THRESHOLDS.0) * THRESHOLDS.1) / 2 {
        delta /= BASE - THRESHOLDS.0;
        bias += BASE;
    }
    bias + (BASE - THRESHOLDS.0 + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn domains_of_other_scripts_are_written_in_ascii() {
        for (domain, ascii) in [
            ("example.com", "example.com"),
            ("한국", "xn--3e0b707e"),
            ("삼성", "xn--cg4bki"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.Example", "xn--bcher-kva.example"),
            ("公司.cn", "xn--55qx5d.cn"),
            ("рф", "xn--p1ai"),
            ("भारत", "xn--h2brj9c"),
        ] {
            assert_eq!(to_ascii(domain).as_deref(), Some(ascii), "{domain}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_out_in_ascii_or_not_at_all(domain in "\\PC{0,80}") {
            prop_assert!(to_ascii(&domain).is_none_or(|ascii| ascii.is_ascii()));
        }
    }
}
