//! Why a cookie is not set, whatever the person allowed.

/// Why a Set-Cookie header sets nothing. The draft asks user agents to ignore such a header as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, uniffi::Enum)]
pub enum CookieFault {
    /// The header holds a control character other than a tab (CK-1).
    #[error("the header holds a control character; encode it before it is set")]
    ControlCharacter,
    /// Neither a name nor a value (CK-1).
    #[error("the cookie has neither a name nor a value; give it a name")]
    Empty,
    /// Name and value are longer together than 4,096 bytes (CK-1).
    #[error("name and value have more than 4096 bytes together; keep the data on the server")]
    TooLong,
    /// The Domain attribute holds a letter that is not ASCII.
    #[error("`Domain` holds a letter that is not ASCII; write it in the form that begins with xn--")]
    DomainNotAscii,
    /// The Domain attribute names a public suffix, under which strangers have their sites (CK-3).
    #[error("`Domain` is a public suffix; name the site's own domain or leave it out")]
    PublicSuffix,
    /// The Domain attribute names another site than the one that answered (CK-3).
    #[error("`Domain` does not cover the host that answered; leave it out, or name the host or a parent of it")]
    ForeignDomain,
    /// A Secure cookie that did not come over a secure connection.
    #[error("`Secure` was asked for over a connection that is not; answer over https")]
    NotSecure,
    /// SameSite=None without Secure (CK-5).
    #[error("`SameSite=None` needs `Secure`")]
    SameSiteNone,
    /// Partitioned without Secure (CK-5).
    #[error("`Partitioned` needs `Secure`")]
    Partitioned,
    /// The name begins with __Secure- and the cookie is not Secure (CK-4).
    #[error("a name that begins with __Secure- needs `Secure`")]
    SecurePrefix,
    /// The name begins with __Host- and the cookie is not Secure, has a Domain, or has another path than / (CK-4).
    #[error("a name that begins with __Host- needs `Secure` and `Path=/`, and no `Domain`")]
    HostPrefix,
    /// The name begins with __Http- and the cookie is not both Secure and HttpOnly (CK-4).
    #[error("a name that begins with __Http- needs `Secure` and `HttpOnly`")]
    HttpPrefix,
    /// The name begins with __Host-Http- and something is missing that __Host- or __Http- asks for (CK-4).
    #[error("a name that begins with __Host-Http- needs `Secure`, `HttpOnly` and `Path=/`, and no `Domain`")]
    HostHttpPrefix,
    /// A cookie without a name whose value begins as one of these names does, and would be read as one (CK-4).
    #[error("a cookie without a name has a value that begins like a protected name; give it a name")]
    NamelessPrefix,
}
