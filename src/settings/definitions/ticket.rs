//! Settings of tickets, articles and working time.

use super::{
    Definition,
    Shape::{Group, Hash, Integer, List, Switch, Text, Tree, Unset},
    setting,
};
use crate::settings::defaults;

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

/// Grouped by the room that reads them.
pub const ALL: &[Definition] = &[
    // Tickets.
    setting(
        "Process::DynamicFieldProcessManagementProcessID",
        Text("ProcessManagementProcessID"),
        "The dynamic field that says in which process a ticket is.",
    ),
    setting(
        "Process::DynamicFieldProcessManagementActivityID",
        Text("ProcessManagementActivityID"),
        "The dynamic field that says in which activity of its process a ticket is.",
    ),
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
        "Ticket::Frontend::AgentTicketPhone###SplitLinkType",
        Hash(&[("LinkType", "ParentChild"), ("Direction", "Target")]),
        "How a phone ticket is linked with the ticket that it was split from.",
    ),
    setting(
        "Ticket::Frontend::AgentTicketEmail###SplitLinkType",
        Hash(&[("LinkType", "ParentChild"), ("Direction", "Target")]),
        "How a mail ticket is linked with the ticket that it was split from.",
    ),
    setting(
        "Ticket::Frontend::AgentTicketProcess###SplitLinkType",
        Hash(&[("LinkType", "ParentChild"), ("Direction", "Target")]),
        "How a process ticket is linked with the ticket that it was split from.",
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
        "Ticket::InvalidOwner::StateChange",
        Hash(&[("pending auto", "open"), ("pending reminder", "open")]),
        "The state of a ticket whose owner is not valid any more, by the type of the one that it has.",
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
