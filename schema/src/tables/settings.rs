//! The system configuration, installed packages and validity.

table!(Valid = "valid" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "valid_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(SystemMaintenance = "system_maintenance" {
    Id "id" Integer required auto key,
    StartDate "start_date" Integer required,
    StopDate "stop_date" Integer required,
    Comments "comments" Varchar(250) required,
    LoginMessage "login_message" Varchar(250),
    ShowLoginMessage "show_login_message" SmallInt,
    NotifyMessage "notify_message" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(SystemData = "system_data" {
    DataKey "data_key" Varchar(160) required key,
    DataValue "data_value" LongBlob,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(PackageRepository = "package_repository" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Version "version" Varchar(250) required,
    Vendor "vendor" Varchar(250) required,
    InstallStatus "install_status" Varchar(250) required,
    Filename "filename" Varchar(250),
    ContentType "content_type" Varchar(250),
    Content "content" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(SysconfigDefault = "sysconfig_default" {
    Id "id" Integer required auto key,
    Name "name" Varchar(250) required,
    Description "description" LongBlob required,
    Navigation "navigation" Varchar(200) required,
    IsInvisible "is_invisible" SmallInt required,
    IsReadonly "is_readonly" SmallInt required,
    IsRequired "is_required" SmallInt required,
    IsValid "is_valid" SmallInt required,
    HasConfiglevel "has_configlevel" SmallInt required,
    UserModificationPossible "user_modification_possible" SmallInt required,
    UserModificationActive "user_modification_active" SmallInt required,
    UserPreferencesGroup "user_preferences_group" Varchar(250),
    XmlContentRaw "xml_content_raw" LongBlob required,
    XmlContentParsed "xml_content_parsed" LongBlob required,
    XmlFilename "xml_filename" Varchar(250) required,
    EffectiveValue "effective_value" LongBlob required,
    IsDirty "is_dirty" SmallInt required,
    ExclusiveLockGuid "exclusive_lock_guid" Varchar(32) required,
    ExclusiveLockUserId "exclusive_lock_user_id" Integer,
    ExclusiveLockExpiryTime "exclusive_lock_expiry_time" Date,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "sysconfig_default_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    ExclusiveLockUserId => "users" "id",
});

table!(SysconfigDefaultVersion = "sysconfig_default_version" {
    Id "id" Integer required auto key,
    SysconfigDefaultId "sysconfig_default_id" Integer,
    Name "name" Varchar(250) required,
    Description "description" LongBlob required,
    Navigation "navigation" Varchar(200) required,
    IsInvisible "is_invisible" SmallInt required,
    IsReadonly "is_readonly" SmallInt required,
    IsRequired "is_required" SmallInt required,
    IsValid "is_valid" SmallInt required,
    HasConfiglevel "has_configlevel" SmallInt required,
    UserModificationPossible "user_modification_possible" SmallInt required,
    UserModificationActive "user_modification_active" SmallInt required,
    UserPreferencesGroup "user_preferences_group" Varchar(250),
    XmlContentRaw "xml_content_raw" LongBlob required,
    XmlContentParsed "xml_content_parsed" LongBlob required,
    XmlFilename "xml_filename" Varchar(250) required,
    EffectiveValue "effective_value" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "scfv_sysconfig_default_id_name" (SysconfigDefaultId, Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    SysconfigDefaultId => "sysconfig_default" "id",
});

table!(SysconfigModified = "sysconfig_modified" {
    Id "id" Integer required auto key,
    SysconfigDefaultId "sysconfig_default_id" Integer required,
    Name "name" Varchar(250) required,
    UserId "user_id" Integer,
    IsValid "is_valid" SmallInt required,
    UserModificationActive "user_modification_active" SmallInt required,
    EffectiveValue "effective_value" LongBlob required,
    IsDirty "is_dirty" SmallInt required,
    ResetToDefault "reset_to_default" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "sysconfig_modified_per_user" (SysconfigDefaultId, UserId),
}
foreign {
    SysconfigDefaultId => "sysconfig_default" "id",
    UserId => "users" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(SysconfigModifiedVersion = "sysconfig_modified_version" {
    Id "id" Integer required auto key,
    SysconfigDefaultVersionId "sysconfig_default_version_id" Integer required,
    Name "name" Varchar(250) required,
    UserId "user_id" Integer,
    IsValid "is_valid" SmallInt required,
    UserModificationActive "user_modification_active" SmallInt required,
    EffectiveValue "effective_value" LongBlob required,
    ResetToDefault "reset_to_default" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    SysconfigDefaultVersionId => "sysconfig_default_version" "id",
    UserId => "users" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(SysconfigDeploymentLock = "sysconfig_deployment_lock" {
    Id "id" Integer required auto key,
    ExclusiveLockGuid "exclusive_lock_guid" Varchar(32),
    ExclusiveLockUserId "exclusive_lock_user_id" Integer,
    ExclusiveLockExpiryTime "exclusive_lock_expiry_time" Date,
}
foreign {
    ExclusiveLockUserId => "users" "id",
});

table!(SysconfigDeployment = "sysconfig_deployment" {
    Id "id" Integer required auto key,
    Comments "comments" Varchar(250),
    UserId "user_id" Integer,
    EffectiveValue "effective_value" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
}
foreign {
    UserId => "users" "id",
    CreateBy => "users" "id",
});
