//! `otterdesk demo`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use compat::password::{self, CryptType};
use demo_data::Plan;
use schema::{Db, create, flavours};

use super::{Outcome, say};
use crate::{
    app::{App, AppConfig},
    clock::Clock,
    server,
};

/// Everybody's password: this is a database to look at.
const PASSWORD: &str = "otter";

#[derive(Args, Debug)]
pub(super) struct Demo {
    /// Where to listen
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "OTTERDESK_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    listen: String,

    /// The SQLite file; it is made and filled when there is none
    #[arg(long, value_name = "FILE", default_value = "otterdesk-demo.sqlite")]
    database: PathBuf,

    /// How many tickets a new file gets
    #[arg(long, value_name = "NUMBER", default_value_t = 300)]
    tickets: u32,
}

impl Demo {
    pub(super) async fn run(self) -> Outcome {
        server::start_log();
        if !self.database.exists() {
            self.make().await?;
        }
        let config = AppConfig {
            database_url: Some(url(&self.database)),
            ..AppConfig::default()
        };
        let app = App::build(config).await?;
        app.report_unknown_handlers();
        self.welcome()?;
        server::run(app, &self.listen).await?;
        Ok(())
    }

    /// Fills a file beside the wanted one and renames it at the end: what is interrupted is never taken for complete.
    async fn make(&self) -> Outcome {
        say(&format!("Filling {} …", self.database.display()))?;
        let unfinished = self.database.with_extension("unfinished");
        if unfinished.exists() {
            fs::remove_file(&unfinished)?;
        }
        let db = Db::connect(&url(&unfinished)).await?;
        let now = Clock::system().now();
        let hash = |login: &str| password::hash(CryptType::Sha2, login, PASSWORD, [0; 16]);
        let installation = create::Plan {
            flavour: &flavours::ZNUNY_6_5,
            admin_password_hash: hash("root@localhost"),
            now,
        };
        create::create(&db, &installation).await?;
        let plan = Plan {
            tickets: self.tickets,
            ..Plan::demonstration(now, hash(""))
        };
        demo_data::fill(&db, &plan).await?;
        db.close().await;
        fs::rename(&unfinished, &self.database)?;
        Ok(())
    }

    fn welcome(&self) -> Outcome {
        let service = format!(
            "http://{}/otrs/nph-genericinterface.pl/Webservice/{}",
            self.listen,
            demo_data::WEB_SERVICE
        );
        say(&format!(
            "\nOtterdesk shows {file}. Everybody's password is `{PASSWORD}`.\n\n\
             Agents     root@localhost (everything), alice (support, orders), bob (support), carla (orders),\n           \
             dmitri (billing), emi (IT), farid (people), greta (may only note)\n\
             Customers  henry, ellen (English), jan (German), camille (French), lucia (Spanish), …\n\n\
             There are no screens yet. The web service answers at\n  {service}\nfor example:\n  \
             curl '{service}/Ticket?UserLogin=alice&Password={PASSWORD}&States=open'\n  \
             curl '{service}/Ticket/2?UserLogin=alice&Password={PASSWORD}&AllArticles=1'\n",
            file = self.database.display(),
        ))
    }
}

fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}
