//! Defaults of settings that hold structures; the values of a fresh Znuny 6.5.

use compat::{Map, Value};

fn rule(module: &str, granted: &str, required: &str) -> Value {
    Value::map([
        ("Module", module),
        ("Granted", granted),
        ("Required", required),
    ])
}

/// `Ticket::Permission`.
pub fn agent_rules() -> Value {
    let rule = |name: &str| {
        rule(
            &format!("Kernel::System::Ticket::Permission::{name}"),
            "1",
            "0",
        )
    };
    Value::map([
        ("1-OwnerCheck", rule("OwnerCheck")),
        ("2-ResponsibleCheck", rule("ResponsibleCheck")),
        ("3-GroupCheck", rule("GroupCheck")),
        ("4-WatcherCheck", rule("WatcherCheck")),
        ("6-MentionCheck", rule("MentionCheck")),
    ])
}

/// `CustomerTicket::Permission`.
pub fn customer_rules() -> Value {
    let rule = |name: &str, granted: &str, required: &str| {
        rule(
            &format!("Kernel::System::Ticket::CustomerPermission::{name}"),
            granted,
            required,
        )
    };
    Value::map([
        ("1-GroupCheck", rule("GroupCheck", "0", "1")),
        (
            "2-CustomerUserIDCheck",
            rule("CustomerUserIDCheck", "1", "0"),
        ),
        ("3-CustomerIDCheck", rule("CustomerIDCheck", "1", "0")),
        ("4-CustomerGroupCheck", rule("CustomerGroupCheck", "1", "0")),
    ])
}

/// `CustomerGroupPermissionContext`.
pub fn customer_contexts() -> Value {
    let same = Value::map([
        ("Name", "Same Customer"),
        ("Value", "Ticket::CustomerID::Same"),
    ]);
    Value::map([("001-CustomerID-same", same)])
}

/// `TimeWorkingHours`: Monday to Friday, 8 to 21 o'clock.
pub fn working_hours() -> Value {
    let worked: Vec<Value> = (8..=20).map(|hour| Value::text(hour.to_string())).collect();
    let mut week = Map::new();
    for day in ["Mon", "Tue", "Wed", "Thu", "Fri"] {
        week.insert(day.to_owned(), Value::List(worked.clone()));
    }
    for day in ["Sat", "Sun"] {
        week.insert(day.to_owned(), Value::List(Vec::new()));
    }
    Value::Map(week)
}

/// `TimeVacationDays`.
pub fn vacation_days() -> Value {
    Value::map([
        ("1", Value::map([("1", "New Year's Day")])),
        ("5", Value::map([("1", "International Workers' Day")])),
        (
            "12",
            Value::map([
                ("24", "Christmas Eve"),
                ("25", "First Christmas Day"),
                ("26", "Second Christmas Day"),
                ("31", "New Year's Eve"),
            ]),
        ),
    ])
}

/// `TimeVacationDaysOneTime`.
pub fn vacation_days_one_time() -> Value {
    let first = Value::map([("1", "test")]);
    Value::map([("2004", Value::map([("1", first)]))])
}

/// `LinkObject::TypeGroup`.
pub fn link_type_groups() -> Value {
    let group = ["Normal", "ParentChild"].map(Value::text);
    Value::map([("0001", Value::List(group.into()))])
}

/// A group without entries.
pub fn nothing() -> Value {
    Value::Map(Map::new())
}

/// `Ticket::EventModulePost`.
pub fn ticket_handlers() -> Value {
    let handler = |name: &str, event: &str, late: &str| {
        Value::map([
            ("Module", format!("Kernel::System::Ticket::Event::{name}")),
            ("Event", event.to_owned()),
            ("Transaction", late.to_owned()),
        ])
    };
    let at_once = |name: &str, event: &str| handler(name, event, "0");
    let at_the_end = |name: &str, event: &str| handler(name, event, "1");
    Value::map([
        (
            "2000-TicketAllChildrenClosed",
            at_once("TicketAllChildrenClosed", "TicketStateUpdate|TicketCreate"),
        ),
        (
            "2300-ArchiveRestore",
            at_once("ArchiveRestore", "TicketStateUpdate"),
        ),
        (
            "2600-AcceleratorUpdate",
            at_once(
                "TicketAcceleratorUpdate",
                "TicketStateUpdate|TicketQueueUpdate|TicketLockUpdate",
            ),
        ),
        (
            "3000-ResponsibleAutoSet",
            at_once("ResponsibleAutoSet", "TicketOwnerUpdate"),
        ),
        (
            "3300-TicketPendingTimeReset",
            at_once("TicketPendingTimeReset", "TicketStateUpdate"),
        ),
        (
            "3600-ForceUnlockOnMove",
            at_once("ForceUnlock", "TicketQueueUpdate"),
        ),
        (
            "4000-TicketArticleNewMessageUpdate",
            at_once("TicketNewMessageUpdate", "ArticleCreate|ArticleFlagSet"),
        ),
        (
            "4300-EscalationStopEvents",
            at_once(
                "TriggerEscalationStopEvents",
                "TicketSLAUpdate|TicketQueueUpdate|TicketStateUpdate|ArticleCreate",
            ),
        ),
        (
            "7000-NotificationEvent",
            at_the_end("NotificationEvent", ""),
        ),
        (
            "950-TicketAppointments",
            at_the_end(
                "TicketAppointments",
                "TicketSLAUpdate|TicketQueueUpdate|TicketStateUpdate|TicketCreate|ArticleCreate|\
                 TicketPendingTimeUpdate|TicketDynamicFieldUpdate_.*",
            ),
        ),
        ("9700-GenericAgent", at_the_end("GenericAgent", "")),
        (
            "9800-TicketProcessTransitions",
            at_the_end("TicketProcessTransitions", ""),
        ),
        (
            "9900-GenericInterface",
            Value::map([
                ("Module", "Kernel::GenericInterface::Event::Handler"),
                ("Event", ""),
                ("Transaction", "1"),
            ]),
        ),
        (
            "999-DynamicFieldWebservice",
            at_the_end("DynamicFieldWebservice", "TicketDynamicFieldUpdate"),
        ),
        (
            "999-NotifyOnEmptyProcessTickets",
            at_the_end("NotifyOnEmptyProcessTickets", "TicketCreate"),
        ),
        (
            "9990-EscalationIndex",
            at_the_end(
                "TicketEscalationIndex",
                "TicketSLAUpdate|TicketQueueUpdate|TicketStateUpdate|TicketCreate|ArticleCreate|\
                 TicketDynamicFieldUpdate|TicketTypeUpdate|TicketServiceUpdate|TicketCustomerUpdate|\
                 TicketPriorityUpdate|TicketMerge",
            ),
        ),
        ("Mentions", at_the_end("Mentions", "ArticleCreate")),
    ])
}

