//! How a form looks, as data: colours for light and dark, how round corners are, how far things stand apart, a logo. Accepting and refusing are
//! drawn with the same tokens, so that no theme can make one of them stand out.

use super::fault::FormFault;

/// Contrast of a text with what it stands on (WCAG 2.2, 1.4.3).
const TEXT_CONTRAST: f64 = 4.5;

/// Contrast of the edge of a switch and of the focus ring with what they stand on (WCAG 2.2, 1.4.11).
const EDGE_CONTRAST: f64 = 3.0;

/// Roundest corner, in pixels: more would cut into the text of a card.
const MAX_RADIUS: i64 = 32;

/// Closest and widest spacing, in pixels. Closer than that, two targets touch; wider, a narrow phone has no room for text.
const SPACING: std::ops::RangeInclusive<i64> = 8..=32;

/// Largest logo, as a `data:` address in bytes: it is part of every page.
pub const MAX_LOGO_BYTES: usize = 32 * 1024;

/// Kinds of pictures that a page shows. Nothing in them runs, since they are shown as pictures.
const PICTURES: &[&str] = &["data:image/png;base64,", "data:image/webp;base64,", "data:image/jpeg;base64,", "data:image/svg+xml;base64,"];

/// The colours of one appearance, each as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colours {
    /// Behind everything.
    pub page: String,
    /// Cards.
    pub surface: String,
    /// Text, buttons and switches.
    pub ink: String,
    /// Labels and what is said beside.
    pub muted: String,
    /// The edge of a switch that is off.
    pub line: String,
    /// Links.
    pub link: String,
    /// The ring around what has the focus.
    pub focus: String,
    /// That the system takes a yes away.
    pub warning: String,
}

/// A picture beside the company's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The picture: `data:image/png;base64,…`, or the same of webp, jpeg or svg+xml.
    pub data: String,
    /// What it shows, for who cannot see it; empty where the company's name says so already.
    pub text: String,
}

/// How a form looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// The colours of the light appearance.
    pub light: Colours,
    /// The colours of the dark appearance, which a system that is set to it shows.
    pub dark: Colours,
    /// How round corners are, in pixels: 0 to 32.
    pub radius: i64,
    /// How far things stand apart, in pixels: 8 to 32.
    pub spacing: i64,
    /// The logo, where there is one.
    pub logo: Option<Logo>,
}

impl Default for Theme {
    fn default() -> Self {
        let colours = |[page, surface, ink, muted, line, link, focus, warning]: [&str; 8]| Colours {
            page: page.into(),
            surface: surface.into(),
            ink: ink.into(),
            muted: muted.into(),
            line: line.into(),
            link: link.into(),
            focus: focus.into(),
            warning: warning.into(),
        };
        Self {
            light: colours(["#f2f3f5", "#ffffff", "#15171c", "#565b66", "#737985", "#1d4ed8", "#1d4ed8", "#8a3b00"]),
            dark: colours(["#0f1013", "#1a1c22", "#f1f2f5", "#a6abb6", "#868c98", "#9dbcff", "#9dbcff", "#ffbf80"]),
            radius: 14,
            spacing: 16,
            logo: None,
        }
    }
}

impl Theme {
    /// The tokens as custom properties of CSS. Refuses a colour that is none, and one whose contrast falls short, by the token's name.
    pub(super) fn css(&self) -> Result<String, FormFault> {
        let refuse = |token: &str, reason: String| Err(FormFault::Theme { named: token.into(), reason });
        if !(0..=MAX_RADIUS).contains(&self.radius) {
            return refuse("radius", format!("must be 0 to {MAX_RADIUS}"));
        }
        if !SPACING.contains(&self.spacing) {
            return refuse("spacing", format!("must be {} to {}", SPACING.start(), SPACING.end()));
        }
        if let Some(logo) = &self.logo {
            let coded = PICTURES.iter().find_map(|kind| logo.data.strip_prefix(kind));
            let is_plain = |coded: &str| coded.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
            if logo.data.len() > MAX_LOGO_BYTES || !coded.is_some_and(is_plain) {
                return refuse("logo.data", format!("must be a picture as data:image/png;base64, and of at most {MAX_LOGO_BYTES} bytes"));
            }
        }
        let (light, dark) = (self.light.css("light")?, self.dark.css("dark")?);
        Ok(format!(":root{{{light}--r:{}px;--s:{}px}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}", self.radius, self.spacing))
    }
}

