//! `#[derive(FromJson)]`: the reader of a type's JSON, made from the type itself, so that each field is named once.
//!
//! It obeys the attributes that `serde` writes the type by, so that what is written is what is read:
//!
//! | attribute | what the reader does |
//! | --- | --- |
//! | `deny_unknown_fields` on the type | refuses an object with a member that is no field |
//! | `default` on a field | takes the type's default where the member is absent |
//! | `default = "…"` on a field | takes what that function gives where the member is absent |
//! | `skip` on a field | does not look for it, and takes the type's default |
//! | `flatten` on a field | reads it from the object around it |
//! | `rename = "…"` on a field or variant | looks for that name |
//! | `rename_all = "snake_case"` on an enum | names the variants as serde does; an enum without it is refused |
//! | `alias = "…"` on a variant | takes that word too |
//! | `tag = "…"` on an enum | finds the variant's name in that member, and the content beside it |
//! | `skip_serializing_if` on a field | nothing: it is about writing |
//!
//! Any other attribute is an error of the build, since a reader that ignored it would not read what is written.
//!
//! It is no replacement for `serde::Deserialize`, which takes more than is written: a list for a struct, `{"word": null}` for a word.
//! `docs/decisions/08-a-derive-of-our-own.md` tells what was measured. The code that it writes names `crate::json` and `crate::shape`, so
//! that it works inside the crate `consentkit` and nowhere else.

mod attributes;
mod reader;

use proc_macro::TokenStream;

/// Implements `FromJson` for a struct with named fields or an enum, and `serde::Deserialize` on top of it.
#[proc_macro_derive(FromJson, attributes(serde))]
pub fn from_json(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    reader::reader(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
