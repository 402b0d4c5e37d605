//! The default transport.
/// Carries requests with reqwest.
#[derive(Debug)]
pub struct ReqwestTransport;
