//! What was read from the database a moment ago, so that many requests in a row do not ask for it again.
//!
//! Another server or the Perl side may have changed the rows meanwhile; everything here is therefore forgotten after
//! [`MAX_AGE`]. What we change ourselves is forgotten at once.

use std::{collections::BTreeSet, fmt, hash::Hash, sync::Arc, time::Duration};

use moka::sync::Cache;
use schema::DbError;

use crate::{
    access::{Permission, acl::Acls, customer},
    auth::{Principal, session::Session},
    directory::UserId,
    ticket::{choices::Choices, lookup::Lookups, process},
};

/// How old an answer may become. Source: `coexistence.md` asks for *within a second or so*.
pub const MAX_AGE: Duration = Duration::from_secs(1);

/// More entries than a busy server sees in a second; the least used ones go first.
const CAPACITY: u64 = 10_000;

/// Values that are kept for a moment; by default not at all.
pub struct Kept<K, V>(Option<Cache<K, V>>)
where
    K: Eq + Hash;

impl<K: Eq + Hash, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: Eq + Hash, V> fmt::Debug for Kept<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

impl<K, V> Kept<K, V>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn for_a_moment() -> Self {
        let cache = Cache::builder()
            .max_capacity(CAPACITY)
            .time_to_live(MAX_AGE)
            .build();
        Self(Some(cache))
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.0.as_ref()?.get(key)
    }

    pub fn keep(&self, key: K, value: V) {
        if let Some(cache) = &self.0 {
            cache.insert(key, value);
        }
    }

    pub fn forget(&self, key: &K) {
        if let Some(cache) = &self.0 {
            cache.invalidate(key);
        }
    }

    /// The value that is kept, else the one that `read` finds; what does not exist is asked for again each time.
    pub async fn get_or_read(
        &self,
        key: K,
        read: impl AsyncFnOnce() -> Result<Option<V>, DbError>,
    ) -> Result<Option<V>, DbError> {
        if let Some(value) = self.get(&key) {
            return Ok(Some(value));
        }
        let value = read().await?;
        if let Some(value) = &value {
            self.keep(key, value.clone());
        }
        Ok(value)
    }
}

/// Everything that is kept. The default keeps nothing: each question goes to the database.
#[derive(Debug, Default)]
pub struct Recent {
    pub sessions: Kept<String, Arc<Session>>,
    /// Who opened a session.
    pub principals: Kept<String, Principal>,
    pub groups: Kept<(UserId, Permission), Arc<BTreeSet<i32>>>,
    pub customer_groups: Kept<(String, Permission), Arc<customer::Groups>>,
    pub lookups: Kept<(), Arc<Lookups>>,
    pub choices: Kept<(), Arc<Choices>>,
    pub acls: Kept<(), Arc<Acls>>,
    pub processes: Kept<(), Arc<process::Catalog>>,
    /// The events that notifications wait for.
    pub notified_events: Kept<(), Arc<BTreeSet<String>>>,
    /// The events that start jobs of the generic agent.
    pub job_events: Kept<(), Arc<BTreeSet<String>>>,
}

impl Recent {
    /// Keeps each value for [`MAX_AGE`].
    pub fn for_a_moment() -> Self {
        Self {
            sessions: Kept::for_a_moment(),
            principals: Kept::for_a_moment(),
            groups: Kept::for_a_moment(),
            customer_groups: Kept::for_a_moment(),
            lookups: Kept::for_a_moment(),
            choices: Kept::for_a_moment(),
            acls: Kept::for_a_moment(),
            processes: Kept::for_a_moment(),
            notified_events: Kept::for_a_moment(),
            job_events: Kept::for_a_moment(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_is_read_once_until_it_is_forgotten() {
        let kept = Kept::for_a_moment();

        let first = kept.get_or_read(1, async || Ok(Some("one"))).await.unwrap();
        let second = kept.get_or_read(1, async || Ok(Some("two"))).await.unwrap();
        kept.forget(&1);
        let third = kept
            .get_or_read(1, async || Ok(Some("three")))
            .await
            .unwrap();

        assert_eq!(
            (first, second, third),
            (Some("one"), Some("one"), Some("three"))
        );
    }

    #[tokio::test]
    async fn what_does_not_exist_is_asked_for_again() {
        let kept = Kept::for_a_moment();

        let first = kept.get_or_read(1, async || Ok(None)).await.unwrap();
        let second = kept.get_or_read(1, async || Ok(Some("one"))).await.unwrap();

        assert_eq!((first, second), (None, Some("one")));
    }

    #[tokio::test]
    async fn by_default_nothing_is_kept() {
        let kept = Kept::default();
        kept.keep(1, "one");

        assert_eq!(kept.get(&1), None);
    }
}
