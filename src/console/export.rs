//! `Admin::DynamicField::Export`, `Admin::PostMasterFilter::Export` and `Import`: configurations as files.

use compat::{Value, dumper, yaml};

use super::{Allowed, Argument, Command, CommandOption, Failure, Given, Output, Run, Session};
use crate::{dynamic_field, mail::inbound::filter_store as filters};

const FORMAT: Argument = Argument::required("format", "YAML or Perl.");

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::DynamicField::Export",
        about: "Show the configuration of all dynamic fields.",
        options: &[
            CommandOption::flag(
                "include-internal-fields",
                "Also fields that OTRS made for itself.",
            ),
            CommandOption::flag(
                "include-all-config-keys",
                "Also ChangeTime, CreateTime, ID, InternalField and ValidID.",
            ),
        ],
        arguments: &[FORMAT.allowed(Allowed::OneOfInAnyCase(&["YAML", "Perl"]))],
        run: Run::OnInstallation(|session| Box::pin(dynamic_fields(session))),
    },
    Command {
        name: "Admin::PostMasterFilter::Export",
        about: "Show the filters for incoming mail.",
        options: &[],
        arguments: &[FORMAT.allowed(Allowed::OneOfInAnyCase(&["YAML", "Perl"]))],
        run: Run::OnInstallation(|session| Box::pin(post_master_filters(session))),
    },
    Command {
        name: "Admin::PostMasterFilter::Import",
        about: "Add filters for incoming mail from a file.",
        options: &[],
        arguments: &[Argument::required("file-path", "The file, as YAML.")],
        run: Run::OnInstallation(|session| Box::pin(import(session))),
    },
];

/// In the format that was asked for.
fn show(given: &Given, out: &mut Output, value: &Value) {
    let format = given.argument_at(0).unwrap_or_default();
    out.print(&if format.eq_ignore_ascii_case("yaml") {
        yaml::write(value)
    } else {
        dumper::write(value)
    });
}

async fn dynamic_fields(session: Session<'_>) -> Result<(), Failure> {
    let mut tx = session.app.db.read().await?;
    let internal = session.given.has("include-internal-fields");
    let everything = session.given.has("include-all-config-keys");
    let fields = dynamic_field::export(&mut tx, internal, everything).await?;
    show(session.given, session.out, &Value::List(fields));
    Ok(())
}

async fn post_master_filters(session: Session<'_>) -> Result<(), Failure> {
    let mut tx = session.app.db.read().await?;
    let filters = filters::export(&mut tx).await?;
    show(session.given, session.out, &Value::List(filters));
    Ok(())
}

async fn import(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let path = given.argument_at(0).unwrap_or_default();
    let failed = || {
        Failure::told(format!(
            "Error importing PostMaster filter from file {path}"
        ))
    };
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|_| failed())?;
    let filters = yaml::read(&text).map_err(|_| failed())?;
    let filters = filters.as_list().filter(|filters| !filters.is_empty());
    let mut tx = app.db.begin().await?;
    for filter in filters.ok_or_else(failed)? {
        if let Err(complaint) = filters::import(&mut tx, filter).await? {
            out.complain(&complaint);
        }
    }
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}
