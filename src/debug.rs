//! `Debug` for types that hold what a person said, or a name that leads to a person. It shows the type's name and nothing else, so that a
//! log or a panic cannot tell anything of the person.

/// Implements a `Debug` that shows no field: `silent!(Record, Choice)`.
macro_rules! silent {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}

pub(crate) use silent;
