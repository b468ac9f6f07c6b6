//! The HTTP server: which door answers which URL.

use std::io::IsTerminal as _;

use actix_web::{App as Actix, HttpResponse, HttpServer, Responder, web};
use schema::DbError;
use tracing_subscriber::EnvFilter;

use crate::{
    app::{App, SharedApp},
    generic_interface::provider,
    outbox,
};

/// Why the server can not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("can not listen on {address}: {source}")]
    Listen {
        address: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the server stopped: {0}")]
    Stopped(#[source] std::io::Error),
}

/// Sends the log to the error output; `OTTERDESK_LOG` chooses what, such as `debug` or `otterdesk=debug,warn`.
pub fn start_log() {
    let filter = EnvFilter::try_from_env("OTTERDESK_LOG")
        .unwrap_or_else(|_| "info,actix_server=warn,sqlx=warn".into());
    // A second start in one process keeps the first log.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}

/// The path under which the scripts are served, as actix wants it: `/otrs`, or nothing for the root.
pub fn script_path(alias: &str) -> String {
    let alias = alias.trim_matches('/');
    if alias.is_empty() {
        String::new()
    } else {
        format!("/{alias}")
    }
}

/// A URL that is served, for `otterdesk routes`.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub methods: &'static str,
    /// Whether the path stands under the script alias.
    pub under_alias: bool,
    pub path: &'static str,
    pub purpose: &'static str,
}

impl Route {
    /// One line of the manifest.
    pub fn line(&self, script_alias: &str) -> String {
        let prefix = if self.under_alias {
            script_path(script_alias)
        } else {
            String::new()
        };
        let path = format!("{prefix}{}", self.path);
        format!("{:<4} {path:<62} {}", self.methods, self.purpose)
    }
}

/// Every URL that [`configure`] serves; a test asks the server for each of them.
pub const ROUTES: &[Route] = &[
    Route {
        methods: "GET",
        under_alias: false,
        path: "/health",
        purpose: "whether the server and its database answer",
    },
    Route {
        methods: "any",
        under_alias: true,
        path: "/nph-genericinterface.pl/Webservice/{name}/{route}",
        purpose: "a web service by its name",
    },
    Route {
        methods: "any",
        under_alias: true,
        path: "/nph-genericinterface.pl/WebserviceID/{id}/{route}",
        purpose: "a web service by its number",
    },
];

/// Serves [`ROUTES`].
pub fn configure(services: &mut web::ServiceConfig, script_alias: &str) {
    services
        .route("/health", web::get().to(health))
        .service(web::scope(&script_path(script_alias)).configure(provider::configure));
}

/// Serves until the process is asked to stop; requests under way are finished first.
pub async fn run(app: App, listen: &str) -> Result<(), ServerError> {
    let alias = app.settings.current().text("ScriptAlias");
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let connections = connections_of_a_worker(workers);
    let server = HttpServer::new({
        let (app, alias) = (app.clone(), alias.clone());
        move || {
            Actix::new()
                .app_data(SharedApp::new(app.for_worker(connections)))
                .configure(|services| configure(services, &alias))
                .default_service(web::to(nothing_here))
        }
    })
    .workers(workers)
    .shutdown_timeout(30)
    .bind(listen)
    .map_err(|source| ServerError::Listen {
        address: listen.to_owned(),
        source,
    })?;
    for address in server.addrs() {
        tracing::info!("serving http://{address}{}/", script_path(&alias));
    }
    let runner = outbox::runner::start(&app);
    let outcome = server.run().await.map_err(ServerError::Stopped);
    runner.stop().await;
    outcome
}

/// Enough for slow searches beside everything else, and together below what database servers allow as they come: 100
/// for PostgreSQL, 151 for MariaDB.
fn connections_of_a_worker(workers: usize) -> u32 {
    let share = 80 / u32::try_from(workers).unwrap_or(u32::MAX).max(1);
    share.clamp(2, 16)
}

/// For load balancers: 200 as long as the database answers.
async fn health(app: SharedApp) -> impl Responder {
    match answers(&app).await {
        Ok(()) => HttpResponse::Ok().body("ok\n"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            HttpResponse::ServiceUnavailable().body("the database does not answer\n")
        }
    }
}

async fn answers(app: &App) -> Result<(), DbError> {
    app.db.read().await?.execute_raw("SELECT 1").await
}

async fn nothing_here() -> impl Responder {
    HttpResponse::NotFound()
        .content_type("text/plain; charset=utf-8")
        .body("Nothing is served under this address.\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_share_what_a_database_server_allows() {
        assert_eq!(connections_of_a_worker(1), 16);
        assert_eq!(connections_of_a_worker(2), 16);
        assert_eq!(connections_of_a_worker(8), 10);
        assert_eq!(connections_of_a_worker(64), 2);
    }

    #[test]
    fn the_script_alias_may_be_written_with_any_slashes() {
        assert_eq!(script_path("otrs/"), "/otrs");
        assert_eq!(script_path("/otrs/"), "/otrs");
        assert_eq!(script_path("support/otrs"), "/support/otrs");
        assert_eq!(script_path("/"), "");
    }
}
