//! A program on this machine that takes mails, as `sendmail` does.

use std::process::Stdio;

use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{Failure, Parcel};

/// Letters of what the program says that are kept.
const SAID: usize = 1000;

/// Runs the program without a shell: its options, the sender, the recipients; the mail comes on its standard input.
///
/// Addresses that would be options are refused.
pub(super) async fn send(command: &[String], parcel: Parcel<'_>) -> Result<(), Failure> {
    let Some((program, options)) = command.split_first() else {
        return Err(Failure::without_code(
            "SendmailModule::CMD names no program!",
        ));
    };
    let mut addresses =
        std::iter::once(parcel.sender).chain(parcel.recipients.iter().map(String::as_str));
    if let Some(address) = addresses.find(|address| address.starts_with('-')) {
        return Err(Failure {
            code: Some(501),
            text: format!("'{address}' is no address!"),
            connected: true,
        });
    }
    let failed = |what: &str, error: std::io::Error| {
        Failure::without_code(format!("Can't {what} {program}: {error}!"))
    };
    let mut child = Command::new(program)
        .args(options)
        .arg(parcel.sender)
        .args(parcel.recipients)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed("run", error))?;
    let mut input = child.stdin.take();
    let raw = parcel.raw;
    let write = async {
        if let Some(input) = &mut input {
            input.write_all(raw).await?;
            input.shutdown().await?;
        }
        drop(input);
        Ok::<_, std::io::Error>(())
    };
    let (written, ended) = tokio::join!(write, child.wait_with_output());
    let ended = ended.map_err(|error| failed("wait for", error))?;
    if !ended.status.success() {
        let said: String = String::from_utf8_lossy(&ended.stderr)
            .chars()
            .take(SAID)
            .collect();
        return Err(Failure::without_code(format!(
            "{program} failed ({}): {}!",
            ended.status,
            said.trim()
        )));
    }
    written.map_err(|error| failed("write to", error))
}
