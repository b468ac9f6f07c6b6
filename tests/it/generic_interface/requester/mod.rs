//! Requests that we send: what arrives on the other side, what we make of its answers, and the debug log of it.
//!
//! What is expected here the reference system sent and wrote, but for the order of keys, which is random there.

use std::{fmt::Write as _, sync::Arc};

use compat::{Value, json};
use otterdesk::generic_interface::{
    Named, Registry, WebService,
    requester::{self, Call, Failure},
};

use super::debugger::all_entries;
use crate::support::TestApp;

pub mod access;
mod failures;
mod other_side;
mod recorded;
mod rest;
mod second_server;
mod soap;
mod tasks;
mod tls;

/// A web service that only sends, with an invoker `Echo` that sends what it is given.
fn service(transport: &str, config: &str) -> String {
    let mut indented = String::new();
    for line in config.lines() {
        let _ = writeln!(indented, "      {line}");
    }
    format!(
        "---\nDebugger:\n  DebugThreshold: debug\n  TestMode: '0'\nProvider:\n  Transport:\n    Type: ''\n\
         Requester:\n  Invoker:\n    Echo:\n      Type: Generic::Tunnel\n    Test:\n      Type: Test::Test\n\
         \x20   Simple:\n      Type: Test::TestSimple\n    Unknown:\n      Type: Nope::Nope\n  Transport:\n    Config:\n\
         {indented}    Type: {transport}\n"
    )
}

async fn find(app: &TestApp, name: &str) -> Arc<WebService> {
    Registry::default()
        .find(&app.app.db, &Named::Name(name.to_owned()))
        .await
        .unwrap()
        .unwrap()
}

/// Calls an invoker of the web service `Out`.
async fn call(app: &TestApp, invoker: &str, data: &str) -> Result<String, Failure> {
    let service = find(app, "Out").await;
    let data: Value = json::read(data).unwrap();
    let call = Call {
        service: &service,
        invoker,
        data,
        past: None,
        may_repeat: true,
    };
    let answer = requester::run(&app.app, call).await?;
    Ok(json::write(&answer))
}

/// The debug log, one line each: level, subject, content; what everybody knows left out.
async fn log(app: &TestApp) -> String {
    let mut out = String::new();
    for (level, subject, content) in all_entries(app).await {
        if matches!(subject.as_str(), "Communication sequence started")
            || subject.starts_with("Using invoker")
        {
            continue;
        }
        let _ = writeln!(out, "{level}|{subject}|{}", content.trim_end());
    }
    out
}
