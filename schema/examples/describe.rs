//! Writes down what a database really has: how the facts in `fixtures/schema` were recorded from databases that the
//! reference system's own installer had made.
//!
//! `cargo run -p otterdesk-schema --example describe -- URL > fixtures/schema/znuny-6.5.1-mariadb.txt`

use std::io::Write as _;

use schema::{Db, live};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args()
        .nth(1)
        .ok_or("usage: describe DATABASE-URL")?;
    let db = Db::connect(&url).await?;
    let live = live::read(&mut db.read().await?).await?;
    write!(std::io::stdout(), "{live}")?;
    Ok(())
}
