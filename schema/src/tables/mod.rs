//! Every table of Znuny 6.5.1, declared once: identifiers for queries and data for DDL, the doctor and the migration.
//!
//! Names are OTRS's own, to the letter. The other releases are stated as differences against these declarations.
//! Source of all facts here: the abstract schema of Znuny 6.5.1.

/// Declares one table: an enum of its identifiers (`Ticket::Table`, `Ticket::QueueId`) and its definition (`Ticket::DEFINITION`).
///
/// A column is `Variant "name" Type(size) flags,` with the flags `required`, `auto` (auto increment), `key` (primary key)
/// and `default = "text"`. Index columns may carry the prefix length that MySQL uses: `Filename = 255`.
macro_rules! table {
    ($table:ident = $name:literal {
        $($variant:ident $column:literal $kind:ident $(($($size:literal),+))? $($flag:ident $(= $value:literal)?)*,)+
    }
    $(unique { $($unique:literal ($($unique_column:ident $(= $unique_prefix:literal)?),+),)+ })?
    $(index { $($index:literal ($($index_column:ident $(= $index_prefix:literal)?),+),)+ })?
    $(foreign { $($local:ident => $foreign_table:literal $foreign_column:literal,)+ })?
    ) => {
        #[doc = concat!("Identifiers of the table `", $name, "`.")]
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $table {
            Table,
            $($variant,)+
        }

        impl $table {
            pub const DEFINITION: super::TableDef = super::TableDef {
                name: $name,
                columns: &[$(super::ColumnDef::new($column, super::Type::$kind $(($($size),+))?)$(.$flag($($value)?))*),+],
                unique: &[$($(super::IndexDef {
                    name: $unique,
                    columns: &[$(super::IndexColumn::new($table::$unique_column.name())$(.prefix($unique_prefix))?),+],
                }),+)?],
                indexes: &[$($(super::IndexDef {
                    name: $index,
                    columns: &[$(super::IndexColumn::new($table::$index_column.name())$(.prefix($index_prefix))?),+],
                }),+)?],
                foreign_keys: &[$($(super::ForeignKeyDef {
                    column: $table::$local.name(),
                    foreign_table: $foreign_table,
                    foreign_column: $foreign_column,
                }),+)?],
            };

            /// The name in the database.
            pub const fn name(self) -> &'static str {
                match self {
                    Self::Table => $name,
                    $(Self::$variant => $column,)+
                }
            }
        }

        impl sea_query::Iden for $table {
            fn quoted(&self) -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(self.name())
            }

            fn unquoted(&self) -> &str {
                self.name()
            }
        }
    };
}

mod definition;

mod access;
mod article;
mod calendar;
mod communication;
mod customer;
mod daemon;
mod directory;
mod dynamic_field;
mod mail;
mod notification;
mod process;
mod queue;
mod service;
mod settings;
mod storage;
mod ticket;
mod web_service;

pub use access::{
    Acl, AclSync, AclTicketAttributeRelations, GroupCustomer, GroupCustomerUser, GroupRole,
    GroupUser, PermissionGroups, RoleUser, Roles,
};
pub use article::{
    Article, ArticleDataMime, ArticleDataMimeAttachment, ArticleDataMimePlain,
    ArticleDataMimeSendError, ArticleDataOtrsChat, ArticleFlag, ArticleSearchIndex,
    ArticleSenderType,
};
pub use calendar::{
    Calendar, CalendarAppointment, CalendarAppointmentPlugin, CalendarAppointmentTicket,
};
pub use communication::{
    CommunicationLog, CommunicationLogObjLookup, CommunicationLogObject,
    CommunicationLogObjectEntry,
};
pub use customer::{CustomerCompany, CustomerPreferences, CustomerUser, CustomerUserCustomer};
pub use daemon::{
    GenericAgentJobs, ProcessId, SchedulerFutureTask, SchedulerRecurrentTask, SchedulerTask,
};
pub use definition::{ColumnDef, ForeignKeyDef, IndexColumn, IndexDef, TableDef, Type};
pub use directory::{
    PersonalQueues, PersonalServices, SearchProfile, Sessions, UserPreferences, Users,
};
pub use dynamic_field::{DynamicField, DynamicFieldObjIdName, DynamicFieldValue};
pub use mail::{
    MailAccount, MailQueue, Oauth2Token, Oauth2TokenConfig, PostmasterFilter, SmimeKeys,
    SmimeSignerCertRelations, SystemAddress, TicketLoopProtection,
};
pub use notification::{
    AutoResponse, AutoResponseType, NotificationEvent, NotificationEventItem,
    NotificationEventMessage, QueueAutoResponse,
};
pub use process::{
    PmActivity, PmActivityDialog, PmEntitySync, PmProcess, PmTransition, PmTransitionAction,
};
pub use queue::{
    FollowUpPossible, Queue, QueuePreferences, QueueStandardTemplate, Salutation, Signature,
    StandardAttachment, StandardTemplate, StandardTemplateAttachment,
};
pub use service::{
    Service, ServiceCustomerUser, ServicePreferences, ServiceSla, Sla, SlaPreferences,
};
pub use settings::{
    PackageRepository, SysconfigDefault, SysconfigDefaultVersion, SysconfigDeployment,
    SysconfigDeploymentLock, SysconfigModified, SysconfigModifiedVersion, SystemData,
    SystemMaintenance, Valid,
};
pub use storage::{
    FormDraft, VirtualFs, VirtualFsDb, VirtualFsPreferences, WebUploadCache, XmlStorage,
};
pub use ticket::{
    CommunicationChannel, LinkObject, LinkRelation, LinkState, LinkType, Mention, Ticket,
    TicketFlag, TicketHistory, TicketHistoryType, TicketIndex, TicketLockIndex, TicketLockType,
    TicketNumberCounter, TicketPriority, TicketState, TicketStateType, TicketType, TicketWatcher,
    TimeAccounting,
};
pub use web_service::{
    CloudServiceConfig, GiDebuggerEntry, GiDebuggerEntryContent, GiWebserviceConfig,
    GiWebserviceConfigHistory,
};

