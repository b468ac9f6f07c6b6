//! Settings of the server, of people, their passwords and sessions, and of searches.

use compat::Value;

use super::{
    Definition,
    Shape::{Group, Hash, Integer, Switch, Text, Tree, Unset},
    setting,
};

fn preferences_groups() -> Value {
    let shown =
        |key: &str, selected: &str| Value::map([("PrefKey", key), ("DataSelected", selected)]);
    Value::map([
        (
            "CommunicationLogPageShown",
            shown("AdminCommunicationLogPageShown", "25"),
        ),
        ("CreateNextMask", shown("UserCreateNextMask", "")),
        (
            "DynamicFieldsOverviewPageShown",
            shown("AdminDynamicFieldsOverviewPageShown", "25"),
        ),
        ("LastViewsLimit", shown("UserLastViewsLimit", "5")),
        (
            "LastViewsPosition",
            shown("UserLastViewsPosition", "Avatar"),
        ),
        ("Password", Value::map([("PasswordMaxLoginFailed", "0")])),
        ("RefreshTime", shown("UserRefreshTime", "0")),
        (
            "TicketOverviewMediumPageShown",
            shown("UserTicketOverviewMediumPageShown", "20"),
        ),
        (
            "TicketOverviewPreviewPageShown",
            shown("UserTicketOverviewPreviewPageShown", "15"),
        ),
        (
            "TicketOverviewSmallPageShown",
            shown("UserTicketOverviewSmallPageShown", "25"),
        ),
    ])
}

fn customer_preferences_groups() -> Value {
    let shown =
        |key: &str, selected: &str| Value::map([("PrefKey", key), ("DataSelected", selected)]);
    Value::map([
        ("LastViewsLimit", shown("UserLastViewsLimit", "5")),
        ("RefreshTime", shown("UserRefreshTime", "0")),
        ("ShownTickets", shown("UserShowTickets", "25")),
    ])
}

/// What the reference system has without any configuration; sessions of customers carry it.
fn customer_user() -> Value {
    compat::json::read(include_str!("../customer_user.json")).unwrap_or_default()
}

fn customer_company() -> Value {
    compat::json::read(include_str!("../customer_company.json")).unwrap_or_default()
}

