//! `Admin::CustomerUser::*` and `Admin::CustomerCompany::Add`.

use super::{Argument, Command, CommandOption, Failure, Run, Session};
use crate::{
    auth::password,
    directory::{
        UserId,
        company::{self, NewCompany},
        customer::{self, NewCustomer},
        record,
    },
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::CustomerCompany::Add",
        about: "Add a company of customers.",
        options: &[
            CommandOption::required("customer-id", "The company's id."),
            CommandOption::required("name", "The company's name."),
            CommandOption::optional("street", "The street."),
            CommandOption::optional("zip", "The postal code."),
            CommandOption::optional("city", "The city."),
            CommandOption::optional("country", "The country."),
            CommandOption::optional("url", "The company's pages."),
            CommandOption::optional("comment", "What else there is to say."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add_company(session))),
    },
    Command {
        name: "Admin::CustomerUser::Add",
        about: "Add a customer user.",
        options: &[
            CommandOption::required("user-name", "The login."),
            CommandOption::required("first-name", "The first name."),
            CommandOption::required("last-name", "The last name."),
            CommandOption::required("email-address", "The mail address."),
            CommandOption::required("customer-id", "The company's id."),
            CommandOption::optional("password", "The password; without one nobody signs in."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add(session))),
    },
    Command {
        name: "Admin::CustomerUser::SetPassword",
        about: "Set a customer user's password.",
        options: &[],
        arguments: &[
            Argument::required("user", "The customer user's login."),
            Argument::optional(
                "password",
                "The new password; one is made and shown when it is left out.",
            ),
        ],
        run: Run::OnInstallation(|session| Box::pin(set_password(session))),
    },
];

async fn add_company(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    out.say("Adding a new customer company...");
    let option = |name: &str| given.option(name).map(str::to_owned);
    let new = NewCompany {
        customer_id: given.text("customer-id").to_owned(),
        name: given.text("name").to_owned(),
        street: option("street"),
        zip: option("zip"),
        city: option("city"),
        country: option("country"),
        url: option("url"),
        comment: option("comment"),
    };
    let mut tx = app.db.begin().await?;
    company::add(
        &mut tx,
        &app.settings.current(),
        app.stamp(UserId::SYSTEM),
        &new,
    )
    .await
    .map_err(|error| Failure::caused(&error, "Can't add customer company."))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn add(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    out.say("Adding a new customer user...");
    let new = NewCustomer {
        login: given.text("user-name").to_owned(),
        first_name: given.text("first-name").to_owned(),
        last_name: given.text("last-name").to_owned(),
        email: given.text("email-address").to_owned(),
        customer_id: given.text("customer-id").to_owned(),
        password: given.option("password").map(str::to_owned),
    };
    let settings = app.settings.current();
    let mut tx = app.db.begin().await?;
    customer::add(&mut tx, &settings, app.stamp(UserId::SYSTEM), &new)
        .await
        .map_err(|error| Failure::caused(&error, "Can't add customer user."))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn set_password(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let login = given.argument_at(0).unwrap_or_default();
    out.say(&format!("Setting password for user {login}..."));
    let mut tx = app.db.begin().await?;
    let settings = app.settings.current();
    let Some(customer) = record::customer_in_any_case(&mut tx, &settings, login).await? else {
        return Err(Failure::told(format!(
            "No customer user found with login '{login}'!"
        )));
    };
    let password = if let Some(password) = given.argument_at(1) {
        password.to_owned()
    } else {
        let made = password::generate();
        out.say(&format!("Generated password '{made}'."));
        made
    };
    customer::set_password(&mut tx, &settings, &customer, &password)
        .await
        .map_err(|error| Failure::caused(&error, "Failed to set password!"))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say(&format!(
        "Successfully set password for customer user '{login}'."
    ));
    Ok(())
}