/// Every table of Znuny 6.5.1 in the order of its own schema, which is an order of creation too.
pub const ALL: &[TableDef] = &[
    Acl::DEFINITION,
    AclSync::DEFINITION,
    AclTicketAttributeRelations::DEFINITION,
    Valid::DEFINITION,
    Users::DEFINITION,
    UserPreferences::DEFINITION,
    PermissionGroups::DEFINITION,
    GroupUser::DEFINITION,
    GroupRole::DEFINITION,
    GroupCustomerUser::DEFINITION,
    GroupCustomer::DEFINITION,
    Roles::DEFINITION,
    RoleUser::DEFINITION,
    PersonalQueues::DEFINITION,
    PersonalServices::DEFINITION,
    Salutation::DEFINITION,
    Signature::DEFINITION,
    SystemAddress::DEFINITION,
    SystemMaintenance::DEFINITION,
    FollowUpPossible::DEFINITION,
    Queue::DEFINITION,
    QueuePreferences::DEFINITION,
    TicketPriority::DEFINITION,
    TicketType::DEFINITION,
    TicketLockType::DEFINITION,
    TicketState::DEFINITION,
    TicketStateType::DEFINITION,
    Ticket::DEFINITION,
    TicketFlag::DEFINITION,
    TicketHistory::DEFINITION,
    TicketHistoryType::DEFINITION,
    TicketWatcher::DEFINITION,
    TicketIndex::DEFINITION,
    TicketLockIndex::DEFINITION,
    TicketLoopProtection::DEFINITION,
    ArticleSenderType::DEFINITION,
    ArticleFlag::DEFINITION,
    CommunicationChannel::DEFINITION,
    Article::DEFINITION,
    ArticleDataMime::DEFINITION,
    ArticleSearchIndex::DEFINITION,
    ArticleDataMimePlain::DEFINITION,
    ArticleDataMimeAttachment::DEFINITION,
    ArticleDataMimeSendError::DEFINITION,
    ArticleDataOtrsChat::DEFINITION,
    TimeAccounting::DEFINITION,
    StandardTemplate::DEFINITION,
    QueueStandardTemplate::DEFINITION,
    StandardAttachment::DEFINITION,
    StandardTemplateAttachment::DEFINITION,
    AutoResponseType::DEFINITION,
    AutoResponse::DEFINITION,
    QueueAutoResponse::DEFINITION,
    Service::DEFINITION,
    ServicePreferences::DEFINITION,
    ServiceCustomerUser::DEFINITION,
    Sla::DEFINITION,
    SlaPreferences::DEFINITION,
    ServiceSla::DEFINITION,
    Sessions::DEFINITION,
    CustomerUser::DEFINITION,
    CustomerPreferences::DEFINITION,
    CustomerCompany::DEFINITION,
    CustomerUserCustomer::DEFINITION,
    MailAccount::DEFINITION,
    PostmasterFilter::DEFINITION,
    GenericAgentJobs::DEFINITION,
    SearchProfile::DEFINITION,
    ProcessId::DEFINITION,
    WebUploadCache::DEFINITION,
    NotificationEvent::DEFINITION,
    NotificationEventMessage::DEFINITION,
    NotificationEventItem::DEFINITION,
    LinkType::DEFINITION,
    LinkState::DEFINITION,
    LinkObject::DEFINITION,
    LinkRelation::DEFINITION,
    SystemData::DEFINITION,
    XmlStorage::DEFINITION,
    VirtualFs::DEFINITION,
    VirtualFsPreferences::DEFINITION,
    VirtualFsDb::DEFINITION,
    PackageRepository::DEFINITION,
    GiWebserviceConfig::DEFINITION,
    GiWebserviceConfigHistory::DEFINITION,
    GiDebuggerEntry::DEFINITION,
    GiDebuggerEntryContent::DEFINITION,
    SmimeSignerCertRelations::DEFINITION,
    DynamicFieldValue::DEFINITION,
    DynamicField::DEFINITION,
    DynamicFieldObjIdName::DEFINITION,
    PmProcess::DEFINITION,
    PmActivity::DEFINITION,
    PmActivityDialog::DEFINITION,
    PmTransition::DEFINITION,
    PmTransitionAction::DEFINITION,
    PmEntitySync::DEFINITION,
    SchedulerTask::DEFINITION,
    SchedulerFutureTask::DEFINITION,
    SchedulerRecurrentTask::DEFINITION,
    CloudServiceConfig::DEFINITION,
    SysconfigDefault::DEFINITION,
    SysconfigDefaultVersion::DEFINITION,
    SysconfigModified::DEFINITION,
    SysconfigModifiedVersion::DEFINITION,
    SysconfigDeploymentLock::DEFINITION,
    SysconfigDeployment::DEFINITION,
    Calendar::DEFINITION,
    CalendarAppointment::DEFINITION,
    CalendarAppointmentPlugin::DEFINITION,
    CalendarAppointmentTicket::DEFINITION,
    TicketNumberCounter::DEFINITION,
    MailQueue::DEFINITION,
    CommunicationLog::DEFINITION,
    CommunicationLogObject::DEFINITION,
    CommunicationLogObjectEntry::DEFINITION,
    CommunicationLogObjLookup::DEFINITION,
    FormDraft::DEFINITION,
    SmimeKeys::DEFINITION,
    Oauth2TokenConfig::DEFINITION,
    Oauth2Token::DEFINITION,
    Mention::DEFINITION,
];
