//! The communication log.

table!(CommunicationLog = "communication_log" {
    Id "id" BigInt required auto key,
    InsertFingerprint "insert_fingerprint" Varchar(64),
    Transport "transport" Varchar(200) required,
    Direction "direction" Varchar(200) required,
    Status "status" Varchar(200) required,
    AccountType "account_type" Varchar(200),
    AccountId "account_id" Varchar(200),
    StartTime "start_time" Date required,
    EndTime "end_time" Date,
}
index {
    "communication_transport" (Transport),
    "communication_direction" (Direction),
    "communication_status" (Status),
    "communication_start_time" (StartTime),
});

table!(CommunicationLogObject = "communication_log_object" {
    Id "id" BigInt required auto key,
    InsertFingerprint "insert_fingerprint" Varchar(64),
    CommunicationId "communication_id" BigInt required,
    ObjectType "object_type" Varchar(50) required,
    Status "status" Varchar(200) required,
    StartTime "start_time" Date required,
    EndTime "end_time" Date,
}
index {
    "communication_log_object_object_type" (ObjectType),
    "communication_log_object_status" (Status),
}
foreign {
    CommunicationId => "communication_log" "id",
});

table!(CommunicationLogObjectEntry = "communication_log_object_entry" {
    Id "id" BigInt required auto key,
    CommunicationLogObjectId "communication_log_object_id" BigInt required,
    LogKey "log_key" Varchar(200) required,
    LogValue "log_value" Varchar(1_800_000) required,
    Priority "priority" Varchar(50) required,
    CreateTime "create_time" Date required,
}
index {
    "communication_log_object_entry_key" (LogKey),
}
foreign {
    CommunicationLogObjectId => "communication_log_object" "id",
});

table!(CommunicationLogObjLookup = "communication_log_obj_lookup" {
    Id "id" BigInt required auto key,
    CommunicationLogObjectId "communication_log_object_id" BigInt required,
    ObjectType "object_type" Varchar(200) required,
    ObjectId "object_id" BigInt required,
}
index {
    "communication_log_obj_lookup_target" (ObjectType, ObjectId),
}
foreign {
    CommunicationLogObjectId => "communication_log_object" "id",
});
