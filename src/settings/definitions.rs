//! Every setting that our code reads: OTRS name, shape with default, meaning. A name may be the key of a hash
//! (`PreferencesGroups###Password`). Defaults are those of a fresh Znuny 6.5.

use compat::Value;

use super::defaults;

/// What a setting holds, with its default.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Text(&'static str),
    Switch(bool),
    Integer(i64),
    List(&'static [&'static str]),
    Hash(&'static [(&'static str, &'static str)]),
    /// A nested structure.
    Tree(fn() -> Value),
    /// A hash whose entries are settings of their own, `NAME###KEY`; read as one with [`super::Settings::value`].
    Group(fn() -> Value),
    /// Not set unless somebody sets it.
    Unset,
}

impl Shape {
    pub fn default(self) -> Value {
        match self {
            Self::Text(text) => Value::text(text),
            Self::Switch(on) => Value::text(if on { "1" } else { "0" }),
            Self::Integer(number) => Value::text(number.to_string()),
            Self::List(items) => Value::List(items.iter().map(|item| Value::text(*item)).collect()),
            Self::Hash(pairs) => Value::map(pairs.iter().copied()),
            Self::Tree(make) | Self::Group(make) => make(),
            Self::Unset => Value::Undef,
        }
    }

    /// Whether a value fits; the error says in words what is wanted.
    pub fn check(self, value: &Value) -> Result<(), &'static str> {
        let text = value.as_string();
        match self {
            Self::Text(_) if text.is_none() => Err("a text"),
            Self::Switch(_) if !matches!(text.as_deref(), Some("0" | "1")) => Err("0 or 1"),
            Self::Integer(_)
                if text
                    .as_deref()
                    .is_none_or(|text| text.parse::<i64>().is_err()) =>
            {
                Err("a whole number")
            }
            Self::List(_) if value.as_list().is_none() => Err("a list"),
            Self::Hash(_) | Self::Group(_) if value.as_map().is_none() => Err("a table"),
            _ => Ok(()),
        }
    }
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    pub name: &'static str,
    pub shape: Shape,
    /// One line for people.
    pub meaning: &'static str,
}

const fn setting(name: &'static str, shape: Shape, meaning: &'static str) -> Definition {
    Definition {
        name,
        shape,
        meaning,
    }
}

use Shape::{Group, Hash, Integer, List, Switch, Text, Tree, Unset};

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

const fn queues_of_rule(name: &'static str) -> Definition {
    setting(
        name,
        Unset,
        "Queues in which the rule holds, with the rights that it gives; everywhere when not set.",
    )
}

