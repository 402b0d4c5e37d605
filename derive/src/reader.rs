//! The code of a reader.
//!
//! Every type of the library has one, so its size counts: what readers have in common are the functions of `crate::shape`, and a list of
//! names is one text with commas between, because a list of texts would cost each of them a pointer, a length and a relocation.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, FieldsNamed, Ident, Result, Variant};

use crate::attributes::{OfType, Place, of_field, of_variant};

/// The two implementations for a type.
pub fn reader(input: &DeriveInput) -> Result<TokenStream> {
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "FromJson reads no generic type"));
    }
    let (of_type, name) = (OfType::read(&input.attrs)?, &input.ident);
    if of_type.tag.is_some() && (of_type.strict || matches!(input.data, Data::Struct(_))) {
        return Err(Error::new_spanned(name, "FromJson obeys a tag on an enum, and not beside deny_unknown_fields"));
    }
    let body = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => object(&of_type, &quote!(Self), fields)?,
            _ => return Err(Error::new_spanned(name, "FromJson reads structs with named fields")),
        },
        Data::Enum(data) => {
            let variants = data.variants.iter().map(|variant| Ok((variant, of_variant(variant, &of_type)?))).collect::<Result<Vec<_>>>()?;
            match &of_type.tag {
                Some(tag) => beside(tag, &variants)?,
                None if variants.iter().all(|(variant, _)| matches!(variant.fields, Fields::Unit)) => words(&variants),
                None => kinds(&of_type, &variants)?,
            }
        }
        Data::Union(_) => return Err(Error::new_spanned(name, "FromJson reads no union")),
    };
    let shown = name.to_string();
    Ok(quote! {
        impl crate::json::FromJson for #name {
            fn from_json(value: &::serde_json::Value) -> ::std::option::Option<Self> {
                #body
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(reader: D) -> ::std::result::Result<Self, D::Error> {
                crate::shape::deserialize(reader, #shown)
            }
        }
    })
}

