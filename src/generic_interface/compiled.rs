//! What the texts of a web service's configuration were compiled to, kept as long as the configuration stays the same.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use compat::{
    pattern::{NoPattern, Pattern},
    rest::{Route, RouteError},
};

/// Routes and regular expressions, each compiled when it is first asked for.
#[derive(Clone, Debug, Default)]
pub struct Compiled(Arc<Tables>);

#[derive(Debug, Default)]
struct Tables {
    routes: Table<Result<Arc<Route>, RouteError>>,
    whole: Table<Result<Arc<Pattern>, NoPattern>>,
    anywhere: Table<Result<Arc<Pattern>, NoPattern>>,
}

type Table<T> = RwLock<HashMap<String, T>>;

/// Two configurations are equal whatever was compiled of them so far.
impl PartialEq for Compiled {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Compiled {
    pub fn route(&self, text: &str) -> Result<Arc<Route>, RouteError> {
        kept(&self.0.routes, text, || Route::parse(text).map(Arc::new))
    }

    /// A pattern that must match a whole text.
    pub fn whole(&self, text: &str) -> Result<Arc<Pattern>, NoPattern> {
        kept(&self.0.whole, text, || Pattern::whole(text).map(Arc::new))
    }

    /// A pattern that may match anywhere in a text.
    pub fn anywhere(&self, text: &str) -> Result<Arc<Pattern>, NoPattern> {
        kept(&self.0.anywhere, text, || Pattern::new(text).map(Arc::new))
    }
}

fn kept<T: Clone>(table: &Table<T>, text: &str, compile: impl FnOnce() -> T) -> T {
    let known = table.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(text) {
        return known.clone();
    }
    drop(known);
    let new = compile();
    let mut known = table.write().unwrap_or_else(PoisonError::into_inner);
    known.entry(text.to_owned()).or_insert(new).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compiled_once() {
        let compiled = Compiled::default();
        let first = compiled.whole("(a)\\1").unwrap();
        assert!(Arc::ptr_eq(&first, &compiled.whole("(a)\\1").unwrap()));
        let anywhere = compiled.anywhere("(a)\\1").unwrap();
        assert!(!first.is_match("aab") && anywhere.is_match("aab"));
        let route = compiled.route("/x++/:A").unwrap();
        assert!(Arc::ptr_eq(&route, &compiled.route("/x++/:A").unwrap()));
        assert!(compiled.whole("(").is_err());
    }
}
