//! Calendars and appointments.

table!(Calendar = "calendar" {
    Id "id" BigInt required auto key,
    GroupId "group_id" Integer required,
    Name "name" Varchar(200) required,
    SaltString "salt_string" Varchar(64) required,
    Color "color" Varchar(7) required,
    TicketAppointments "ticket_appointments" LongBlob,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "calendar_name" (Name),
}
foreign {
    GroupId => "permission_groups" "id",
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(CalendarAppointment = "calendar_appointment" {
    Id "id" BigInt required auto key,
    ParentId "parent_id" BigInt,
    CalendarId "calendar_id" BigInt required,
    UniqueId "unique_id" Varchar(255) required,
    Title "title" Varchar(255) required,
    Description "description" Varchar(3800),
    Location "location" Varchar(255),
    StartTime "start_time" Date required,
    EndTime "end_time" Date required,
    AllDay "all_day" SmallInt,
    NotifyTime "notify_time" Date,
    NotifyTemplate "notify_template" Varchar(255),
    NotifyCustom "notify_custom" Varchar(255),
    NotifyCustomUnitCount "notify_custom_unit_count" BigInt,
    NotifyCustomUnit "notify_custom_unit" Varchar(255),
    NotifyCustomUnitPoint "notify_custom_unit_point" Varchar(255),
    NotifyCustomDate "notify_custom_date" Date,
    TeamId "team_id" Varchar(3800),
    ResourceId "resource_id" Varchar(3800),
    Recurring "recurring" SmallInt,
    RecurType "recur_type" Varchar(20),
    RecurFreq "recur_freq" Varchar(255),
    RecurCount "recur_count" Integer,
    RecurInterval "recur_interval" Integer,
    RecurUntil "recur_until" Date,
    RecurId "recur_id" Date,
    RecurExclude "recur_exclude" Varchar(3800),
    TicketAppointmentRuleId "ticket_appointment_rule_id" Varchar(32),
    CreateTime "create_time" Date,
    CreateBy "create_by" Integer,
    ChangeTime "change_time" Date,
    ChangeBy "change_by" Integer,
}
foreign {
    CalendarId => "calendar" "id",
    ParentId => "calendar_appointment" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(CalendarAppointmentPlugin = "calendar_appointment_plugin" {
    Id "id" Integer required auto key,
    DbcrudUuid "dbcrud_uuid" Varchar(36),
    AppointmentId "appointment_id" SmallInt required,
    PluginKey "plugin_key" Varchar(1000) required,
    Config "config" Varchar(1_000_000),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "calendar_appointment_plugin_uuid" (DbcrudUuid),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(CalendarAppointmentTicket = "calendar_appointment_ticket" {
    CalendarId "calendar_id" BigInt required,
    TicketId "ticket_id" BigInt required,
    RuleId "rule_id" Varchar(32) required,
    AppointmentId "appointment_id" BigInt required,
}
unique {
    "calendar_appointment_ticket_calendar_id_ticket_id_rule_id" (CalendarId, TicketId, RuleId),
}
index {
    "calendar_appointment_ticket_calendar_id" (CalendarId),
    "calendar_appointment_ticket_ticket_id" (TicketId),
    "calendar_appointment_ticket_rule_id" (RuleId),
    "calendar_appointment_ticket_appointment_id" (AppointmentId),
}
foreign {
    CalendarId => "calendar" "id",
    TicketId => "ticket" "id",
    AppointmentId => "calendar_appointment" "id",
});
