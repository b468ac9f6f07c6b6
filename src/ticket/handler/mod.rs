//! What follows from a change to a ticket: the handlers that the settings `Ticket::EventModulePost###…` name.
//!
//! Each entry of that group says which events its module wants (`Event`, a regular expression that may match anywhere
//! in the event's name; none means every event), and with `Transaction` that it wants them at the end of the operation.
//! Modules run in the order of their keys as text. Source: history and rows of the reference system.
//!
//! A new handler: a file beside this one with a function of the same shape, and its line in [`Module::named`] and
//! [`Module::run`].

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
};

use compat::{Value, pattern::Pattern};
use schema::DbError;

use dynamic_field_from_customer::Whose;

use super::{
    Ticket,
    article::ArticleId,
    dynamic_field, index, process,
    work::{Event, Work},
};
use crate::{
    directory::UserId,
    dynamic_field::{Definition, WriteError},
    settings::Settings,
};

mod all_children_closed;
mod appointments;
mod archive_restore;
mod dynamic_field_default;
mod dynamic_field_from_customer;
pub(super) mod escalation_index;
mod escalation_stop;
mod force_owner_reset;
mod force_state;
mod force_unlock;
mod mentions;
mod new_message;
mod pending_time_reset;
mod responsible_auto_set;

/// The group of settings that names the handlers.
pub const SETTING: &str = "Ticket::EventModulePost";

/// The module that stands for the invokers of web services.
const WEB_SERVICES: &str = "Kernel::GenericInterface::Event::Handler";

/// Something that happened, as a handler sees it.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// OTRS's name, such as `TicketStateUpdate`.
    pub event: &'a str,
    pub article: Option<ArticleId>,
    /// The entry of the settings that named the handler.
    pub entry: &'a Value,
}

/// When a module is run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// As soon as something happens.
    AtOnce,
    /// When the operation has done everything else (`Transaction: 1`).
    AtTheEnd,
}

/// The modules that we know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Module {
    AcceleratorUpdate,
    AllChildrenClosed,
    Appointments,
    ArchiveRestore,
    DynamicFieldDefault,
    DynamicFieldFromCustomer(Whose),
    EscalationIndex,
    EscalationStop,
    ForceOwnerReset,
    ForceState,
    ForceUnlock,
    Mentions,
    PendingTimeReset,
    NewMessageUpdate,
    ProcessTransitions,
    ResponsibleAutoSet,
    /// People are told after the commit, by a consumer of the outbox.
    Notifications,
    /// Jobs are run after the commit, by a consumer of the outbox.
    Jobs,
    /// For what is done on screens only: locking new tickets, telling of process tickets without articles.
    OfScreens,
    /// Invokers are called after the commit, by a consumer of the outbox.
    WebServices,
}

impl Module {
    fn named(module: &str) -> Option<Self> {
        if module == WEB_SERVICES {
            return Some(Self::WebServices);
        }
        let name = module.strip_prefix("Kernel::System::Ticket::Event::")?;
        match name {
            "TicketAcceleratorUpdate" => Some(Self::AcceleratorUpdate),
            "TicketAllChildrenClosed" => Some(Self::AllChildrenClosed),
            "TicketAppointments" => Some(Self::Appointments),
            "TicketDynamicFieldDefault" => Some(Self::DynamicFieldDefault),
            "DynamicFieldFromCustomerUser" => Some(Self::DynamicFieldFromCustomer(Whose::User)),
            "DynamicFieldFromCustomerCompany" => {
                Some(Self::DynamicFieldFromCustomer(Whose::Company))
            }
            "TriggerEscalationStopEvents" => Some(Self::EscalationStop),
            "Mentions" => Some(Self::Mentions),
            "GenericAgent" => Some(Self::Jobs),
            "NotificationEvent" => Some(Self::Notifications),
            "ArchiveRestore" => Some(Self::ArchiveRestore),
            "TicketEscalationIndex" => Some(Self::EscalationIndex),
            "ForceOwnerReset" => Some(Self::ForceOwnerReset),
            "ForceState" => Some(Self::ForceState),
            "ForceUnlock" => Some(Self::ForceUnlock),
            "TicketPendingTimeReset" => Some(Self::PendingTimeReset),
            "TicketProcessTransitions" => Some(Self::ProcessTransitions),
            "TicketNewMessageUpdate" => Some(Self::NewMessageUpdate),
            "LockAfterCreate" | "NotifyOnEmptyProcessTickets" => Some(Self::OfScreens),
            "ResponsibleAutoSet" => Some(Self::ResponsibleAutoSet),
            _ => None,
        }
    }

