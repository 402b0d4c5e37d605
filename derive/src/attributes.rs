//! The attributes of serde that say how a type is written, as far as its reader needs them.

use syn::{Attribute, Error, Field, Ident, LitStr, Path, Result, Type, Variant, ext::IdentExt, meta::ParseNestedMeta};

/// What the attributes of a struct or an enum say.
#[derive(Default)]
pub struct OfType {
    /// A member that is no field is a fault.
    pub strict: bool,
    /// The variants of an enum are named `like_this`.
    pub snake_case: bool,
    /// The member that holds the name of an enum's variant, where the content stands beside it.
    pub tag: Option<String>,
}

impl OfType {
    /// Reads the attributes of a type.
    pub fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        each(attributes, |meta| {
            match name(&meta)?.as_str() {
                "deny_unknown_fields" => found.strict = true,
                "rename_all" if text(&meta)? == "snake_case" => found.snake_case = true,
                "tag" => found.tag = Some(text(&meta)?),
                _ => return Err(meta.error("FromJson does not know how to read what this writes")),
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Where a field is found.
pub enum Place {
    /// In a member that must be there.
    Needed,
    /// In a member that may be absent and is then the type's default.
    Optional,
    /// In a member that may be absent and is then what this function gives.
    OptionalOr(Path),
    /// In the members of the object around it.
    Around,
    /// Nowhere: it is not written.
    Nowhere,
}

/// Reads the attributes of a field: where it is found, and the name of the member.
pub fn of_field(field: &Field, ident: &Ident) -> Result<(Place, String)> {
    let (mut place, mut key) = (Place::Needed, ident.unraw().to_string());
    each(&field.attrs, |meta| {
        match name(&meta)?.as_str() {
            "default" if meta.input.peek(syn::Token![=]) => place = Place::OptionalOr(meta.value()?.parse::<LitStr>()?.parse()?),
            "default" => place = Place::Optional,
            "flatten" => place = Place::Around,
            "skip" => place = Place::Nowhere,
            "rename" => key = text(&meta)?,
            "skip_serializing_if" => drop(text(&meta)?),
            _ => return Err(meta.error("FromJson does not know how to read what this writes")),
        }
        Ok(())
    })?;
    if matches!(place, Place::Needed) && is_option(&field.ty) {
        return Err(Error::new_spanned(&field.ty, "write #[serde(default)]: FromJson takes no field for absent that does not say so"));
    }
    Ok((place, key))
}

/// Reads the attributes of a variant: the words for it, the one that is written first.
pub fn of_variant(variant: &Variant, of_type: &OfType) -> Result<Vec<String>> {
    let (mut written, mut aliases) = (None, Vec::new());
    each(&variant.attrs, |meta| {
        match name(&meta)?.as_str() {
            "rename" => written = Some(text(&meta)?),
            "alias" => aliases.push(text(&meta)?),
            _ => return Err(meta.error("FromJson does not know how to read what this writes")),
        }
        Ok(())
    })?;
    let written = match written {
        Some(written) => written,
        None if of_type.snake_case => snake_case(&variant.ident.unraw().to_string()),
        None => return Err(Error::new_spanned(&variant.ident, "write #[serde(rename_all = \"snake_case\")] on the enum")),
    };
    aliases.insert(0, written);
    if let Some(word) = aliases.iter().find(|word| word.is_empty() || word.contains(',')) {
        return Err(Error::new_spanned(&variant.ident, format!("{word:?} is no word that FromJson can tell from others")));
    }
    Ok(aliases)
}

fn each(attributes: &[Attribute], mut read: impl FnMut(ParseNestedMeta) -> Result<()>) -> Result<()> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .try_for_each(|attribute| attribute.parse_nested_meta(&mut read))
}

fn name(meta: &ParseNestedMeta) -> Result<String> {
    meta.path.require_ident().map(Ident::to_string)
}

fn text(meta: &ParseNestedMeta) -> Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

fn is_option(kind: &Type) -> bool {
    matches!(kind, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// `TwoWords` as `two_words`, which is how serde writes it.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
