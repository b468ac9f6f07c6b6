//! `otterdesk serve`.

use clap::Args;

use super::{Installation, Outcome};
use crate::{
    app::{App, AppConfig},
    server,
};

const USUAL_ADDRESS: &str = "127.0.0.1:8080";

#[derive(Args, Debug)]
pub(super) struct Serve {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", env = "OTTERDESK_LISTEN")]
    listen: Option<String>,

    #[command(flatten)]
    installation: Installation,
}

impl Serve {
    pub(super) async fn run(self) -> Outcome {
        server::start_log();
        let config = AppConfig::from(self.installation);
        let file = config.read_file()?;
        let listen = self
            .listen
            .or(file.server.listen)
            .unwrap_or_else(|| USUAL_ADDRESS.to_owned());
        let app = App::build(config).await?;
        server::run(app, &listen).await?;
        Ok(())
    }
}
