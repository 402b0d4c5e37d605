//! The default transport.
/// Carries requests with reqwest.
#[derive(Debug)]
pub struct ReqwestTransport;

impl ReqwestTransport {
    /// Placeholder.
    pub fn new() -> Result<Self, super::TransportError> {
        Ok(Self)
    }
}

impl super::Transport for ReqwestTransport {
    fn send(&self, _: super::HttpRequest) -> Result<super::HttpResponse, super::TransportError> {
        Err(super::TransportError::TimedOut)
    }
}