/// A struct, or the content of a variant with named fields: its members are those of the object that `value` is.
fn object(of_type: &OfType, constructor: &TokenStream, fields: &FieldsNamed) -> Result<TokenStream> {
    let (mut keys, mut read) = (String::new(), Vec::new());
    for field in &fields.named {
        let Some(ident) = &field.ident else { continue };
        let (place, key) = of_field(field, ident)?;
        if of_type.strict && matches!(place, Place::Around) {
            return Err(Error::new_spanned(ident, "a strict type cannot hold members that it does not name"));
        }
        read.push(match &place {
            Place::Needed => quote!(#ident: crate::shape::needed(object, #key)?),
            Place::Optional => quote!(#ident: crate::shape::optional(object, #key)?),
            Place::OptionalOr(default) => quote!(#ident: crate::shape::optional_or(object, #key, #default)?),
            Place::Around => quote!(#ident: crate::json::FromJson::from_json(value)?),
            Place::Nowhere => quote!(#ident: ::std::default::Default::default()),
        });
        if matches!(place, Place::Needed | Place::Optional | Place::OptionalOr(_)) {
            keys.push_str(&key);
            keys.push(',');
        }
    }
    let strict = of_type.strict.then(|| quote!(if !crate::shape::has_no_other(object, #keys) { return ::std::option::Option::None; }));
    Ok(quote! {
        let object = value.as_object()?;
        #strict
        ::std::option::Option::Some(#constructor { #(#read,)* })
    })
}

/// An enum that is one word.
fn words(variants: &[(&Variant, Vec<String>)]) -> TokenStream {
    let (mut all, mut arms) = (String::new(), Vec::new());
    for (variant, words) in variants {
        let ident = &variant.ident;
        for word in words {
            let index = arms.len();
            all.push_str(word);
            all.push(',');
            arms.push(quote!(#index => ::std::option::Option::Some(Self::#ident)));
        }
    }
    quote! {
        match crate::shape::word(value, #all)? {
            #(#arms,)*
            _ => ::std::option::Option::None,
        }
    }
}

/// An enum of which some variant has content: `"kind"`, or `{"kind": content}`.
fn kinds(of_type: &OfType, variants: &[(&Variant, Vec<String>)]) -> Result<TokenStream> {
    let arms = variants.iter().map(|(variant, words)| {
        let ident = &variant.ident;
        let (content, read) = match &variant.fields {
            Fields::Unit => (quote!(::std::option::Option::None), quote!(::std::option::Option::Some(Self::#ident))),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => (quote!(::std::option::Option::Some(value)), content(ident)),
            Fields::Named(fields) => (quote!(::std::option::Option::Some(value)), object(of_type, &quote!(Self::#ident), fields)?),
            Fields::Unnamed(_) => return Err(Error::new_spanned(ident, "FromJson reads variants with one content or named fields")),
        };
        Ok(quote!((#(#words)|*, #content) => { #read }))
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        match crate::shape::kind(value)? {
            #(#arms)*
            _ => ::std::option::Option::None,
        }
    })
}

/// An enum whose variant is named by the member `tag` of the object that holds the content.
fn beside(tag: &str, variants: &[(&Variant, Vec<String>)]) -> Result<TokenStream> {
    let arms = variants.iter().map(|(variant, words)| match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let read = content(&variant.ident);
            Ok(quote!(#(#words)|* => { #read }))
        }
        _ => Err(Error::new_spanned(&variant.ident, "FromJson reads variants with one content, where a member names the variant")),
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        match value.as_object()?.get(#tag)?.as_str()? {
            #(#arms)*
            _ => ::std::option::Option::None,
        }
    })
}

fn content(variant: &Ident) -> TokenStream {
    quote!(::std::option::Option::Some(Self::#variant(crate::json::FromJson::from_json(value)?)))
}

#[cfg(test)]
mod tests {
    use super::reader;

    /// What the build says of a type; nothing where it has a reader.
    fn refusal(code: &str) -> String {
        let input = syn::parse_str(code).unwrap();
        reader(&input).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn types_as_the_library_has_them_get_a_reader() {
        for code in [
            "#[serde(deny_unknown_fields)] struct A { a: u32, #[serde(default, skip_serializing_if = \"Option::is_none\")] b: Option<u32> }",
            "struct A { #[serde(flatten)] a: B, #[serde(skip)] c: C, #[serde(rename = \"type\")] r#type: u32 }",
            "#[serde(rename_all = \"snake_case\")] enum A { One, #[serde(rename = \"self\")] Two, #[serde(alias = \"3\")] Three }",
            "#[serde(rename_all = \"snake_case\", deny_unknown_fields)] enum A { One, Two(u32), Three { a: u32 } }",
            "#[serde(tag = \"kind\", rename_all = \"snake_case\")] enum A { One(B), Two(C) }",
            "struct A { #[serde(default = \"one\")] a: u32 }",
        ] {
            assert_eq!(refusal(code), "", "{code}");
        }
    }

    #[test]
    fn what_the_reader_would_read_otherwise_than_serde_writes_it_is_refused() {
        let unknown = "FromJson does not know how to read what this writes";
        for (code, expected) in [
            ("#[serde(default)] struct A { a: u32 }", unknown),
            ("#[serde(rename_all = \"camelCase\")] struct A { a: u32 }", unknown),
            ("#[serde(rename_all = \"lowercase\")] enum A { One }", unknown),
            ("#[serde(untagged)] enum A { One(u32) }", unknown),
            ("#[serde(tag = \"kind\", content = \"with\")] enum A { One(B) }", unknown),
            ("struct A { #[serde(with = \"hex\")] a: u32 }", unknown),
            ("struct A { #[serde(skip_serializing)] a: u32 }", unknown),
            ("enum A { One }", "write #[serde(rename_all = \"snake_case\")] on the enum"),
            ("struct A { a: Option<u32> }", "write #[serde(default)]: FromJson takes no field for absent that does not say so"),
            ("#[serde(tag = \"kind\")] struct A { a: u32 }", "FromJson obeys a tag on an enum, and not beside deny_unknown_fields"),
            (
                "#[serde(tag = \"kind\", rename_all = \"snake_case\", deny_unknown_fields)] enum A { One(B) }",
                "FromJson obeys a tag on an enum, and not beside deny_unknown_fields",
            ),
            ("struct A(u32);", "FromJson reads structs with named fields"),
            ("struct A<T> { a: T }", "FromJson reads no generic type"),
            ("union A { a: u32 }", "FromJson reads no union"),
            (
                "#[serde(deny_unknown_fields)] struct A { #[serde(flatten)] a: B }",
                "a strict type cannot hold members that it does not name",
            ),
            ("#[serde(rename_all = \"snake_case\")] enum A { One(u32, u32) }", "FromJson reads variants with one content or named fields"),
            (
                "#[serde(rename_all = \"snake_case\")] enum A { #[serde(rename = \"a,b\")] One }",
                "\"a,b\" is no word that FromJson can tell from others",
            ),
            (
                "#[serde(tag = \"kind\", rename_all = \"snake_case\")] enum A { One }",
                "FromJson reads variants with one content, where a member names the variant",
            ),
        ] {
            assert_eq!(refusal(code), expected, "{code}");
        }
    }
}
