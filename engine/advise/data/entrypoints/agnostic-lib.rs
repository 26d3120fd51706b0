//! A library for any runtime: it takes whatever reads and writes, and spawns nothing.

use std::io;

use futures_lite::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A connection to a server that answers each request with as many bytes, over any
/// stream: of async-io as it is, of Tokio by the feature `compat` of tokio-util.
pub struct Client<S> {
    stream: S,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Makes a client of a stream that is connected.
    pub fn new(stream: S) -> Self {
        Self { stream }
    }

    /// Sends a request and gives the answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        self.stream.write_all(request).await?;
        let mut answer = vec![0; request.len()];
        self.stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}