/// Grouped by the room that reads them.
pub const ALL: &[Definition] = &[
    // Server.
    setting(
        "ScriptAlias",
        Text("otrs/"),
        "The path under which the scripts are served, without the leading slash.",
    ),
    setting(
        "Home",
        Unset,
        "The home of the OTRS installation; what --otrs-home says wins over Kernel/Config.pm.",
    ),
    setting("FQDN", Text("localhost"), "The host name of the system."),
    setting("HttpType", Text("http"), "http or https."),
    setting(
        "SystemID",
        Text("10"),
        "Number of the system; part of ticket numbers.",
    ),
    setting(
        "NodeID",
        Integer(1),
        "Number of this machine among those of the installation.",
    ),
    setting(
        "OTRSTimeZone",
        Text("UTC"),
        "Time zone of the times in the database.",
    ),
    setting(
        "UserDefaultTimeZone",
        Text("UTC"),
        "Time zone of people who chose none.",
    ),
    setting(
        "DefaultLanguage",
        Text("en"),
        "Language of people who chose none.",
    ),
    // Agents and customers.
    setting(
        "PreferencesGroups",
        Group(preferences_groups),
        "What agents can prefer; gives sessions their defaults, and how many wrong passwords lock an account.",
    ),
    setting(
        "CustomerPreferencesGroups",
        Group(customer_preferences_groups),
        "What customers can prefer; gives sessions their defaults.",
    ),
    setting(
        "FirstnameLastnameOrder",
        Integer(0),
        "How full names are put together, 0 (first name, last name) to 9.",
    ),
    setting(
        "CustomerUser",
        Tree(customer_user),
        "The first back end of customer users: a table of the database and what its columns mean.",
    ),
    setting(
        "CustomerCompany",
        Tree(customer_company),
        "The first back end of companies: a table of the database and what its columns mean.",
    ),
    // Passwords.
    setting(
        "AuthModule",
        Text("Kernel::System::Auth::DB"),
        "How agents sign in; only the database.",
    ),
    setting(
        "AuthModule::DB::CryptType",
        Text("sha2"),
        "In which form agents' passwords are kept.",
    ),
    setting(
        "AuthModule::DB::bcryptCost",
        Integer(12),
        "Binary logarithm of bcrypt's rounds for agents.",
    ),
    setting(
        "AuthTwoFactorModule",
        Unset,
        "A second factor for agents; not supported.",
    ),
    setting(
        "Customer::AuthModule",
        Text("Kernel::System::CustomerAuth::DB"),
        "How customers sign in; only the database.",
    ),
    setting(
        "Customer::AuthModule::DB::Table",
        Text("customer_user"),
        "The table with customers' logins and passwords.",
    ),
    setting(
        "Customer::AuthModule::DB::CustomerKey",
        Text("login"),
        "The column with the login.",
    ),
    setting(
        "Customer::AuthModule::DB::CustomerPassword",
        Text("pw"),
        "The column with the password.",
    ),
    setting(
        "Customer::AuthModule::DB::DSN",
        Unset,
        "Another database; not supported.",
    ),
    setting(
        "Customer::AuthModule::DB::CryptType",
        Text("sha2"),
        "In which form customers' passwords are kept.",
    ),
    setting(
        "Customer::AuthModule::DB::bcryptCost",
        Integer(12),
        "Binary logarithm of bcrypt's rounds for customers.",
    ),
    setting(
        "Customer::AuthTwoFactorModule",
        Unset,
        "A second factor for customers; not supported.",
    ),
    setting(
        "Otterdesk::LoginFailures::PerLogin",
        Integer(30),
        "Wrong passwords for one login from one address before no more are looked at; 0 for any number.",
    ),
    setting(
        "Otterdesk::LoginFailures::PerAddress",
        Integer(1_000),
        "Wrong passwords from one address, for all logins, before no more are looked at; 0 for any number.",
    ),
    setting(
        "Otterdesk::LoginFailures::Seconds",
        Integer(300),
        "Seconds from the first wrong password until they are forgotten.",
    ),
    // Sessions.
    setting(
        "SessionModule",
        Text("Kernel::System::AuthSession::DB"),
        "Where sessions are kept; only the database.",
    ),
    setting(
        "SessionDeleteIfNotRemoteID",
        Switch(true),
        "Whether a session that is used from another address ends.",
    ),
    setting(
        "SessionDeleteIfTimeToOld",
        Switch(true),
        "Whether a session that is over is deleted when somebody uses it.",
    ),
    setting(
        "SessionMaxTime",
        Integer(57_600),
        "Seconds that a session lives at most.",
    ),
    setting(
        "SessionMaxIdleTime",
        Integer(7_200),
        "Seconds without a request after which a session ends.",
    ),
    setting(
        "SessionCheckRemoteIP",
        Switch(true),
        "Whether a session is bound to the address that opened it.",
    ),
    // Searches.
    setting(
        "Ticket::ArchiveSystem",
        Switch(false),
        "Whether archived tickets are kept apart.",
    ),
    setting(
        "GenericInterface::Invoker::Ticket::Generic::PrepareRequest::OmittedFields",
        Hash(&[]),
        "Fields that invokers of the type Ticket::Generic do not send, by the invoker's name.",
    ),
    setting(
        "GenericInterface::Invoker::Ticket::Generic::PrepareRequest::Base64EncodedFields",
        Hash(&[]),
        "Fields that invokers of the type Ticket::Generic send as base64, by the invoker's name.",
    ),
    setting(
        "GenericInterface::Operation::TicketSearch###SearchLimit",
        Integer(500),
        "How many tickets TicketSearch finds when the request names no limit.",
    ),
    setting(
        "GenericInterface::Operation::TicketSearch###SortBy::Default",
        Text("Age"),
        "What TicketSearch sorts by when the request does not say.",
    ),
    setting(
        "GenericInterface::Operation::TicketSearch###Order::Default",
        Text("Down"),
        "The direction in which TicketSearch sorts when the request does not say.",
    ),
];