    /// Whether its changes are the system's own, whoever caused them. Source: `create_by` of the history that the reference
    /// system writes.
    const fn acts_as_system(self) -> bool {
        matches!(
            self,
            Self::ForceOwnerReset | Self::ForceState | Self::ForceUnlock
        )
    }

    async fn run(
        self,
        work: &mut Work<'_>,
        ticket: &mut Ticket,
        occasion: Occasion<'_>,
    ) -> Result<(), DbError> {
        let agent = work.stamp.by;
        if self.acts_as_system() {
            work.stamp.by = UserId::SYSTEM;
        }
        let done = self.change(work, ticket, occasion).await;
        work.stamp.by = agent;
        done
    }

    async fn change(
        self,
        work: &mut Work<'_>,
        ticket: &mut Ticket,
        occasion: Occasion<'_>,
    ) -> Result<(), DbError> {
        match self {
            Self::AcceleratorUpdate if index::is_kept(&work.settings) => {
                index::update(work, ticket).await
            }
            // The other index is computed when it is asked for.
            Self::AcceleratorUpdate
            | Self::Jobs
            | Self::OfScreens
            | Self::Notifications
            | Self::WebServices => Ok(()),
            Self::AllChildrenClosed => all_children_closed::run(work, ticket).await,
            Self::Appointments => appointments::run(work, ticket).await,
            Self::DynamicFieldDefault => dynamic_field_default::run(work, ticket, occasion).await,
            Self::DynamicFieldFromCustomer(whose) => {
                dynamic_field_from_customer::run(work, ticket, whose).await
            }
            Self::EscalationStop => escalation_stop::run(work, ticket, occasion).await,
            Self::Mentions => mentions::run(work, ticket, occasion).await,
            Self::ArchiveRestore => archive_restore::run(work, ticket).await,
            Self::EscalationIndex => escalation_index::run(work, ticket).await,
            Self::ForceOwnerReset => force_owner_reset::run(work, ticket).await,
            Self::ForceState => force_state::run(work, ticket, occasion.entry).await,
            Self::ForceUnlock => force_unlock::run(work, ticket).await,
            Self::NewMessageUpdate => new_message::run(work, ticket, occasion).await,
            Self::PendingTimeReset => pending_time_reset::run(work, ticket).await,
            Self::ProcessTransitions => process::step(work, ticket).await,
            Self::ResponsibleAutoSet => responsible_auto_set::run(work, ticket).await,
        }
    }
}

