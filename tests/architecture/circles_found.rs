//! The rule of `circles` bites, however an import is written, and leaves alone what only looks like a circle.

use super::{
    circles::{circles, ties},
    source::Source,
};

fn house(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(path, text)| Source::new(path, text)).collect()
}

/// Two files of the room `store`, under a `mod.rs` that declares both and hands on a type of each.
fn two(first: &str, second: &str) -> Vec<Source> {
    let face = "mod state; mod rows; pub use rows::Row; pub use state::Head;";
    house(&[("lib.rs", "pub mod store;"), ("store/mod.rs", face), ("store/state.rs", first), ("store/rows.rs", second)])
}

#[test]
fn two_files_that_need_each_other_are_found_however_the_import_is_written() {
    for back in [
        "use super::state::Head; pub struct Row(Head);",
        "use super::{state::{self, Head}}; pub struct Row(Head);",
        "use super::Head; pub struct Row(Head);",
        "use crate::store::state::Head; pub struct Row(Head);",
        "use crate::store::Head as End; pub struct Row(End);",
        "use crate::{store::{Head}}; pub struct Row(Head);",
        "use super::state; pub struct Row(state::Head);",
        "use crate::store; pub struct Row(store::Head);",
        "pub struct Row(super::state::Head);",
        "pub struct Row(crate::store::Head);",
        "pub struct Row; mod inner { fn f(head: super::super::Head) {} }",
        "pub struct Row; mod inner { use crate::store::state::*; }",
        "pub struct Row; fn f() { use super::state::Head; }",
        "pub struct Row; pub use super::state::Head as Other;",
        "use self::inner::Head; mod inner { pub use crate::store::Head; } pub struct Row(Head);",
    ] {
        let found = circles(&two("use super::Row; pub struct Head(Row);", back));
        assert_eq!(found, [["store/rows.rs", "store/state.rs"]], "{back}");
    }
}

#[test]
fn a_circle_of_three_rooms_is_found_and_every_tie_is_told() {
    let sources = house(&[
        ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("a.rs", "use crate::b::B;\npub struct A(B);"),
        ("b.rs", "use crate::c::C;\npub struct B(C);"),
        ("c.rs", "pub struct C;\nfn back(a: crate::A) {}"),
    ]);
    assert_eq!(circles(&sources), [["a.rs", "b.rs", "c.rs"]]);
    assert_eq!(
        ties(&sources),
        [
            "a.rs:1: takes `crate::b::B` from b.rs, which needs a.rs too",
            "b.rs:1: takes `crate::c::C` from c.rs, which needs b.rs too",
            "c.rs:2: takes `crate::A` from a.rs, which needs c.rs too",
        ]
    );
}

#[test]
fn a_room_whose_face_declares_what_its_child_needs_and_needs_the_child_is_found() {
    for face in [
        "mod child; use child::Part; pub struct Whole(Part);",
        "mod child; pub use child::Part; pub struct Whole(Part);",
        "mod child; pub struct Whole(child::Part);",
        "mod child; pub use child::*; pub struct Whole(self::child::Part);",
        "mod child; pub struct Whole; fn f() { child::go() }",
    ] {
        let child = "use super::Whole; pub struct Part; pub fn go() {} impl Whole {}";
        let found = circles(&house(&[("lib.rs", "mod room;"), ("room/mod.rs", face), ("room/child.rs", child)]));
        assert_eq!(found, [["room/child.rs", "room/mod.rs"]], "{face}");
    }
}

#[test]
fn a_macro_that_leads_back_is_found() {
    let sources = house(&[
        ("lib.rs", "mod json; mod shape;"),
        ("json.rs", "macro_rules! words { () => { $crate::shape::Fitted } } pub(crate) use words;"),
        ("shape.rs", "pub struct Fitted; crate::json::words!();"),
    ]);
    assert_eq!(circles(&sources), [["json.rs", "shape.rs"]]);
}

#[test]
fn what_is_only_handed_on_or_only_looks_like_a_circle_is_not_found() {
    for (face, child) in [
        // The face hands on, and the child takes a sibling's through it.
        ("mod child; mod other; pub use child::Part; pub use other::Other;", "use super::Other; pub struct Part(Other);"),
        ("mod child; mod other; pub use child::*; pub use other::*;", "use super::Other; pub struct Part(Other);"),
        // A child's function bears the child's name.
        ("mod child; mod other; pub use child::child; pub struct Whole;", "use super::Whole; pub fn child(whole: Whole) {}"),
        // The face declares and needs no child.
        ("mod child; mod other; pub use child::Part; pub struct Whole;", "use super::Whole; pub struct Part(Whole);"),
        // Only a test leads back.
        ("mod child; mod other; pub struct Whole;", "pub struct Part; #[cfg(test)] mod tests { use super::super::Whole; }"),
        // A field and a method bear a child's name.
        ("mod child; mod other; pub struct Whole; fn f(x: X) { x.child; x.child::<u8>() }", "use super::Whole; pub struct Part(Whole);"),
        // A crate bears the child's name.
        ("mod child; mod other; pub struct Whole; fn f() { ::child::go() }", "use super::Whole; pub struct Part(Whole);"),
    ] {
        let other = "pub struct Other;";
        let sources = house(&[("lib.rs", "mod room;"), ("room/mod.rs", face), ("room/child.rs", child), ("room/other.rs", other)]);
        assert_eq!(circles(&sources), Vec::<Vec<String>>::new(), "{face} {child}");
    }
}

#[test]
fn a_function_with_its_modules_name_is_followed_and_two_files_that_hand_a_name_to_each_other_end() {
    let function = house(&[
        ("main.rs", "mod room; mod user;"),
        ("room/mod.rs", "mod apply; pub use apply::apply;"),
        ("room/apply.rs", "pub fn apply() { crate::user::go() }"),
        ("user.rs", "use crate::room::apply; pub fn go() { apply() }"),
    ]);
    assert_eq!(circles(&function), [["room/apply.rs", "user.rs"]]);
    let endless = house(&[("lib.rs", "mod a; mod b;"), ("a.rs", "pub use crate::b::X;"), ("b.rs", "pub use crate::a::X;")]);
    assert_eq!(circles(&endless), Vec::<Vec<String>>::new());
}
