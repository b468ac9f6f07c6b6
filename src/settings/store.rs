//! The settings of a running server, exchanged as a whole when something changes.

use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use schema::Db;

use super::{Settings, SettingsError, Sources, sources::State};

/// Changes are looked for this often; OTRS's own processes need up to ten seconds.
const EVERY: Duration = Duration::from_secs(1);

/// Gives the settings of the moment. Cheap to clone; all clones see a change at once.
#[derive(Clone, Debug, Default)]
pub struct Store {
    current: Arc<RwLock<Arc<Settings>>>,
}

impl Store {
    pub fn new(settings: Arc<Settings>) -> Self {
        Self {
            current: Arc::new(RwLock::new(settings)),
        }
    }

    /// The settings of this moment; take them once for each request, so that one answer follows one set of rules.
    pub fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other settings into force.
    pub fn replace(&self, settings: Settings) {
        put(&self.current, settings);
    }

    /// Follows the sources until the last clone of this store is gone.
    pub fn follow(&self, db: Db, sources: Sources, state: State) {
        let store = Arc::downgrade(&self.current);
        tokio::spawn(follow(store, db, sources, state));
    }
}

fn put(current: &RwLock<Arc<Settings>>, settings: Settings) {
    *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
}

async fn follow(store: Weak<RwLock<Arc<Settings>>>, db: Db, sources: Sources, mut state: State) {
    let mut reported = None;
    loop {
        tokio::time::sleep(EVERY).await;
        if store.strong_count() == 0 {
            return;
        }
        match look(&db, &sources, &state).await {
            Ok(None) => reported = None,
            Ok(Some((settings, now))) => {
                let Some(current) = store.upgrade() else {
                    return;
                };
                put(&current, settings);
                state = now;
                reported = None;
                tracing::info!("the settings have changed and are in force");
            }
            // The old settings stay in force; the same trouble is told once.
            Err(error) => {
                let text = error.to_string();
                if reported.as_ref() != Some(&text) {
                    tracing::error!("the settings can not be read again: {text}");
                    reported = Some(text);
                }
            }
        }
    }
}

/// What has come into force since the sources were in this state; `None` when nothing has.
async fn look(
    db: &Db,
    sources: &Sources,
    state: &State,
) -> Result<Option<(Settings, State)>, SettingsError> {
    let mut tx = db.read().await?;
    let now = sources.state(&mut tx).await?;
    if now == *state {
        return Ok(None);
    }
    Ok(Some((sources.load(&mut tx).await?, now)))
}

#[cfg(test)]
mod tests {
    use std::{fs::File, path::Path, time::SystemTime};

    use schema::{flavours::ZNUNY_6_5, testing};

    use super::*;

    /// Writes a file whose time is that many seconds after 1970: no test waits for a file system to tell times apart.
    fn write(path: &Path, text: &str, seconds: u64) {
        std::fs::write(path, text).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        File::options()
            .write(true)
            .open(path)
            .and_then(|file| file.set_modified(time))
            .unwrap();
    }

    #[tokio::test]
    async fn a_change_of_each_file_is_seen_by_the_next_look() {
        let (_database, db) =
            testing::fresh_with_schema(&ZNUNY_6_5, "", chrono::NaiveDateTime::default()).await;
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("Kernel")).unwrap();
        let config_pm = home.path().join("Kernel/Config.pm");
        let file = home.path().join("otterdesk.toml");
        write(&config_pm, "$Self->{FQDN} = 'one.example.com';\n", 1);
        write(&file, "[settings]\nSystemID = \"11\"\n", 1);
        let sources = Sources::new(Some(file.clone()), Some(home.path().to_owned()), []).unwrap();
        let state = sources.state(&mut db.read().await.unwrap()).await.unwrap();
        assert!(look(&db, &sources, &state).await.unwrap().is_none());

        write(&config_pm, "$Self->{FQDN} = 'two.example.com';\n", 2);
        let (settings, state) = look(&db, &sources, &state).await.unwrap().unwrap();
        assert_eq!(settings.text("FQDN"), "two.example.com");
        assert_eq!(settings.text("SystemID"), "11");
        assert!(look(&db, &sources, &state).await.unwrap().is_none());

        write(&file, "[settings]\nSystemID = \"12\"\n", 2);
        let (settings, state) = look(&db, &sources, &state).await.unwrap().unwrap();
        assert_eq!(settings.text("SystemID"), "12");

        write(&file, "[settings\n", 3);
        assert!(
            look(&db, &sources, &state).await.is_err(),
            "the old ones stay"
        );
        assert!(
            EVERY <= Duration::from_secs(1),
            "two looks within two seconds"
        );
    }
}