impl Colours {
    fn css(&self, appearance: &str) -> Result<String, FormFault> {
        let named = [
            ("page", &self.page),
            ("surface", &self.surface),
            ("ink", &self.ink),
            ("muted", &self.muted),
            ("line", &self.line),
            ("link", &self.link),
            ("focus", &self.focus),
            ("warning", &self.warning),
        ];
        let mut read = vec![];
        for (name, colour) in named {
            let Some(luminance) = luminance(colour) else {
                let reason = "is no colour; write it as #rrggbb".to_owned();
                return Err(FormFault::Theme { named: format!("{appearance}.{name}"), reason });
            };
            read.push((name, luminance));
        }
        let behind = |name: &&(&str, f64)| matches!(name.0, "page" | "surface");
        for (token, front) in read.iter().filter(|name| !behind(name)) {
            let least = if matches!(*token, "line" | "focus") { EDGE_CONTRAST } else { TEXT_CONTRAST };
            for (beside, back) in read.iter().filter(behind) {
                let ratio = (front.max(*back) + 0.05) / (front.min(*back) + 0.05);
                if ratio < least {
                    return Err(FormFault::Contrast {
                        named: format!("{appearance}.{token}"),
                        beside: format!("{appearance}.{beside}"),
                        // Cut and not rounded, so that 4.499 is not told as 4.50.
                        ratio: format!("{:.2}", (ratio * 100.0).floor() / 100.0),
                        least: least.to_string(),
                    });
                }
            }
        }
        Ok(named.iter().map(|(name, colour)| format!("--{name}:{colour};")).collect())
    }
}

/// The relative luminance of a colour as WCAG defines it; `None` where it is none.
fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    let part = |at: usize| {
        let part = digits.get(at..at + 2).and_then(|part| u8::from_str_radix(part, 16).ok())?;
        let share = f64::from(part) / 255.0;
        Some(if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * part(0)? + 0.7152 * part(2)? + 0.0722 * part(4)?)
}

#[cfg(test)]
mod tests {
    use super::{Colours, FormFault, Theme, luminance};

    #[test]
    fn the_default_theme_holds_its_contrasts_and_black_on_white_is_twenty_one() {
        assert!(Theme::default().css().is_ok());
        assert_eq!([luminance("#ffffff"), luminance("#000000")], [Some(1.0), Some(0.0)]);
    }

    #[test]
    fn what_is_no_colour_is_named_by_its_token() {
        for colour in ["", "red", "#fff", "#gggggg", "#1234567", "#12345", "rgb(0,0,0)", "#ffffff}body{display:none", "＃ffffff"] {
            let theme = Theme { dark: Colours { muted: colour.into(), ..Theme::default().dark }, ..Theme::default() };
            let fault = theme.css();
            assert!(matches!(&fault, Err(FormFault::Theme { named, .. }) if named == "dark.muted"), "{colour}: {fault:?}");
        }
    }

    #[test]
    fn a_theme_whose_contrast_falls_short_is_refused_with_the_token_and_the_ratio() {
        type Change = (fn(&mut Colours), &'static str, &'static str);
        let changes: [Change; 3] = [
            (|colours: &mut Colours| colours.muted = "#777777".into(), "light.muted", "4.03"),
            (|colours: &mut Colours| colours.line = "#cccccc".into(), "light.line", "1.44"),
            (|colours: &mut Colours| colours.link = "#ffffff".into(), "light.link", "1.11"),
        ];
        for (change, token, ratio) in changes {
            let mut theme = Theme::default();
            change(&mut theme.light);
            let told = theme.css().map_err(|fault| fault.to_string());
            assert!(told.as_ref().is_err_and(|told| told.contains(token) && told.contains(&format!("is {ratio}:1"))), "{told:?}");
        }
    }

    #[test]
    fn a_size_or_a_picture_that_cannot_be_used_is_refused() {
        let logo = |data: &str| Some(super::Logo { data: data.into(), text: String::new() });
        for theme in [
            Theme { radius: -1, ..Theme::default() },
            Theme { radius: 33, ..Theme::default() },
            Theme { spacing: 7, ..Theme::default() },
            Theme { logo: logo("https://a.example/logo.png"), ..Theme::default() },
            Theme { logo: logo("data:text/html;base64,PHA+"), ..Theme::default() },
            Theme { logo: logo("data:image/png;base64,\" onerror="), ..Theme::default() },
            Theme { logo: logo(&format!("data:image/png;base64,{}", "A".repeat(40_000))), ..Theme::default() },
        ] {
            assert!(matches!(theme.css(), Err(FormFault::Theme { .. })), "{theme:?}");
        }
        assert!(Theme { logo: logo("data:image/png;base64,iVBORw0KGgo="), ..Theme::default() }.css().is_ok());
    }
}
