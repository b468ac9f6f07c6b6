//! Web services and their debug log.

table!(GiWebserviceConfig = "gi_webservice_config" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Config "config" LongBlob required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "gi_webservice_config_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(GiWebserviceConfigHistory = "gi_webservice_config_history" {
    Id "id" BigInt required auto key,
    ConfigId "config_id" Integer required,
    Config "config" LongBlob required,
    ConfigMd5 "config_md5" Varchar(32) required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "gi_webservice_config_history_config_md5" (ConfigMd5),
}
foreign {
    ConfigId => "gi_webservice_config" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(GiDebuggerEntry = "gi_debugger_entry" {
    Id "id" BigInt required auto key,
    CommunicationId "communication_id" Varchar(32) required,
    CommunicationType "communication_type" Varchar(50) required,
    RemoteIp "remote_ip" Varchar(50),
    WebserviceId "webservice_id" Integer required,
    CreateTime "create_time" Date required,
}
unique {
    "gi_debugger_entry_communication_id" (CommunicationId),
}
index {
    "gi_debugger_entry_create_time" (CreateTime),
}
foreign {
    WebserviceId => "gi_webservice_config" "id",
});

table!(GiDebuggerEntryContent = "gi_debugger_entry_content" {
    Id "id" BigInt required auto key,
    GiDebuggerEntryId "gi_debugger_entry_id" BigInt required,
    DebugLevel "debug_level" Varchar(50) required,
    Subject "subject" Varchar(255) required,
    Content "content" LongBlob,
    CreateTime "create_time" Date required,
}
index {
    "gi_debugger_entry_content_create_time" (CreateTime),
    "gi_debugger_entry_content_debug_level" (DebugLevel),
}
foreign {
    GiDebuggerEntryId => "gi_debugger_entry" "id",
});

table!(CloudServiceConfig = "cloud_service_config" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Config "config" LongBlob required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "cloud_service_config_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});