const fn states_of(name: &'static str, types: &'static [&'static str]) -> Definition {
    setting(
        name,
        List(types),
        "Types of the states that the screen leads to.",
    )
}

const fn hours(name: &'static str) -> Definition {
    setting(
        name,
        Tree(defaults::working_hours),
        "Hours that are worked, by day of the week.",
    )
}

const fn days_off(name: &'static str) -> Definition {
    setting(
        name,
        Tree(defaults::vacation_days),
        "Days off of every year, by month and day.",
    )
}

const fn single_days_off(name: &'static str) -> Definition {
    setting(
        name,
        Tree(defaults::vacation_days_one_time),
        "Days off, by year, month and day.",
    )
}

const fn zone(name: &'static str) -> Definition {
    setting(name, Unset, "Time zone of the calendar's hours.")
}

/// What the reference system has without any configuration; sessions of customers carry it.
fn customer_user() -> Value {
    compat::json::read(include_str!("customer_user.json")).unwrap_or_default()
}

fn customer_company() -> Value {
    compat::json::read(include_str!("customer_company.json")).unwrap_or_default()
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
        "The back end of customer users; only the database with the columns of `customer_user`.",
    ),
    setting(
        "CustomerCompany",
        Tree(customer_company),
        "The back end of companies; only the database with the columns of `customer_company`.",
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
    // What people may do.
    setting(
        "Ticket::Permission",
        Group(defaults::agent_rules),
        "Rules that decide which tickets an agent may work on.",
    ),
    // What forms offer.
    states_of(
        "Ticket::Frontend::AgentTicketBounce###StateType",
        &["open", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketBulk###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketClose###StateType",
        &["closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketCompose###StateType",
        &["open", "closed", "pending auto", "pending reminder"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketEmail###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketEmailOutbound###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketForward###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketFreeText###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketMove###StateType",
        &["open", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketNote###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketNoteToLinkedTicket###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketOwner###StateType",
        &["open", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPending###StateType",
        &["pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPhone###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPhoneInbound###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPhoneOutbound###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPriority###StateType",
        &["open", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketProcess###StateType",
        &["new", "open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketResponsible###StateType",
        &["open", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::CustomerTicketProcess###StateType",
        &["new", "open"],
    ),
    states_of(
        "Ticket::Frontend::CustomerTicketZoom###StateType",
        &["open", "closed"],
    ),
    setting(
        "TicketAcl",
        Unset,
        "Access control lists in Kernel/Config.pm, by their names; one in the database with the same name does not count.",
    ),
    setting(
        "System::Permission",
        List(&[
            "ro",
            "move_into",
            "create",
            "note",
            "owner",
            "priority",
            "rw",
        ]),
        "Rights that agents have in groups; access control lists know them as Group_ro and so on.",
    ),
    setting(
        "System::Customer::Permission",
        List(&["ro", "rw"]),
        "Rights that customer users have in groups.",
    ),
    queues_of_rule("Ticket::Permission::OwnerCheck::Queues"),
    queues_of_rule("Ticket::Permission::ResponsibleCheck::Queues"),
    queues_of_rule("Ticket::Permission::CreatorCheck::Queues"),
    queues_of_rule("Ticket::Permission::InvolvedCheck::Queues"),
    setting(
        "CustomerTicket::Permission",
        Group(defaults::customer_rules),
        "Rules that decide which tickets a customer user may see.",
    ),
    setting(
        "CustomerGroupSupport",
        Switch(false),
        "Whether groups decide which queues a customer user sees.",
    ),
    setting(
        "CustomerGroupAlwaysGroups",
        List(&["users"]),
        "Groups that every customer user is in.",
    ),
    setting(
        "CustomerGroupCompanyAlwaysGroups",
        List(&["users"]),
        "Groups that every company is in.",
    ),
    setting(
        "CustomerGroupPermissionContext",
        Group(defaults::customer_contexts),
        "Whose tickets a group of a company opens.",
    ),
    setting(
        "Ticket::CustomerDisableCompanyTicketAccess",
        Switch(false),
        "Whether customer users see only their own tickets.",
    ),
    // Tickets.
    setting(
        "Ticket::Responsible",
        Switch(false),
        "Whether tickets have a responsible agent beside the owner.",
    ),
    setting(
        "Ticket::Service",
        Switch(false),
        "Whether tickets have services and service level agreements.",
    ),
    setting(
        "Ticket::Type",
        Switch(false),
        "Whether tickets have types that people choose.",
    ),
    setting(
        "Ticket::NumberGenerator",
        Text("Kernel::System::Ticket::Number::DateChecksum"),
        "How ticket numbers are made: AutoIncrement, Date, DateChecksum or Random.",
    ),
    setting(
        "Ticket::NumberGenerator::MinCounterSize",
        Integer(5),
        "Digits that the counter in ticket numbers has at least.",
    ),
    setting(
        "Ticket::NumberGenerator::Date::UseFormattedCounter",
        Switch(false),
        "Whether the generator Date pads its counter too.",
    ),
    setting(
        "Ticket::Watcher",
        Switch(false),
        "Whether agents can watch tickets.",
    ),
    setting(
        "Ticket::MergeDynamicFields",
        List(&[]),
        "The dynamic fields that the main ticket of a merge takes over where it has no value.",
    ),
    setting(
        "Ticket::Frontend::AutomaticMergeSubject",
        Text("Ticket Merged"),
        "The subject of the note on a ticket that was merged.",
    ),
    setting(
        "Ticket::Frontend::AutomaticMergeText",
        Text("Merged Ticket <OTRS_TICKET> to <OTRS_MERGE_TO_TICKET>."),
        "The text of the note on a ticket that was merged.",
    ),
    setting(
        "LinkObject::TypeGroup",
        Group(defaults::link_type_groups),
        "Types of links of which two objects can have one only.",
    ),
    setting(
        "Ticket::EventModulePost",
        Group(defaults::ticket_handlers),
        "What follows from changes to tickets: modules with the events that they want.",
    ),
    setting(
        "Ticket::ViewableStateType",
        List(&["new", "open", "pending reminder", "pending auto"]),
        "Types of states whose tickets the queue view shows.",
    ),
    setting(
        "Ticket::UnlockStateType",
        List(&["new", "open"]),
        "Types of states in which a ticket is unlocked when its queue's time is over.",
    ),
    setting(
        "OTRSEscalationEvents::DecayTime",
        Integer(1440),
        "Minutes after which people hear of the same escalation again; 0 for never.",
    ),
    setting(
        "TempDir",
        Text("<OTRS_CONFIG_Home>/var/tmp"),
        "Where the Perl system keeps its cache.",
    ),
    setting(
        "Cache::Module",
        Text("Kernel::System::Cache::FileStorable"),
        "How the Perl system keeps its cache.",
    ),
    setting(
        "Cache::SubdirLevels",
        Integer(2),
        "Folders between a kind of entries in the Perl system's cache and their files.",
    ),
    setting(
        "Ticket::ViewableLocks",
        List(&["'unlock'", "'tmp_lock'"]),
        "Locks with which a ticket is free for everybody, each in quotes.",
    ),
    setting(
        "Ticket::ArchiveSystem::RemoveSeenFlags",
        Switch(true),
        "Whether it is forgotten who has seen a ticket that goes to the archive.",
    ),
    setting(
        "Ticket::ArchiveSystem::RemoveTicketWatchers",
        Switch(true),
        "Whether nobody watches a ticket any more that goes to the archive.",
    ),
    setting(
        "Ticket::TicketDynamicFieldDefault",
        Group(defaults::nothing),
        "Values for dynamic fields that have none: Event, Name and Value of each entry.",
    ),
    setting(
        "DynamicFieldFromCustomerUser::Mapping",
        Unset,
        "Dynamic fields of tickets by the attributes of the customer user that they take over.",
    ),
    setting(
        "DynamicFieldFromCustomerCompany::Mapping",
        Unset,
        "Dynamic fields of tickets by the attributes of the company that they take over.",
    ),
    setting(
        "Mentions###Limit",
        Integer(20),
        "How many people an article can mention.",
    ),
    setting(
        "Mentions###BlockedGroups",
        List(&[]),
        "Groups that can not be mentioned.",
    ),
    setting(
        "Mentions::RichTextEditor###Triggers",
        Hash(&[("User", "@"), ("Group", "@@")]),
        "What stands before the names of people and groups that are mentioned.",
    ),
    setting(
        "Ticket::IndexModule",
        Text("Kernel::System::Ticket::IndexAccelerator::RuntimeDB"),
        "How the queue view counts its tickets: RuntimeDB, or StaticDB with tables of its own.",
    ),
    setting(
        "CheckEmailAddresses",
        Switch(true),
        "Whether addresses have to look like mail addresses.",
    ),
    setting(
        "CheckEmailValidAddress",
        Text("^(root@localhost|admin@localhost)$"),
        "A pattern of addresses that are right in any case.",
    ),
    setting(
        "CheckEmailInvalidAddress",
        Text(r"@(example)\.(..|...)$"),
        "A pattern of addresses that are wrong although they look right.",
    ),
    // Articles.
    setting(
        "Ticket::Article::Backend::MIMEBase::ArticleStorage",
        Text("Kernel::System::Ticket::Article::Backend::MIMEBase::ArticleStorageDB"),
        "Where attachments are kept and looked for first: ArticleStorageDB or ArticleStorageFS.",
    ),
    setting(
        "Ticket::Article::Backend::MIMEBase::CheckAllStorageBackends",
        Switch(false),
        "Whether attachments that are not where they should be are looked for in the other place.",
    ),
    setting(
        "Ticket::Article::Backend::MIMEBase::ArticleDataDir",
        Text("<OTRS_CONFIG_Home>/var/article"),
        "The folder with the files of articles.",
    ),
    setting(
        "Ticket::Article::Backend::MIMEBase::IndexAttachmentNames",
        Switch(true),
        "Whether the full-text index has the names of attachments.",
    ),
    setting(
        "Ticket::SearchIndex::Attribute",
        Hash(&[
            ("WordCountMax", "1000"),
            ("WordLengthMax", "30"),
            ("WordLengthMin", "3"),
        ]),
        "How many words of a text the full-text index has, and how long they are.",
    ),
    setting(
        "Ticket::SearchIndex::Filters",
        List(&[
            r#"[,\&\<\>\?"\!\*\|;\[\]\(\)\+\$\^=]"#,
            r"^[':.]|[':.]$",
            r"^[^\w]+$",
        ]),
        "Regular expressions of what is taken out of the words of the full-text index.",
    ),
    setting(
        "Ticket::SearchIndex::StopWords",
        Group(defaults::stop_words),
        "Words that the full-text index leaves out, by language.",
    ),
    setting(
        "Ticket::SearchIndex::IndexArchivedTickets",
        Switch(false),
        "Whether the full-text index has the articles of archived tickets.",
    ),
    // Working time.
    hours("TimeWorkingHours"),
    hours("TimeWorkingHours::Calendar1"),
    hours("TimeWorkingHours::Calendar2"),
    hours("TimeWorkingHours::Calendar3"),
    hours("TimeWorkingHours::Calendar4"),
    hours("TimeWorkingHours::Calendar5"),
    hours("TimeWorkingHours::Calendar6"),
    hours("TimeWorkingHours::Calendar7"),
    hours("TimeWorkingHours::Calendar8"),
    hours("TimeWorkingHours::Calendar9"),
    days_off("TimeVacationDays"),
    days_off("TimeVacationDays::Calendar1"),
    days_off("TimeVacationDays::Calendar2"),
    days_off("TimeVacationDays::Calendar3"),
    days_off("TimeVacationDays::Calendar4"),
    days_off("TimeVacationDays::Calendar5"),
    days_off("TimeVacationDays::Calendar6"),
    days_off("TimeVacationDays::Calendar7"),
    days_off("TimeVacationDays::Calendar8"),
    days_off("TimeVacationDays::Calendar9"),
    single_days_off("TimeVacationDaysOneTime"),
    single_days_off("TimeVacationDaysOneTime::Calendar1"),
    single_days_off("TimeVacationDaysOneTime::Calendar2"),
    single_days_off("TimeVacationDaysOneTime::Calendar3"),
    single_days_off("TimeVacationDaysOneTime::Calendar4"),
    single_days_off("TimeVacationDaysOneTime::Calendar5"),
    single_days_off("TimeVacationDaysOneTime::Calendar6"),
    single_days_off("TimeVacationDaysOneTime::Calendar7"),
    single_days_off("TimeVacationDaysOneTime::Calendar8"),
    single_days_off("TimeVacationDaysOneTime::Calendar9"),
    zone("TimeZone::Calendar1"),
    zone("TimeZone::Calendar2"),
    zone("TimeZone::Calendar3"),
    zone("TimeZone::Calendar4"),
    zone("TimeZone::Calendar5"),
    zone("TimeZone::Calendar6"),
    zone("TimeZone::Calendar7"),
    zone("TimeZone::Calendar8"),
    zone("TimeZone::Calendar9"),
];

/// The definition of a setting.
pub fn find(name: &str) -> Option<&'static Definition> {
    ALL.iter().find(|definition| definition.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_defined_once_and_explained() {
        let mut names: Vec<_> = ALL.iter().map(|definition| definition.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();

        assert_eq!(names.len(), count, "a setting is defined twice");
        assert!(
            ALL.iter()
                .all(|definition| definition.meaning.ends_with('.'))
        );
    }
}
