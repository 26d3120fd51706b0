//! A small server with what goes wrong in many: try `reactorls check --demo`.

use std::time::Duration;

use anyhow::Result;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::{Framed, LinesCodec};

#[tokio::main]
async fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    loop {
        let (socket, _) = listener.accept().await?;
        tokio::spawn(serve(socket));
    }
}

async fn serve(socket: TcpStream) -> Result<()> {
    let _lines = Framed::new(socket, LinesCodec::new());
    async_std::task::sleep(Duration::from_millis(1)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[tokio::test(start_paused = true)]
    async fn time_stands_still() {
        tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    }
}