/// Writes a dynamic field of a ticket; a value that the field can not hold is told in the log, as nobody waits for the
/// answer. A future of its own, for handlers run handlers.
pub(super) fn write_field<'f>(
    work: &'f mut Work<'_>,
    ticket: &'f mut Ticket,
    field: &'f Definition,
    value: &'f Value,
) -> Pin<Box<dyn Future<Output = Result<(), DbError>> + Send + 'f>> {
    Box::pin(async move {
        match dynamic_field::write(work, ticket, &[(field, value)]).await {
            Err(WriteError::Database(error)) => Err(error),
            Err(error @ WriteError::Unfit(_)) => {
                tracing::warn!(%error, "a handler left a dynamic field as it is: {error}");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    })
}

/// One entry of the settings.
#[derive(Debug)]
struct Registered {
    module: Module,
    /// None wants every event.
    wanted: Option<Pattern>,
    when: When,
    entry: Value,
}

impl Registered {
    fn wants(&self, event: &str, when: When) -> bool {
        self.when == when
            && self
                .wanted
                .as_ref()
                .is_none_or(|wanted| wanted.is_match(event))
    }
}

/// The handlers of one snapshot of the settings, with their patterns compiled.
#[derive(Debug, Default)]
pub struct Table {
    /// In the order in which they run.
    registered: Vec<Registered>,
    /// Modules that the settings name and that we do not have, with their keys.
    unknown: Vec<(String, String)>,
}

/// Holds the [`Table`] beside the settings that it was made from.
pub type TableOnce = OnceLock<Arc<Table>>;

impl Table {
    /// The table of these settings; made at the first call.
    pub fn of(settings: &Settings) -> Arc<Self> {
        Arc::clone(
            settings
                .ticket_handlers
                .get_or_init(|| Arc::new(Self::new(settings))),
        )
    }

    fn new(settings: &Settings) -> Self {
        let mut table = Self::default();
        let configured = settings.value(SETTING);
        for (key, entry) in configured.as_map().into_iter().flatten() {
            let text = |name: &str| entry.get(name).and_then(Value::as_string);
            // An entry without a module is one that is switched off.
            let Some(name) = text("Module").filter(|name| !name.is_empty()) else {
                continue;
            };
            let Some(module) = Module::named(&name) else {
                table.unknown.push((key.clone(), name));
                continue;
            };
            let wanted = text("Event").filter(|event| !event.is_empty());
            let wanted = match wanted.map(|event| Pattern::new(&event)).transpose() {
                Ok(wanted) => wanted,
                Err(error) => {
                    tracing::warn!(setting.name = SETTING, %error, "handler {key} is left out: {error}");
                    continue;
                }
            };
            let is_late = entry.get("Transaction").is_some_and(Value::is_true);
            table.registered.push(Registered {
                module,
                wanted,
                when: if is_late {
                    When::AtTheEnd
                } else {
                    When::AtOnce
                },
                entry: entry.clone(),
            });
        }
        table
    }

    /// Modules that the settings name and that do nothing here: their keys and names.
    pub fn unknown(&self) -> &[(String, String)] {
        &self.unknown
    }

    /// Says once in the log which modules do nothing here.
    pub fn report_unknown(&self) {
        for (key, module) in &self.unknown {
            tracing::warn!(
                setting.name = SETTING,
                "{SETTING}###{key}: {module} is not there yet, and without effect"
            );
        }
    }

    /// Runs the handlers that want this event at this point, each after the other.
    ///
    /// They may change the ticket, which runs handlers again: hence the box.
    pub fn run<'f>(
        self: Arc<Self>,
        work: &'f mut Work<'_>,
        ticket: &'f mut Ticket,
        event: &'f Event,
        when: When,
    ) -> Pin<Box<dyn Future<Output = Result<(), DbError>> + Send + 'f>> {
        Box::pin(async move {
            for registered in &self.registered {
                if registered.wants(&event.name, when) {
                    let occasion = Occasion {
                        event: &event.name,
                        article: event.article,
                        entry: &registered.entry,
                    };
                    registered.module.run(work, ticket, occasion).await?;
                }
            }
            Ok(())
        })
    }

    /// Whether the invokers of web services may want this event.
    pub fn calls_invokers(&self, event: &str) -> bool {
        self.registered.iter().any(|registered| {
            registered.module == Module::WebServices && registered.wants(event, registered.when)
        })
    }

    /// Whether notifications may be sent for this event.
    pub fn sends_notifications(&self, event: &str) -> bool {
        self.registered.iter().any(|registered| {
            registered.module == Module::Notifications && registered.wants(event, registered.when)
        })
    }

    /// Whether an event may start jobs of the generic agent.
    pub fn runs_jobs(&self, event: &str) -> bool {
        self.registered.iter().any(|registered| {
            registered.module == Module::Jobs && registered.wants(event, registered.when)
        })
    }

    /// Whether any handler wants this event at this point.
    pub fn has_any(&self, event: &str, when: When) -> bool {
        self.registered
            .iter()
            .any(|registered| registered.wants(event, when))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_of_a_fresh_database_are_known_or_named() {
        let table = Table::of(&Settings::default());

        assert!(table.has_any("TicketStateUpdate", When::AtOnce));
        assert!(table.sends_notifications("NotificationNewTicket"));
        assert!(
            table
                .unknown()
                .iter()
                .any(|(key, _)| key == "999-DynamicFieldWebservice")
        );
        assert!(
            !table
                .unknown()
                .iter()
                .any(|(key, _)| key == "2700-ForceOwnerResetOnMove"),
            "switched off in a fresh Znuny"
        );
    }
}
