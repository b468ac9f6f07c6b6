//! Groups, roles, who belongs to them, and ACLs.

table!(Acl = "acl" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Comments "comments" Varchar(250),
    Description "description" Varchar(250),
    ValidId "valid_id" SmallInt required,
    StopAfterMatch "stop_after_match" SmallInt,
    ConfigMatch "config_match" LongBlob,
    ConfigChange "config_change" LongBlob,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "acl_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(AclSync = "acl_sync" {
    AclId "acl_id" Varchar(200) required,
    SyncState "sync_state" Varchar(30) required,
    CreateTime "create_time" Date required,
    ChangeTime "change_time" Date required,
});

table!(AclTicketAttributeRelations = "acl_ticket_attribute_relations" {
    Id "id" BigInt required auto key,
    Filename "filename" Varchar(255) required,
    Attribute1 "attribute_1" Varchar(200) required,
    Attribute2 "attribute_2" Varchar(200) required,
    AclData "acl_data" Varchar(1_800_000) required,
    Priority "priority" BigInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "acl_tar_filename" (Filename),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(PermissionGroups = "permission_groups" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "groups_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(GroupUser = "group_user" {
    UserId "user_id" Integer required,
    GroupId "group_id" Integer required,
    PermissionKey "permission_key" Varchar(20) required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "group_user_user_id" (UserId),
    "group_user_group_id" (GroupId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    UserId => "users" "id",
    GroupId => "permission_groups" "id",
});

table!(GroupRole = "group_role" {
    RoleId "role_id" Integer required,
    GroupId "group_id" Integer required,
    PermissionKey "permission_key" Varchar(20) required,
    PermissionValue "permission_value" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "group_role_role_id" (RoleId),
    "group_role_group_id" (GroupId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    GroupId => "permission_groups" "id",
    RoleId => "roles" "id",
});

table!(GroupCustomerUser = "group_customer_user" {
    UserId "user_id" Varchar(100) required,
    GroupId "group_id" Integer required,
    PermissionKey "permission_key" Varchar(20) required,
    PermissionValue "permission_value" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "group_customer_user_user_id" (UserId),
    "group_customer_user_group_id" (GroupId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    GroupId => "permission_groups" "id",
});

table!(GroupCustomer = "group_customer" {
    CustomerId "customer_id" Varchar(150) required,
    GroupId "group_id" Integer required,
    PermissionKey "permission_key" Varchar(20) required,
    PermissionValue "permission_value" SmallInt required,
    PermissionContext "permission_context" Varchar(100) required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "group_customer_customer_id" (CustomerId),
    "group_customer_group_id" (GroupId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    GroupId => "permission_groups" "id",
});

table!(Roles = "roles" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "roles_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(RoleUser = "role_user" {
    UserId "user_id" Integer required,
    RoleId "role_id" Integer required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "role_user_user_id" (UserId),
    "role_user_role_id" (RoleId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    UserId => "users" "id",
});