/// `Ticket::SearchIndex::StopWords`: by language, words that the full-text index leaves out.
pub fn stop_words() -> Value {
    let languages = include_str!("stop_words.txt").lines();
    let lists = languages.filter_map(|line| {
        let (language, words) = line.split_once(": ")?;
        let words = words.split(',').map(Value::text).collect();
        Some((language, Value::List(words)))
    });
    Value::map(lists)
}

/// `FormDraftTTL`.
pub fn draft_times() -> Value {
    Value::map([("Ticket", "10080")])
}

/// `Daemon::SchedulerCronTaskManager::Task`: those that are commands of the console.
pub fn cron_tasks() -> Value {
    let task = |name: &'static str, schedule: &str, command: &str, params: &[&str]| {
        let entry = Value::map([
            ("TaskName", Value::text(name)),
            ("Schedule", Value::text(schedule)),
            (
                "Module",
                Value::text(format!("Kernel::System::Console::Command::{command}")),
            ),
            ("Function", Value::text("Execute")),
            ("MaximumParallelInstances", Value::text("1")),
            (
                "Params",
                Value::List(params.iter().map(|param| Value::text(*param)).collect()),
            ),
        ]);
        (name, entry)
    };
    Value::map([
        task(
            "ArticleSearchIndexRebuild",
            "* * * * *",
            "Maint::Ticket::FulltextIndexRebuildWorker",
            &["--children", "4", "--limit", "20000"],
        ),
        task(
            "CommunicationLogDelete",
            "00 03 * * *",
            "Maint::Log::CommunicationLog",
            &["--purge"],
        ),
        task(
            "EscalationCheck",
            "*/5 * * * *",
            "Maint::Ticket::EscalationCheck",
            &[],
        ),
        task(
            "GenericInterfaceDebugLogCleanup",
            "02 03 * * *",
            "Maint::GenericInterface::DebugLog::Cleanup",
            &["--created-before-days", "14"],
        ),
        task(
            "MailAccountFetch",
            "*/10 * * * *",
            "Maint::PostMaster::MailAccountFetch",
            &[],
        ),
        task(
            "MailQueueSend",
            "* * * * *",
            "Maint::Email::MailQueue",
            &["--send"],
        ),
        task(
            "SessionDeleteExpired",
            "55 */2 * * *",
            "Maint::Session::DeleteExpired",
            &[],
        ),
        task(
            "SpoolMailsReprocess",
            "10 0 * * *",
            "Maint::PostMaster::SpoolMailsReprocess",
            &[],
        ),
        task(
            "TicketPendingCheck",
            "45 */2 * * *",
            "Maint::Ticket::PendingCheck",
            &[],
        ),
        task(
            "TicketUnlockTimeout",
            "35 * * * *",
            "Maint::Ticket::UnlockTimeout",
            &[],
        ),
    ])
}

fn modules(room: &str, names: &[(&str, &str)]) -> Value {
    let entry = |name: &str| {
        Value::map([(
            "Module",
            format!("Kernel::System::PostMaster::{room}::{name}"),
        )])
    };
    Value::map(names.iter().map(|(key, name)| (*key, entry(name))))
}

/// `PostMaster::CheckFollowUpModule`.
pub fn follow_up_checks() -> Value {
    modules(
        "FollowUpCheck",
        &[
            ("0000-BounceEmail", "BounceEmail"),
            ("0100-Subject", "Subject"),
            ("0200-References", "References"),
        ],
    )
}

/// `PostMaster::PreFilterModule`.
pub fn pre_filters() -> Value {
    modules(
        "Filter",
        &[
            ("000-DetectAttachment", "DetectAttachment"),
            ("000-DetectBounceEmail", "DetectBounceEmail"),
            ("000-MatchDBSource", "MatchDBSource"),
        ],
    )
}

/// `PostMaster::PreCreateFilterModule`.
pub fn pre_create_filters() -> Value {
    let check = Value::map([
        (
            "Module",
            "Kernel::System::PostMaster::Filter::FollowUpArticleVisibilityCheck",
        ),
        ("IsVisibleForCustomer", "0"),
        ("SenderType", "customer"),
    ]);
    Value::map([("000-FollowUpArticleVisibilityCheck", check)])
}
