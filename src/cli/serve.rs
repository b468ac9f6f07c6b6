//! `otterdesk serve`.

use std::sync::Arc;

use clap::Args;
use tokio::sync::watch;

use super::{Installation, Outcome, mail};
use crate::{
    app::{App, AppConfig},
    daemon,
    mail::outgoing,
    remote_addr::TrustedProxies,
    server,
};

const USUAL_ADDRESS: &str = "127.0.0.1:8080";

#[derive(Args, Debug)]
pub(super) struct Serve {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", env = "OTTERDESK_LISTEN")]
    listen: Option<String>,

    /// Proxies whose X-Forwarded-For is believed, with commas between them [default: none]
    #[arg(
        long,
        value_name = "ADDRESS|NETWORK",
        env = "OTTERDESK_TRUSTED_PROXIES"
    )]
    trusted_proxies: Option<TrustedProxies>,

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
            .or_else(|| file.server.listen.clone())
            .unwrap_or_else(|| USUAL_ADDRESS.to_owned());
        let mut app = App::build(config).await?;
        app.report_unknown_handlers();
        app.trusted_proxies = self
            .trusted_proxies
            .or_else(|| file.server.trusted_proxies.clone())
            .unwrap_or_default();
        if file.daemon.own {
            tokio::spawn(daemon::run_forever(Arc::new(app.clone())));
            tokio::spawn(outgoing::sender::run_forever(Arc::new(app.clone())));
        }
        let (end, ending) = watch::channel(false);
        let door = match &file.mail.listen {
            Some(at) => Some(mail::open_door(&app, &file, at, mail::options_of(&file)).await?),
            None => None,
        };
        let mails = door.map(|door| tokio::spawn(door.serve(ending)));
        server::run(app, &listen).await?;
        let _ = end.send(true);
        if let Some(mails) = mails {
            mails.await?;
        }
        Ok(())
    }
}
