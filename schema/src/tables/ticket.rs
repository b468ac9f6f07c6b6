//! Tickets, their lookups, history, links and counters.

table!(TicketPriority = "ticket_priority" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "ticket_priority_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketType = "ticket_type" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "ticket_type_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketLockType = "ticket_lock_type" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "ticket_lock_type_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketState = "ticket_state" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    Comments "comments" Varchar(250),
    TypeId "type_id" SmallInt required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "ticket_state_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    TypeId => "ticket_state_type" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketStateType = "ticket_state_type" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    Comments "comments" Varchar(250),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "ticket_state_type_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(Ticket = "ticket" {
    Id "id" BigInt required auto key,
    Tn "tn" Varchar(50) required,
    Title "title" Varchar(255),
    QueueId "queue_id" Integer required,
    TicketLockId "ticket_lock_id" SmallInt required,
    TypeId "type_id" SmallInt,
    ServiceId "service_id" Integer,
    SlaId "sla_id" Integer,
    UserId "user_id" Integer required,
    ResponsibleUserId "responsible_user_id" Integer required,
    TicketPriorityId "ticket_priority_id" SmallInt required,
    TicketStateId "ticket_state_id" SmallInt required,
    CustomerId "customer_id" Varchar(150),
    CustomerUserId "customer_user_id" Varchar(250),
    Timeout "timeout" Integer required,
    UntilTime "until_time" Integer required,
    EscalationTime "escalation_time" Integer required,
    EscalationUpdateTime "escalation_update_time" Integer required,
    EscalationResponseTime "escalation_response_time" Integer required,
    EscalationSolutionTime "escalation_solution_time" Integer required,
    ArchiveFlag "archive_flag" SmallInt required default = "0",
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "ticket_tn" (Tn),
}
index {
    "ticket_title" (Title),
    "ticket_customer_user_id" (CustomerUserId),
    "ticket_customer_id" (CustomerId),
    "ticket_queue_id" (QueueId),
    "ticket_ticket_lock_id" (TicketLockId),
    "ticket_queue_view" (TicketStateId, TicketLockId),
    "ticket_type_id" (TypeId),
    "ticket_user_id" (UserId),
    "ticket_responsible_user_id" (ResponsibleUserId),
    "ticket_ticket_state_id" (TicketStateId),
    "ticket_ticket_priority_id" (TicketPriorityId),
    "ticket_escalation_time" (EscalationTime),
    "ticket_escalation_update_time" (EscalationUpdateTime),
    "ticket_escalation_response_time" (EscalationResponseTime),
    "ticket_escalation_solution_time" (EscalationSolutionTime),
    "ticket_create_time" (CreateTime),
    "ticket_until_time" (UntilTime),
    "ticket_timeout" (Timeout),
    "ticket_archive_flag" (ArchiveFlag),
}
foreign {
    QueueId => "queue" "id",
    TypeId => "ticket_type" "id",
    ServiceId => "service" "id",
    SlaId => "sla" "id",
    TicketPriorityId => "ticket_priority" "id",
    TicketStateId => "ticket_state" "id",
    TicketLockId => "ticket_lock_type" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    UserId => "users" "id",
    ResponsibleUserId => "users" "id",
});

table!(TicketFlag = "ticket_flag" {
    TicketId "ticket_id" BigInt required,
    TicketKey "ticket_key" Varchar(50) required,
    TicketValue "ticket_value" Varchar(50),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
}
unique {
    "ticket_flag_per_user" (TicketId, TicketKey, CreateBy),
}
index {
    "ticket_flag_ticket_id_create_by" (TicketId, CreateBy),
    "ticket_flag_ticket_id_ticket_key" (TicketId, TicketKey),
    "ticket_flag_ticket_id" (TicketId),
}
foreign {
    TicketId => "ticket" "id",
    CreateBy => "users" "id",
});

table!(TicketHistory = "ticket_history" {
    Id "id" BigInt required auto key,
    Name "name" Varchar(200) required,
    HistoryTypeId "history_type_id" SmallInt required,
    TicketId "ticket_id" BigInt required,
    ArticleId "article_id" BigInt,
    TypeId "type_id" SmallInt required,
    QueueId "queue_id" Integer required,
    OwnerId "owner_id" Integer required,
    PriorityId "priority_id" SmallInt required,
    StateId "state_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "ticket_history_ticket_id" (TicketId),
    "ticket_history_article_id" (ArticleId),
    "ticket_history_history_type_id" (HistoryTypeId),
    "ticket_history_queue_id" (QueueId),
    "ticket_history_type_id" (TypeId),
    "ticket_history_owner_id" (OwnerId),
    "ticket_history_priority_id" (PriorityId),
    "ticket_history_state_id" (StateId),
    "ticket_history_create_time" (CreateTime),
}
foreign {
    TicketId => "ticket" "id",
    TypeId => "ticket_type" "id",
    ArticleId => "article" "id",
    QueueId => "queue" "id",
    PriorityId => "ticket_priority" "id",
    StateId => "ticket_state" "id",
    HistoryTypeId => "ticket_history_type" "id",
    OwnerId => "users" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketHistoryType = "ticket_history_type" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "ticket_history_type_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketWatcher = "ticket_watcher" {
    TicketId "ticket_id" BigInt required,
    UserId "user_id" Integer required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "ticket_watcher_ticket_id" (TicketId),
    "ticket_watcher_user_id" (UserId),
}
foreign {
    TicketId => "ticket" "id",
    UserId => "users" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketIndex = "ticket_index" {
    TicketId "ticket_id" BigInt required,
    QueueId "queue_id" Integer required,
    Queue "queue" Varchar(200) required,
    GroupId "group_id" Integer required,
    SLock "s_lock" Varchar(200) required,
    SState "s_state" Varchar(200) required,
    CreateTime "create_time" Date required,
}
index {
    "ticket_index_ticket_id" (TicketId),
    "ticket_index_queue_id" (QueueId),
    "ticket_index_group_id" (GroupId),
}
foreign {
    TicketId => "ticket" "id",
    QueueId => "queue" "id",
    GroupId => "permission_groups" "id",
});

table!(TicketLockIndex = "ticket_lock_index" {
    TicketId "ticket_id" BigInt required,
}
index {
    "ticket_lock_index_ticket_id" (TicketId),
}
foreign {
    TicketId => "ticket" "id",
});

table!(CommunicationChannel = "communication_channel" {
    Id "id" BigInt required auto key,
    Name "name" Varchar(200) required,
    Module "module" Varchar(200) required,
    PackageName "package_name" Varchar(200) required,
    ChannelData "channel_data" LongBlob required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "communication_channel_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    ValidId => "valid" "id",
});

table!(TimeAccounting = "time_accounting" {
    Id "id" BigInt required auto key,
    TicketId "ticket_id" BigInt required,
    ArticleId "article_id" BigInt,
    TimeUnit "time_unit" Decimal(10, 2) required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "time_accounting_ticket_id" (TicketId),
    "time_accounting_article_id" (ArticleId),
}
foreign {
    TicketId => "ticket" "id",
    ArticleId => "article" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(LinkType = "link_type" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(50) required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "link_type_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(LinkState = "link_state" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(50) required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "link_state_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(LinkObject = "link_object" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(100) required,
}
unique {
    "link_object_name" (Name),
});

table!(LinkRelation = "link_relation" {
    SourceObjectId "source_object_id" SmallInt required,
    SourceKey "source_key" Varchar(50) required,
    TargetObjectId "target_object_id" SmallInt required,
    TargetKey "target_key" Varchar(50) required,
    TypeId "type_id" SmallInt required,
    StateId "state_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
}
unique {
    "link_relation_view" (SourceObjectId, SourceKey, TargetObjectId, TargetKey, TypeId),
}
index {
    "link_relation_list_source" (SourceObjectId, SourceKey, StateId),
    "link_relation_list_target" (TargetObjectId, TargetKey, StateId),
}
foreign {
    SourceObjectId => "link_object" "id",
    TargetObjectId => "link_object" "id",
    TypeId => "link_type" "id",
    StateId => "link_state" "id",
    CreateBy => "users" "id",
});

table!(TicketNumberCounter = "ticket_number_counter" {
    Id "id" BigInt required auto key,
    Counter "counter" BigInt required,
    CounterUid "counter_uid" Varchar(32) required,
    CreateTime "create_time" Date,
}
unique {
    "ticket_number_counter_uid" (CounterUid),
}
index {
    "ticket_number_counter_create_time" (CreateTime),
});

table!(Mention = "mention" {
    Id "id" Integer required auto key,
    UserId "user_id" Integer,
    TicketId "ticket_id" Integer,
    ArticleId "article_id" Integer,
    CreateTime "create_time" Date,
}
index {
    "mention_user_id" (UserId),
    "mention_ticket_id" (TicketId),
    "mention_article_id" (ArticleId),
});
