//! Process management.

table!(PmProcess = "pm_process" {
    Id "id" Integer required auto key,
    EntityId "entity_id" Varchar(50) required,
    Name "name" Varchar(200) required,
    StateEntityId "state_entity_id" Varchar(50) required,
    Layout "layout" LongBlob required,
    Config "config" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "pm_process_entity_id" (EntityId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(PmActivity = "pm_activity" {
    Id "id" Integer required auto key,
    EntityId "entity_id" Varchar(50) required,
    Name "name" Varchar(200) required,
    Config "config" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "pm_activity_entity_id" (EntityId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(PmActivityDialog = "pm_activity_dialog" {
    Id "id" Integer required auto key,
    EntityId "entity_id" Varchar(50) required,
    Name "name" Varchar(200) required,
    Config "config" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "pm_activity_dialog_entity_id" (EntityId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(PmTransition = "pm_transition" {
    Id "id" Integer required auto key,
    EntityId "entity_id" Varchar(50) required,
    Name "name" Varchar(200) required,
    Config "config" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "pm_transition_entity_id" (EntityId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(PmTransitionAction = "pm_transition_action" {
    Id "id" Integer required auto key,
    EntityId "entity_id" Varchar(50) required,
    Name "name" Varchar(200) required,
    Config "config" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "pm_transition_action_entity_id" (EntityId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(PmEntitySync = "pm_entity_sync" {
    EntityType "entity_type" Varchar(30) required,
    EntityId "entity_id" Varchar(50) required,
    SyncState "sync_state" Varchar(30) required,
    CreateTime "create_time" Date required,
    ChangeTime "change_time" Date required,
}
unique {
    "pm_entity_sync_list" (EntityType, EntityId),
});
